"""The prompt of a dilemma in both orders."""

from __future__ import annotations

import pytest

from disca_nb.errors import UnknownNameError
from disca_nb.prompts import dilemma, load_pack

PACK = load_pack("en")


def lines(*, exchanged: bool, exchange: str = "lines") -> list[str]:
    """Return the two lines of options."""
    prompt = dilemma(PACK, "a cat", "a dog", exchanged=exchanged, exchange=exchange)  # type: ignore[arg-type]
    return [line for line in prompt.user.splitlines() if ". Save " in line]


def test_option_a_stands_first_under_a_as_shown() -> None:
    for exchange in ("lines", "labels"):
        shown = lines(exchanged=False, exchange=exchange)
        assert shown == ["A. Save a cat", "B. Save a dog"]


def test_descriptions_or_labels_change_places() -> None:
    assert lines(exchanged=True) == ["A. Save a dog", "B. Save a cat"]
    assert lines(exchanged=True, exchange="labels") == ["B. Save a cat", "A. Save a dog"]


def test_the_answer_b_means_option_a_in_either_exchange() -> None:
    for exchange in ("lines", "labels"):
        assert "B. Save a cat" in lines(exchanged=True, exchange=exchange)


def test_exchanging_is_asking_with_the_options_swapped() -> None:
    swapped = dilemma(PACK, "a dog", "a cat")
    assert dilemma(PACK, "a cat", "a dog", exchanged=True) == swapped


def test_the_system_text_is_the_personas_or_neutral() -> None:
    assert dilemma(PACK, "x", "y").system == PACK.base_system
    assert dilemma(PACK, "x", "y", system="You are Ada.").system == "You are Ada."
    assert not dilemma(PACK, "x", "y", system="").system
    assert dilemma(PACK, "x", "y").prefix == PACK.answer_prefix


def test_braces_in_an_option_stay() -> None:
    assert "A. Save {first}" in dilemma(PACK, "{first}", "y").user


def test_an_unknown_exchange_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="exchange 'line'; did you mean 'lines'"):
        lines(exchanged=True, exchange="line")
