"""The figure of one survey question."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import HOSTILE, legend, picture, ticks
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from opinion_results import answers_of, bank_of
from pictures import inside

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.plots import describe, describe_question, plot_question
from disca_nb.variables import validate

mpl.use("agg")

ALPHA: dict[str, Any] = {"model": "alpha-7b"}


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9.0, 5.0), layout="constrained").subplots()


def bars(ax: Axes) -> list[list[float]]:
    """Return the lengths of bars, those of the model first."""
    found = [each for each in ax.containers if isinstance(each, BarContainer)]
    return [[float(bar.get_width()) for bar in each.patches] for each in found]


def test_the_data_of_these_tests_are_of_the_usual_form() -> None:
    validate(bank_of(), "survey_share", "n_options", "option_text", "question_text")
    validate(answers_of(), "answer_prob", "answer_mass")


def test_bars_are_the_models_answer_and_the_countries_shares(ax: Axes) -> None:
    assert plot_question(bank_of(), answers_of(), "A:1", countries=["NGA", "KOR"], **ALPHA, ax=ax)
    assert bars(ax) == [[0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]]
    assert ticks(ax.get_yticklabels()) == ["well", "badly", "neither of the two"]
    # Each country's similarity: 1 less the root of the divergence in bits.
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4])
    middle = (p + q) / 2.0
    bits = 0.5 * (p * np.log2(p / middle)).sum() + 0.5 * (q * np.log2(q / middle)).sum()
    # Beside it that of an answer of a third each.
    flat = (q + 1.0 / 3.0) / 2.0
    apart = -np.log2(3.0 * flat).mean() / 2.0 + 0.5 * (q * np.log2(q / flat)).sum()
    assert legend(ax)[1] == (
        f"NGA, similarity {1.0 - np.sqrt(bits):.3f} (uniform {1.0 - np.sqrt(apart):.3f})"
    )


def test_a_line_marks_the_uniform_answer(ax: Axes) -> None:
    plot_question(bank_of(), answers_of(), "A:2", countries=["USA"], **ALPHA, ax=ax)
    (line,) = ax.get_lines()
    assert list(np.ravel(line.get_xdata())) == [0.5, 0.5]
    assert legend(ax)[-1] == "uniform responder"
    # Of an axis of three options the third is none of this question.
    assert bars(ax) == [[0.25, 0.75], [0.1, 0.9]]
    assert ticks(ax.get_yticklabels()) == ["yes", "no"]


def test_bars_are_told_apart_by_what_is_drawn_in_them() -> None:
    everyone = ["JPN", "KOR", "USA", "NGA"]
    ax = plot_question(bank_of(), answers_of(), "A:1", countries=everyone, **ALPHA)
    found = [each for each in ax.containers if isinstance(each, BarContainer)]
    assert len({each.patches[0].get_hatch() for each in found}) == 5
    assert len({each.patches[0].get_facecolor() for each in found}) == 5
    plt.close("all")


def test_by_default_the_closest_the_middle_and_the_farthest_are_shown(ax: Axes) -> None:
    plot_question(bank_of(), answers_of(), "A:1", **ALPHA, ax=ax)
    assert [label.split(",")[0] for label in legend(ax)] == [
        *("model", "JPN", "NGA", "USA", "uniform responder")
    ]
    assert legend(ax)[1].startswith("JPN, similarity 1.000 (uniform ")
    assert "Asked too, and not shown: 1 country." in describe(ax)


def test_the_prompted_country_comes_first(ax: Axes) -> None:
    plot_question(bank_of(), answers_of(), "A:1", **ALPHA, prompting="as USA", ax=ax)
    names = [label.split(",")[0] for label in legend(ax)]
    assert names[:2] == ["model", "USA"]
    assert len(names) == len(set(names))
    assert ax.get_title(loc="left").startswith("alpha-7b, asked as USA, options' mass 0.88\nA:1: H")


def test_the_text_has_the_figures(ax: Axes) -> None:
    options: dict[str, Any] = {"countries": ["USA"], "model": "alpha-7b"}
    plot_question(bank_of(), answers_of(), "A:2", **options, ax=ax)
    text = describe_question(bank_of(), answers_of(), "A:2", **options)
    assert describe(ax) == text
    assert text == (
        "Answers to A:2, “Is it so?”. alpha-7b, default prompting: “yes” 25 %, “no” 75 %; USA "
        "(similarity 0.830, a uniform answer's 0.617): “yes” 10 %, “no” 90 %. A uniform answer "
        "gives each of 2 options 50 %. The model gave the options 0.875 of its probability. Asked "
        "too, and not shown: 2 countries."
    )


def test_what_was_removed_from_the_survey_is_told() -> None:
    removed = bank_of().assign(removed_share=(("country", "question"), np.full((4, 2), 0.125)))
    text = describe_question(removed, answers_of(), "A:2", countries=["KOR", "USA"], **ALPHA)
    assert "Removed from the survey: KOR 0.125, USA 0.125." in text


def long() -> tuple[xr.Dataset, xr.Dataset]:
    """Return a question with 18 options, some of them long."""
    rng, number = np.random.default_rng(5), 18
    texts = [f"option {i} that goes on for quite a long while $x$ and on" for i in range(number)]
    text = "Which of these is the most important thing that the country faces? " * 6
    coords = {
        "question": ["Q"],
        "option": [str(i) for i in range(1, number + 1)],
        "question_text": ("question", [text]),
        "n_options": ("question", [number]),
        "option_text": (("question", "option"), [texts]),
    }
    names = ["JPN", "IND (Current national sample)", "BOL (Non-national sample)", "USA", "DEU"]
    shares = rng.dirichlet(np.ones(number), (len(names), 1))
    bank = xr.Dataset(
        {"survey_share": (("country", "question", "option"), shares)}, {"country": names, **coords}
    )
    answer = rng.dirichlet(np.ones(number), (1, 1))
    answers = xr.Dataset(
        {"answer_prob": (("model", "question", "option"), answer)}, {"model": ["m"], **coords}
    )
    return bank, answers


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_eighteen_options_of_five_countries_can_be_read(style: str) -> None:
    bank, answers = long()
    with plt.style.context(style):
        ax = plot_question(bank, answers, "Q", countries=bank.country.values)
    assert inside(ax)
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert all(a.y0 >= b.y1 for a, b in pairwise(boxes))
    numbers = [text.get_window_extent() for text in ax.texts]
    numbers.sort(key=lambda box: -box.y0)
    assert all(a.y0 >= b.y1 - 1.0 for a, b in pairwise(numbers))
    # Of many options the text names the three largest.
    assert describe(ax).count("mostly “option") == 6
    assert describe(ax).count("” ") < 22
    plt.close("all")


def test_labels_are_text_whatever_they_hold() -> None:
    bank, answers = bank_of(), answers_of().assign_coords(model=[HOSTILE, "b"])
    texts = bank.option_text.values.astype(object)
    texts[0, 0] = HOSTILE
    bank = bank.assign_coords(
        country=[HOSTILE, "KOR", "USA", "NGA"],
        question_text=("question", [HOSTILE, ""]),
        option_text=(("question", "option"), texts.astype(str)),
    )
    ax = plot_question(bank, answers, "A:1", model=HOSTILE, ax=Figure().subplots())
    assert picture(ax)
    assert HOSTILE in ax.get_title(loc="left")


def test_a_synthetic_survey_is_called_so() -> None:
    bank = bank_of().assign_attrs(synthetic=1)
    assert "alpha-7b, synthetic data, default" in describe_question(
        bank, answers_of(), "A:1", **ALPHA
    )


def test_a_chosen_model_and_prompting_need_no_name(ax: Axes) -> None:
    one = answers_of().sel(model="beta-0.5b", prompting="default")
    plot_question(bank_of(), one, "A:1", ax=ax, title="mine")
    assert ax.get_title(loc="left") == "mine"
    assert bars(ax)[0] == [0.5, 0.3, 0.2]


def test_what_cannot_be_drawn_is_refused() -> None:
    bank, answers = bank_of(), answers_of()
    with pytest.raises(UnknownNameError, match="Unknown question 'A:3'; did you mean 'A:"):
        plot_question(bank, answers, "A:3", **ALPHA)
    with pytest.raises(UnknownNameError, match="Unknown country 'KOS'; did you mean 'KOR'"):
        plot_question(bank, answers, "A:1", countries=["KOS"], **ALPHA)
    with pytest.raises(UnknownNameError, match="Unknown model 'alpha'; did you mean 'alpha-7b'"):
        plot_question(bank, answers, "A:1", model="alpha")
    with pytest.raises(UnknownNameError, match="Unknown prompting 'as USB'; did you mean 'as USA"):
        plot_question(bank, answers, "A:1", prompting="as USB", **ALPHA)
    with pytest.raises(InputError, match=r"several models \(alpha-7b, beta-0.5b\); name one with"):
        plot_question(bank, answers, "A:1")
    with pytest.raises(InputError, match=r"NGA was not asked A:2; take of JPN, KOR, USA\."):
        plot_question(bank, answers, "A:2", countries=["NGA"], **ALPHA)
    with pytest.raises(InputError, match="alpha-7b, asked as USA has no answer to A:2; name anoth"):
        plot_question(bank, answers, "A:2", prompting="as USA", **ALPHA)
    with pytest.raises(InputError, match="No country was asked A:1; name another question"):
        plot_question(bank * np.nan, answers, "A:1", **ALPHA)
    for names in ([], [f"C{i}" for i in range(6)]):
        with pytest.raises(ParameterError, match=f"{len(names)} countries were named; name 1 to 5"):
            plot_question(bank, answers, "A:1", countries=names, **ALPHA)
    for missing in ("survey_share", "n_options", "option_text"):
        with pytest.raises(InputError, match=f"lacks '{missing}'"):
            plot_question(bank.drop_vars(missing), answers, "A:1", **ALPHA)
    with pytest.raises(InputError, match="lacks 'answer_prob'"):
        plot_question(bank, answers.drop_vars("answer_prob"), "A:1", **ALPHA)
    with pytest.raises(InputError, match=r"The bank is by group \(young, old\); select one with"):
        plot_question(bank.expand_dims(group=["young", "old"]), answers, "A:1", **ALPHA)
    other = bank.assign_coords(n_options=("question", [2, 2]))
    with pytest.raises(
        InputError, match="bank has 2 options for A:1, the answers have 3; give the"
    ):
        plot_question(other, answers, "A:1", **ALPHA)
