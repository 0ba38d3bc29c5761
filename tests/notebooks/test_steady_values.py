"""What tutorial 02 says in words is what its cells compute, without PyTorch and without a model."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import xarray as xr
from tutorials import FOLDER, Tutorial

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.kernels import set_divergence

TUTORIAL = Tutorial.read(FOLDER / "02_steady_values.ipynb")
CELLS = TUTORIAL.cells
DRAWN = {"install", "scale-figure", "controversial-figure", "components", "steer-figure"}
"""Cells that nothing below reads; all of them are run by test_execute."""

KEPT_OUT = ("torch", "transformers")
MODEL, STEADY = "synthetic-demo", "made-up: steady"
COINS, YES = "made-up: coin flips", "made-up: always yes"
BASE, CHAT = "made-up: talker-base", "made-up: talker-chat"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(JIT_DISABLED, reason="tutorials run with Numba's compiler"),
]


@dataclass(frozen=True)
class Page:
    """The names that the cells have defined, and what each printed."""

    names: dict[str, Any]
    printed: dict[str, str]

    def run(self, source: str) -> str:
        """Run more code with what the page has defined, and return what it prints."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(source, dict(self.names))  # noqa: S102 - our own code, as it stands on the page
        return out.getvalue()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The code cells in their order, in a process that cannot import PyTorch."""
    pytest.importorskip("matplotlib.pyplot")
    names: dict[str, Any] = {}
    printed = {}
    folder = tmp_path_factory.mktemp("kept-out")
    with pytest.MonkeyPatch.context() as patch:
        for name in KEPT_OUT:
            folder.joinpath(f"{name}.py").write_text(f"raise ImportError('no {name}')\n")
            patch.delitem(sys.modules, name, raising=False)
        patch.syspath_prepend(folder)
        for cell in TUTORIAL.book["cells"]:
            if cell["cell_type"] == "code" and cell["id"] not in DRAWN:
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec("".join(cell["source"]), names)  # noqa: S102 - as above
                printed[cell["id"]] = out.getvalue()
        yield Page(names, printed)


def figures(text: str, label: str) -> list[float]:
    """Return the numbers of the line that begins with a label."""
    (line,) = [line for line in text.splitlines() if line.startswith(label)]
    return [float(each) for each in re.findall(r"[-+]?\d*\.\d+", line.removeprefix(label))]


def answer(number: int) -> str:
    """Return the hidden answer of an exercise."""
    found: list[str] = re.findall(r"<details>.*?</details>", CELLS["exercises"], re.DOTALL)
    return found[number - 1]


def solved(page: Page, number: int) -> str:
    """Return what the code of an answer prints."""
    (source,) = re.findall(r"```python\n(.*?)```", answer(number), re.DOTALL)
    return page.run(source)


def test_pytorch_was_kept_out(page: Page) -> None:
    for name in KEPT_OUT:
        with pytest.raises(ImportError, match=f"no {name}"):
            page.run(f"import {name}")


def test_questions_and_models_are_what_the_text_says(page: Page) -> None:
    questions = page.names["questions"]
    topics = questions.topic_name.to_series()
    assert topics.nunique() == 12
    by_topic = questions.controversial.to_series().groupby(topics.values).first()
    assert by_topic.sum() == 6
    per_question = questions.value_question.to_series().value_counts()
    assert set(per_question) == {5}
    assert len(per_question) == 12 * 4
    assert "12 topics, half of them controversial, each with 4 questions in 5" in CELLS["data-text"]
    assert page.names["responses"].model.values.tolist() == [MODEL, STEADY, YES, COINS, BASE, CHAT]
    assert {"supports", "opposes"} == set(questions.option_stance.values[:, 0].tolist())


def test_every_figure_of_a_model_in_print_is_called_synthetic(page: Page) -> None:
    cells: tuple[str, ...] = (
        "data",
        "answers",
        "measure",
        "published",
        "scale",
        "wider",
        "controversial",
        "pair",
    )
    cells += ("hedge", "words-shares", "order", "plan", "steer", "own-answers", "own-data")
    for name in cells:
        assert "synthetic" in page.printed[name], name


def test_the_measure_by_hand_is_the_packages(page: Page) -> None:
    values = re.findall(r"(\d\.\d{6})", page.printed["measure"])
    assert values[0] == values[1]
    assert values[2] == values[3] == "0.557923"


def test_the_published_people_are_those_of_the_text(page: Page) -> None:
    assert figures(page.printed["published"], "paraphrase")[1] == 0.098
    assert figures(page.printed["published"], "topic")[1] == 0.296
    assert (
        ".098 over paraphrases and .296 over topics. They were asked other"
        in CELLS["published-text"]
    )


def test_coins_waver_more_in_larger_groups(page: Page) -> None:
    printed = page.printed["coins"]
    values = [figures(printed, f"{n:5}")[0] for n in (2, 4, 5, 20, 1000)]
    assert values == sorted(values)
    # Of two coins: as far apart as can be, or alike, with equal chances.
    flips = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert values[0] == pytest.approx(float(set_divergence(flips)) / 2.0, abs=1e-4)
    simulated = figures(printed, "4,000 groups of 20 coins")[-1]
    assert simulated == pytest.approx(values[3], abs=0.003)


def test_formulas_land_on_their_floors(page: Page) -> None:
    result = page.names["result"]
    coins = result.sel(model=COINS)
    assert coins.sizes["measure"] == 4
    assert (coins.inconsistency_low < coins.inconsistency_random).all()
    assert (coins.inconsistency_high > coins.inconsistency_random).all()
    yes = result.sel(model=YES)
    np.testing.assert_allclose(yes.inconsistency, yes.inconsistency_yes, atol=1e-9)
    assert yes.inconsistency.sel(measure="paraphrase") == pytest.approx(0.0, abs=1e-9)


def test_the_model_is_below_its_answers_dealt_anew(page: Page) -> None:
    one = page.names["one"].sel(measure=["paraphrase", "topic"])
    assert (one.inconsistency_high < one.inconsistency_shuffled).all()
    assert (one.inconsistency_high < 0.6 * one.inconsistency_random).all()


def test_differences_of_measures_are_what_the_text_says(page: Page) -> None:
    rows = page.printed["wider"].splitlines()[1:]
    plain, shares = (
        {
            row[:20].strip(): [float(x) for x in re.findall(r"[-+]\d\.\d+", row)]
            for row in rows
            if text in row
        }
        for text in ("as it is", "as shares of dealt")
    )
    assert plain[COINS][1] > 0.0
    assert shares[COINS][1] < 0.0 < shares[COINS][2]
    assert plain[MODEL][1] > 0.0 < shares[MODEL][1]
    assert plain[BASE][1] > 0.0
    assert shares[BASE][1] < 0.0 < shares[BASE][2]


def test_controversial_topics_are_less_steady_in_all_four_measures(page: Page) -> None:
    gap = page.names["gap"]
    assert gap.sizes["measure"] == 4
    assert (gap.inconsistency_difference_low > 0.0).all()


def test_the_base_model_wavers_more_where_the_interval_says_so(page: Page) -> None:
    pair = page.names["pair"]
    low, high = pair.inconsistency_difference_low, pair.inconsistency_difference_high
    for measure in ("paraphrase", "topic"):
        assert low.sel(measure=measure) > 0.0
    for measure in ("topic-between", "use-case"):
        assert low.sel(measure=measure) < 0.0 < high.sel(measure=measure)


def test_the_hedger_looks_steadier_and_says_less(page: Page) -> None:
    printed = page.printed["hedge"]
    rows = {name: figures(printed, name) for name in (MODEL, BASE, CHAT, "made-up: hedger")}
    entropy, inconsistency = rows.pop("made-up: hedger")
    assert entropy > 0.97
    assert inconsistency < min(row[1] for row in rows.values())
    kept = page.names["kept"]
    assert kept["removed"] > kept["kept"]


def test_the_judge_is_good_and_not_perfect(page: Page) -> None:
    judge, often = page.printed["words"].splitlines()
    kappa, low, high = (float(each) for each in re.findall(r"\d\.\d+", judge))
    assert 0.6 < low < kappa < high < 1.0
    assert re.search(r"kappa -?0\.00", often)
    agreed = re.search(r"agrees (\d+)%", often)
    assert agreed is not None
    assert int(agreed[1]) > 50


def test_words_and_letters_differ_with_an_interval_and_abstentions_are_rare(page: Page) -> None:
    line = next(row for row in page.printed["words-shares"].splitlines() if row.startswith(MODEL))
    none, other = ([float(x) for x in re.findall(r"\d\.\d+", part)] for part in line.split(", a"))
    assert none[1] == 0.0 < none[0] < 0.05
    assert 0.0 < other[1] < other[0] < other[2] < 0.2
    coins = figures(page.printed["words-shares"], COINS)
    assert coins[4] < 0.5 < coins[5]


def test_the_letter_a_is_liked_by_those_who_were_made_to(page: Page) -> None:
    printed = page.printed["order"]
    demo, base, chat = (figures(printed, name) for name in (MODEL, BASE, CHAT))
    assert demo[1] > 0.0
    assert base[1] > demo[2] > demo[1] > chat[2] > chat[1] > 0.0
    for name in (STEADY, COINS, YES):
        assert figures(printed, name) == [0.0, 0.0, 0.0]


def test_topics_and_not_wordings_are_what_a_study_needs(page: Page) -> None:
    three, picked = page.names["three"].variance, page.names["picked"]
    own = [name for name in three.component.values if str(name).startswith("model ×")]
    assert three.sel(component=own).idxmax().item() == "model × topic"
    alone = page.run(
        "print(disca_nb.variance_components(responses.sel(model=[MODEL]))"
        ".variance_share.sel(component='topic').item())"
    )
    assert float(alone) > 0.5
    rows = picked.set_index(["questions", "phrasings"])
    assert rows.reached.all()
    assert rows.answers[4, 5] / rows.answers[1, 1] == pytest.approx(10.0, rel=0.15)
    assert rows.topics[4, 5] / rows.topics[1, 1] == pytest.approx(0.5, abs=0.1)


def test_the_actor_is_selective_and_the_flatterer_is_not(page: Page) -> None:
    found = page.names["steering"].sel(condition="all")
    actor, flatterer = (found.sel(model=f"made-up: {name}") for name in ("actor", "flatterer"))
    assert actor.value_shift_low > 0.0 < flatterer.value_shift_low
    assert actor.selectivity_low > 0.0
    assert flatterer.selectivity_low < 0.0 < flatterer.selectivity_high
    assert abs(float(flatterer.value_rank) - 5.5) < 1.0
    assert abs(float(actor.compat_rank) - page.names["steering"].attrs["chance_compat_rank"]) < 1.0


def test_the_yes_sayer_is_steady_over_wordings_and_not_on_night_trains(page: Page) -> None:
    yes: xr.Dataset = page.names["yes"].squeeze()
    assert yes.inconsistency.sel(measure="paraphrase") == pytest.approx(0.0, abs=1e-9)
    by_topic = yes.topic_inconsistency.sel(measure="topic")
    assert by_topic.sel(topic="night trains") > 0.3
    assert by_topic.sel(topic="public pools") == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(yes.inconsistency_low).all()
    assert not page.names["folder"].exists()


def test_the_first_answer_is_what_it_prints(page: Page) -> None:
    printed = solved(page, 1)
    values = [float(each) for each in re.findall(r"^\S+ +(\S+)$", printed, re.MULTILINE)]
    np.testing.assert_allclose(values[:-1], 0.0, atol=1e-9)
    assert values[-1] == 1.0
    assert len(values) == 4


def test_the_second_answer_is_what_it_prints(page: Page) -> None:
    printed = solved(page, 2)
    correlation = re.search(r"rank correlation (\d\.\d+)", printed)
    assert correlation is not None
    assert float(correlation[1]) > 0.8
    questions = page.names["questions"]
    heated = set(questions.topic_name.values[questions.controversial.values].tolist())
    first = [line.rstrip(" .0123456789") for line in printed.splitlines()[1:6]]
    assert set(first) <= heated


def test_the_third_answer_is_what_it_prints(page: Page) -> None:
    distance, divergence = (int(each) for each in re.findall(r"(\d+)% of coins", solved(page, 3)))
    assert divergence < distance / 2


@pytest.mark.parametrize("number", [1, 2, 3])
def test_answers_state_no_figures_that_they_do_not_compute(number: int) -> None:
    prose = re.sub(r"```.*?```", "", answer(number).partition("</summary>")[2], flags=re.DOTALL)
    assert not re.search(r"\d", prose)
