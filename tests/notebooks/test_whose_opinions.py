"""What tutorial 01 says in words is what its cells compute, without PyTorch and without a model."""

from __future__ import annotations

import contextlib
import io
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from tutorials import FOLDER, Tutorial

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.models import embedded

TUTORIAL = Tutorial.read(FOLDER / "01_whose_opinions.ipynb")
CELLS = TUTORIAL.cells
DRAWN = {"install", "map", "question-default", "question-named", "own-data"}
"""Cells that nothing below reads; all of them are run by test_execute."""

KEPT_OUT = ("torch", "transformers")
MODEL, AVERAGE, LISTENER = "synthetic-demo", "made-up: average", "made-up: listener"
FORMULAS = [AVERAGE, LISTENER]
TASKS = embedded.tasks()
FEW, TAUGHT = TASKS["few"], TASKS["countries"]
TOP = {*FEW, "JAM"}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(JIT_DISABLED, reason="tutorials run with Numba's compiler"),
]


@dataclass(frozen=True)
class Page:
    """The names that the cells have defined, and what each printed."""

    names: dict[str, Any]
    printed: dict[str, str]

    def run(self, source: str, **names: object) -> str:
        """Run more code with what the page has defined, and return what it prints."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(source, self.names | names)  # noqa: S102 - our own code, as it stands on the page
        return out.getvalue()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The code cells in their order, in a process that cannot import PyTorch."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
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
    pyplot.close("all")


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


def test_the_models_are_what_the_text_says(page: Page) -> None:
    assert page.names["answers"].model.values.tolist() == [MODEL, AVERAGE, LISTENER]
    assert dict(page.names["bank"].sizes) == {"country": 20, "question": 48, "option": 5}
    assert len(TASKS["survey"]) == 40
    assert len(TAUGHT) == 12
    assert "40 of the 48 questions and on 12 of the 20 countries" in CELLS["data-text"]
    assert "synthetic" in page.printed["data"]


def test_every_figure_in_print_is_called_synthetic(page: Page) -> None:
    cells = ("floors", "uniform", "modes", "ranks", "question", "shift-table", "spread", "ceiling")
    for name in (*cells, "own-compare"):
        assert "synthetic" in page.printed[name], name


def test_prompts_are_shown_in_two_languages(page: Page) -> None:
    text = page.printed["prompts"]
    assert text.count("(A)") == 3
    assert "someone from South Korea" in text
    assert "걱정" in text


def test_the_measure_by_hand_is_the_packages(page: Page) -> None:
    by_hand, by_package = re.findall(r"(\d\.\d{6})", page.printed["measure"])
    assert by_hand == by_package
    assert (
        f"could not pass {math.sqrt(math.log(2)):.3f}".replace("0.", ".") in CELLS["measure-text"]
    )


def test_four_countries_stand_out_and_one_was_never_taught(page: Page) -> None:
    score = page.names["one"].similarity.to_series().sort_values(ascending=False)
    assert {*score.index[:4]} == TOP
    assert score.iloc[3] - score.iloc[4] > 0.05
    assert sorted(FEW) == ["DEU", "GBR", "USA"]
    assert "JAM" not in TAUGHT


def test_dice_are_closer_in_most_countries(page: Page) -> None:
    one = page.names["one"]
    assert (one.similarity_uniform > one.similarity).sum() > 10
    assert {*one.country.values[one.excess_low > 0]} == TOP
    # Other people are the better guess in nearly all countries, and not in all.
    assert 1 <= int((one.similarity_uniform > one.similarity_others).sum()) <= 3
    shown = re.search(r"uniform is closer than others in (.+)", page.printed["floors"])
    assert shown is not None
    assert len(shown[1].split(", ")) <= 3


def test_formulas_are_ranked_nearly_as_dice_are(page: Page) -> None:
    scores = page.names["scores"].sel(prompting="default")
    rho = scores.spearman_uniform
    assert (rho.sel(model=FORMULAS) > 0.9).all()
    one = scores.sel(model=MODEL)
    assert one.spearman_uniform < 0.5
    assert one.spearman_high - one.spearman_low > 0.5
    assert "Spearman correlation of 0.9" in page.printed["uniform"]


def test_the_design_is_that_of_the_sample(page: Page) -> None:
    asked = page.names["bank"].survey_share.notnull().any("option")
    assert (asked.sum("question") == 36).all()
    assert page.names["modes"]["common"].attrs["n_common"] == 24
    assert "every second country" in page.names["bank"].attrs["design"]
    assert "every second country" in CELLS["uniform-read"]


def test_on_the_same_questions_the_gap_goes_where_nobody_has_favourites(page: Page) -> None:
    gaps = page.names["gaps"]
    for mode in ("common", "fixed_effects"):
        left = gaps[mode] / gaps["all"]
        assert (left[["uniform", *FORMULAS]].abs() < 0.2).all()
        assert 0.4 < left[MODEL] < 0.6
    # The built-in favourites are all in the half that was asked the even questions.
    assert {*FEW} <= {*page.names["bank"].country.values[1::2]}


def test_the_correlation_falls_and_does_not_vanish(page: Page) -> None:
    found = page.names["correlations"]
    for mode in ("common", "fixed_effects"):
        assert (found[mode] < found["all"]).all()
        assert (found[mode][FORMULAS] > 0.7).all()


def test_the_favourites_keep_the_first_places_in_every_mode(page: Page) -> None:
    ranks = page.names["ranks"]
    for mode in ("all", "common", "fixed_effects"):
        assert {*ranks.index[ranks[mode] <= 4]} == TOP
    assert (page.names["moved"] >= 3).sum() > 2


def test_neighbours_behind_the_favourites_are_not_told_apart(page: Page) -> None:
    order = page.names["ranks"]["all"].sort_values().index[4:]
    low, high = page.names["low"][order], page.names["high"][order]
    assert (high.to_numpy()[:-1] >= low.to_numpy()[1:]).all()


def test_the_question_is_one_of_those_on_which_naming_helps_most(page: Page) -> None:
    assert "JPN" in TAUGHT
    assert page.names["QUESTION"] in page.names["best"].index
    assert (page.names["best"] > 0.5).all()


def test_shifts_of_what_was_taught(page: Page) -> None:
    ours = page.names["ours"]
    taught = ours[page.names["known"]]
    assert len(taught) == 12
    assert (taught.shift_low > 0).sum() == 11
    favourites = taught.loc[[f"as {code}" for code in FEW]]
    assert favourites["shift"].max() < taught["shift"].drop(favourites.index).min()
    assert (taught["shift"] - taught.shift_uniform > 0.05).all()


def test_shifts_of_what_was_never_taught_are_those_of_hesitation(page: Page) -> None:
    ours = page.names["ours"]
    rest = ours[~page.names["known"]]
    clear = rest[(rest.shift_low > 0) | (rest.shift_high < 0)]
    assert {"as KOR", "in ko", "as JAM", "in de"} < {*clear.index}
    assert (clear.loc[["as KOR", "in ko"], "shift_low"] > 0.05).all()
    assert (clear.loc[["as JAM", "in de"], "shift_high"] < 0).all()
    assert (np.sign(clear["shift"]) == np.sign(clear.shift_uniform)).all()
    assert (clear["shift"] - clear.shift_uniform).abs().max() < 0.1


def test_it_answers_more_hesitantly_where_it_was_not_taught(page: Page) -> None:
    view = page.names["view"].answer_entropy.mean("question")
    untaught = [code for code in page.names["bank"].country.values if code not in TAUGHT]
    labels = [f"as {code}" for code in untaught] + ["in ko", "in de"]
    assert (view.sel(prompting=labels) > view.sel(prompting="default")).all()


def test_shifts_of_the_formulas(page: Page) -> None:
    shifts = page.names["shifts"]
    assert (shifts.shift_low.sel(model=LISTENER) > 0).all()
    average = shifts.sel(model=AVERAGE)
    assert abs(average["shift"].mean()) < 0.01
    assert (average.shift_elsewhere < 0).all()
    out = int(((average.shift_low > 0) | (average.shift_high < 0)).sum())
    assert 1 <= out <= 4
    assert "Yet some of its intervals" in CELLS["shift-read"]


def test_spread_is_what_the_text_says(page: Page) -> None:
    ratio, own, rows = (page.names[name] for name in ("ratio", "within", "rows"))
    default = ratio.sel(prompting="default").mean("country")
    taught = rows["the same, taught"]
    assert default.sel(model=MODEL) < taught.sel(model=MODEL) < 1.0
    assert rows["the country named"].sel(model=MODEL) > 1.0
    assert (default.sel(model=FORMULAS) > 1.0).all()
    assert rows["the country named"].sel(model=LISTENER).item() == pytest.approx(1.0, abs=0.01)
    assert rows["between countries"].sel(model=AVERAGE).item() == pytest.approx(0.5, abs=0.05)
    assert (own.dispersion_uniform > 1.0).all()


def test_the_listener_scores_what_the_true_shares_are_expected_to(page: Page) -> None:
    perfect = float(page.names["top"].ceiling_perfect.mean())
    assert page.names["means"].sel(model=LISTENER).item() == pytest.approx(perfect, abs=0.003)
    assert float(page.names["top"].ceiling.mean()) < perfect


def test_three_surveys_stand_on_one_row_of_korea(page: Page) -> None:
    united = page.names["united"]
    assert sorted(united.country.values.tolist()) == ["DEU", "JPN", "KEN", "KOR", "USA"]
    asked = united.survey_share.notnull().any("option")
    assert asked.sel(country="KOR").sum() == 18
    assert not (asked.sel(country=["DEU", "JPN"]).any("country") & asked.sel(country="USA")).any()
    assert {*united.survey.values} == {"Panel A", "Panel B", "Panel C"}
    removed = page.names["panel_c"].removed_share
    assert ((removed > 0.01) & (removed < 0.08)).all()
    assert not page.names["folder"].exists()


def test_the_models_are_compared_on_what_korea_and_another_share(page: Page) -> None:
    pairs = page.names["pairs"]
    assert {*pairs.model.values} == {MODEL, AVERAGE}
    assert (pairs.n_questions.sel(country=["DEU", "JPN", "KEN", "USA"]) == 6).all()
    assert "eighteen of Korea" in CELLS["own-compare-read"]
    named = page.names["korea"].sel(model=MODEL, prompting="as KOR")
    assert named.excess_low < 0.0 < named.excess_high
    assert abs(named.excess) < 0.05


def test_without_pyreadstat_the_third_survey_goes_through_a_csv(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_it = page.names["panel_c"]
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    show = "\nprint(panel_c.survey_share.values.tolist())\nkeep.cleanup()"
    printed = page.run(f"{CELLS['own-write']}\n{CELLS['own-read']}{show}")
    assert "pyreadstat is not installed" in printed
    values = np.array(eval(printed.splitlines()[-1], {"nan": math.nan}))  # noqa: S307 - ours
    np.testing.assert_allclose(values, with_it.survey_share.values, atol=1e-12)


def test_the_first_answer_is_what_it_prints(page: Page) -> None:
    order = re.findall(r"^([A-Z]{3}) ", solved(page, 1), re.MULTILINE)
    assert order[:2] == ["DEU", "USA"]
    assert "GBR" in order[2:]
    assert len(order) == 4


def test_the_second_answer_is_what_it_prints(page: Page) -> None:
    first, last = map(float, re.findall(r"letter (\d\.\d+)", solved(page, 2)))
    assert first > last + 0.03


def test_the_third_answer_is_what_it_prints(page: Page) -> None:
    lines = re.findall(r"\[([^\]]+)\] (\S+)", solved(page, 3))
    assert len(lines) == 2
    for names, correlation in lines:
        assert {*re.findall("[A-Z]{3}", names)} == TOP
        assert float(correlation) > 0.95


@pytest.mark.parametrize("number", [1, 2, 3])
def test_answers_state_no_figures_that_they_do_not_compute(number: int) -> None:
    prose = re.sub(r"```.*?```", "", answer(number).partition("</summary>")[2], flags=re.DOTALL)
    assert not re.search(r"\d", prose)
