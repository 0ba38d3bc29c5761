"""Scores of options: their mass and status, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from disca_nb.errors import InputError
from disca_nb.models import LanguageModel, OptionScores


def test_mass_and_status_follow_from_the_log_probabilities() -> None:
    found = OptionScores.of([[np.log(0.5), np.log(0.25)], [np.nan, -1.0], [-np.inf, 0.0]])
    assert found.mass[0] == pytest.approx(0.75)
    assert found.status.tolist() == [1, 2, 2]
    assert found.status.dtype == np.int8
    assert np.isnan(found.log_probs[1:]).all()


def test_no_place_for_an_answer_is_status_three() -> None:
    nothing = np.full((2, 2), np.nan)
    found = OptionScores.of(nothing, answerable=np.array([False, True]))
    assert found.status.tolist() == [3, 2]


def test_rounding_does_not_lift_the_mass_above_one() -> None:
    values = np.log([[0.5000001, 0.5]])
    assert OptionScores.of(values).mass.tolist() == [1.0]


@pytest.mark.parametrize(
    ("log_probs", "mass", "status", "words"),
    [
        (np.zeros((2, 2)), np.zeros(1), np.ones(2, np.int8), r"\(2, 2\), \(1,\) and \(2,\)"),
        (np.zeros(2), np.zeros(2), np.ones(2, np.int8), r"shapes \(2,\)"),
        (np.zeros((1, 2)), np.zeros(1), np.zeros(1, np.int8), "A status is 0"),
    ],
)
def test_scores_that_do_not_belong_together(
    log_probs: np.ndarray, mass: np.ndarray, status: np.ndarray, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        OptionScores(log_probs, mass, status)


def test_a_model_without_a_manifest_is_none() -> None:
    class Nameless:
        name = "x"

        def score(self) -> None: ...

    assert not isinstance(Nameless(), LanguageModel)


@pytest.mark.parametrize("value", [2.0, 1e-3])
def test_logits_are_no_probabilities(value: float) -> None:
    with pytest.raises(InputError, match=f"log_probs holds {value:g}; the logarithm of a probab"):
        OptionScores.of([[-1.0, value]])
    assert OptionScores.of([[-20.0, 1e-9]]).mass == pytest.approx(1.0)
