"""Options among the likeliest tokens that a server returns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.models import OptionScores
from disca_nb.models.top_k import POLICIES, option_probabilities, top_k_scores

# Six tenths A, with and without a blank; C is missing, and a tenth is left.
TOKENS = {"A": 0.375, " A": 0.25, "B": 0.1875, "The": 0.0625}


@pytest.mark.parametrize(
    ("tokens", "missing", "expected", "mass"),
    [
        ({"A": 0.5, "B": 0.25, "C": 0.125}, "error", [0.5, 0.25, 0.125], 0.875),
        (TOKENS, "zero", [0.625, 0.1875, 0.0], 0.8125),
        # The least token is below what is left of 1, .125; it need be none of the options.
        (TOKENS, "bound", [0.625, 0.1875, 0.0625], 0.8125),
        # What is left is below the least token.
        ({"A": 0.75, "B": 0.1875}, "bound", [0.75, 0.1875, 0.0625], 0.9375),
        # Each of several missing options may have as much.
        ({"A": 0.75}, "bound", [0.75, 0.25, 0.25], 0.75),
        # Sums of rounded probabilities may be a hair above 1.
        ({"A": 0.75, "B": 0.25001}, "bound", [0.75, 0.25001, 0.0], 1.0),
        ({"A": 1.0}, "bound", [1.0, 0.0, 0.0], 1.0),
        ({"A": 0.5, "B": 0.0, "C": 0.25}, "zero", [0.5, 0.0, 0.25], 0.75),
    ],
)
def test_policies_by_hand(
    tokens: dict[str, float], missing: str, expected: list[float], mass: float
) -> None:
    found, captured = option_probabilities(tokens, ["A", "B", "C"], missing=missing)  # type: ignore[arg-type]
    assert found.tolist() == pytest.approx(expected, abs=1e-15)
    assert captured == pytest.approx(mass)


@pytest.mark.parametrize("missing", ["zero", "bound"])
def test_without_any_option_there_is_no_answer(missing: str) -> None:
    scores = top_k_scores([{"The": -0.1}, {}, {"A": -0.5}], ["A", "B"], missing=missing)  # type: ignore[arg-type]
    assert scores.status.tolist() == [2, 2, 1]
    assert np.isnan(scores.log_probs[:2]).all()
    assert scores.mass.tolist() == [0.0, 0.0, pytest.approx(np.exp(-0.5))]


def test_scores_are_raw_and_their_mass_is_what_was_returned() -> None:
    tokens = {token: float(np.log(p)) for token, p in TOKENS.items()}
    zero = top_k_scores([tokens], ["A", "B", "C"], missing="zero")
    assert isinstance(zero, OptionScores)
    assert np.exp(zero.log_probs[0]) == pytest.approx([0.625, 0.1875, 0.0])
    assert zero.log_probs[0, 2] == -np.inf
    bound = top_k_scores([tokens], ["A", "B", "C"], missing="bound")
    assert np.exp(bound.log_probs[0]) == pytest.approx([0.625, 0.1875, 0.0625])
    assert zero.mass.tolist() == bound.mass.tolist() == [pytest.approx(0.8125)]


def test_a_missing_option_is_an_error_unless_said_otherwise() -> None:
    with pytest.raises(InputError, match=r"Among the 4 returned tokens is none for 'C'; ask for"):
        option_probabilities(TOKENS, ["A", "B", "C"])
    with pytest.raises(InputError, match="none for 'A', 'B'"):
        top_k_scores([{"The": -0.1}], ["A", "B"])
    with pytest.raises(UnknownNameError, match=r"'bounds'; did you mean 'bound'\?"):
        top_k_scores([], ["A", "B"], missing="bounds")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0.5, float("nan"), "0", None, True])
def test_what_is_no_logarithm_is_named(value: object) -> None:
    with pytest.raises(InputError, match=r"log-probability of 'B' is .*; it must be a number"):
        top_k_scores([{"A": -1.0, "B": value}], ["A", "B"])  # type: ignore[dict-item]


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), "1", False])
def test_what_is_no_probability_is_named(value: object) -> None:
    with pytest.raises(InputError, match=r"probability of 'B' is .*; it must lie in 0 to 1"):
        option_probabilities({"A": 0.1, "B": value}, ["A", "B"])  # type: ignore[dict-item]


def test_probabilities_that_sum_to_more_than_one_are_told() -> None:
    with pytest.raises(InputError, match=r"sum to 1\.2; give raw probabilities"):
        option_probabilities({"A": 0.7, "B": 0.5}, ["A", "B"])


@given(
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6),
    st.integers(2, 8),
    st.sampled_from(POLICIES[1:]),
)
def test_a_bound_is_never_less_than_what_an_option_can_have(
    weights: list[float], number: int, missing: str
) -> None:
    options = [chr(ord("A") + i) for i in range(number)]
    total = sum(weights) or 1.0
    raw = [weight / total * 0.9 for weight in weights]
    tokens = dict(zip("ABCDEF", raw, strict=False))
    found, mass = option_probabilities(tokens, options, missing=missing)  # type: ignore[arg-type]
    seen: npt.NDArray[np.float64] = np.array(raw[:number])
    assert np.array_equal(found[: len(seen)], seen)
    assert mass == pytest.approx(seen.sum())
    filled = found[len(seen) :]
    most = min(*raw, 1.0 - sum(raw)) if missing == "bound" else 0.0
    assert np.allclose(filled, max(most, 0.0), rtol=0, atol=1e-12)
