"""The form of value questions: what is refused, and what the hash depends on."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets.values import checked_questions, questions_hash
from disca_nb.datasets.values._building import from_lines
from disca_nb.datasets.values._lines import Line
from disca_nb.errors import InputError

PAIR = (("yes", "supports"), ("no", "opposes"))
THREE = (*PAIR, ("so so", "neutral"))
QUESTIONS = from_lines(
    [
        Line(1, "Tea", "Tea?", "Tea?", PAIR),
        Line(2, "Tea", "Any tea?", "Tea?", PAIR),
        Line(3, "Milk", "Milk?", "Milk?", THREE),
    ],
    "mine",
)


def changed(name: str, place: int | tuple[int, int], value: object) -> xr.Dataset:
    """Return the questions with one cell of a coordinate changed."""
    array = QUESTIONS[name]
    values = array.values.astype(object)
    values[place] = value
    kind = str if array.dtype.kind == "U" else array.dtype
    return QUESTIONS.assign_coords({name: (array.dims, values.astype(kind))})


def test_sound_questions_come_back_with_coordinates() -> None:
    as_data = QUESTIONS.reset_coords(["option_text", "phrasing"]).transpose("option", "wording")
    held = checked_questions(as_data)
    assert not held.data_vars
    assert held["option_text"].dims == ("wording", "option")
    xr.testing.assert_equal(held, QUESTIONS)


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (QUESTIONS.drop_vars("phrasing"), "The dataset lacks 'phrasing'"),
        (QUESTIONS.isel(wording=[]), "has 0 wordings of value questions; choose at least one"),
        (
            QUESTIONS.assign_coords(topic_name="Tea"),
            r"topic_name has the dimensions \(\); it must have wording",
        ),
        (changed("wording_text", 1, " "), "wording_text of 'mine:0002' is empty"),
        (changed("phrasing", 1, -1), "'phrasing' holds -1; it must lie in"),
        (changed("phrasing", 1, 0), "'Tea/Tea\\?' has 2 originals in en, one of them 'mine:0001'"),
        (changed("wording_text", 1, "Tea?"), "'mine:0001' words the question 'Tea/Tea\\?' as"),
        (changed("topic_name", 1, "Milk"), "'Tea/Tea\\?' is of two topics topic_name Milk, Tea"),
        (changed("controversial", 1, 1), "'Tea' is of two kinds, controversial and not,"),
        (changed("option_stance", (1, 1), "supports"), "stances supports, supports only; give its"),
        (changed("option_stance", (1, 1), "oposes"), r"'oposes'; did you mean 'opposes'\?"),
        (changed("option_stance", (0, 2), "neutral"), "leave those past its last option empty"),
        (changed("option_text", (2, 1), "yes"), "the options yes, yes, so so; name each once"),
        (changed("option_text", (2, 1), ""), "has n_options 3 and the options yes, , so so"),
        (changed("n_options", 2, 2), "has n_options 2 and the options yes, no, so so"),
    ],
    ids=range(15),
)
def test_what_is_not_sound_is_refused_in_a_sentence(bad: xr.Dataset, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        checked_questions(bad)
    assert "\n" not in str(caught.value)


def test_the_hash_is_of_what_is_asked() -> None:
    own = questions_hash(QUESTIONS)
    assert questions_hash(QUESTIONS.isel(wording=[2, 0, 1])) == own
    assert questions_hash(QUESTIONS.assign_attrs(name="other")) == own
    assert questions_hash(QUESTIONS.assign_coords(more=("wording", np.arange(3)))) == own
    # A selection may have fewer options than the whole.
    some = QUESTIONS.isel(wording=[0, 1])
    assert questions_hash(some) == questions_hash(some.isel(option=[0, 1]))


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("wording_text", 0, "Tea now?"),
        ("topic_name", 2, "Cream"),
        ("wording_language", 0, "de"),
        ("phrasing", 1, 2),
        ("option_text", (0, 0), "sure"),
        ("option_stance", (2, 1), "supports"),
    ],
)
def test_the_hash_changes_with_it(name: str, place: int | tuple[int, int], value: object) -> None:
    assert questions_hash(changed(name, place, value)) != questions_hash(QUESTIONS)
