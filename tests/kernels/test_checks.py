"""What the kernels refuse, in one sentence with the value and the remedy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from disca_nb import kernels
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.kernels import check_seed, check_tol, disca_correction

PANEL = [-0.5, 0.0, 0.25, 0.75]


@pytest.mark.parametrize(
    ("personas", "words"),
    [(np.zeros(17), "17 personas"), (np.zeros(0), "0 personas"), (1.0, "single number")],
)
def test_a_number_of_personas_outside_one_to_sixteen_is_refused(
    personas: object, words: str
) -> None:
    with pytest.raises(InputError, match=f"{words}.*1 to 16"):
        disca_correction(1.0, personas)  # type: ignore[arg-type]


def test_shapes_that_do_not_broadcast_are_refused() -> None:
    with pytest.raises(InputError, match=r"\(2,\).*\(3, 4\)"):
        disca_correction(np.zeros(2), np.zeros((3, 4)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"eta": 0.0}, r"eta \(η\) is 0.0; .* from 0.01"),
        ({"lam": 1.5}, r"lam \(λ\) is 1.5; .* from 0 to 1"),
        ({"sigma": 0.001}, r"sigma .* above 0.001 .*'adaptive'"),
        ({"sigma": "wide"}, "sigma .* is 'wide'"),
        ({"rho": np.nan}, "rho .* is nan"),
        ({"kappa": [1.0, -1.0]}, r"kappa .* is -1 to 1"),
        ({"kappa": [1.0, np.nan]}, r"kappa .* is partly NaN; it must be a number from 0"),
        ({"kappa": [np.nan]}, r"kappa .* is partly NaN"),
        ({"n_samples": 2.5}, "n_samples .* whole number"),
        ({"n_passes": 1}, "n_passes .* from 2 to 256"),
        ({"n_samples": [64, 32]}, "n_samples .* array"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"seed": 2**64}, r"seed is 18446744073709551616; .* to 2\*\*64 - 1"),
        ({"seed": True}, "seed is True"),
        ({"keys": -1}, "keys has -1; .* from 0 to"),
        ({"keys": [0.5, 1.0, 2.0, 3.0]}, "keys has 0.5, 1.0, 2.0 and 1 more;"),
        ({"keys": "JPN"}, "keys has JPN;"),
        ({"keys": np.nan}, "keys has nan;"),
        ({"method": "quadrature", "tol": 0.5}, "tol is 0.5; .* from 1e-12 to 0.01"),
        ({"method": "quadrature", "tol": np.nan}, "tol is nan"),
        ({"method": "quadrature", "tol": np.float64(0.5)}, r"tol is 0\.5;"),
        ({"method": "quadrature", "tol": "a"}, "tol is 'a'; it must be a number from 1e-12"),
        ({"method": "quadrature", "tol": None}, "tol is None"),
        ({"method": "quadrature", "tol": True}, "tol is True"),
        ({"method": "quadrature", "seed": -1}, "seed is -1"),
        ({"seed": np.int64(-1)}, "seed is -1"),
        ({"seed": "a"}, "seed is 'a'"),
        ({"seed": np.zeros((2, 40))}, r"seed is array\(\[\[0., 0., .*…; it must"),
        ({"tol": 0.5}, "tol is 0.5"),
        ({"lam": True}, r"lam \(λ\) is True; it must be a number from 0 to 1"),
        ({"kappa": [True, False]}, r"kappa .* is \[True, False\]"),
        ({"eta": np.True_}, "eta .* is True"),
        ({"eta": "0.5"}, "eta .* is '0.5'"),
        ({"eta": None}, "eta .* is None"),
        ({"alpha": [[0.5], [0.5, 0.6]]}, r"alpha .* is \[\[0.5\], \[0.5, 0.6\]\]"),
    ],
)
def test_a_parameter_outside_its_range_is_named_with_the_range(
    given: dict[str, object], words: str
) -> None:
    with pytest.raises(ParameterError, match=words) as caught:
        disca_correction(1.0, PANEL, **given)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given", [{"seed": -1}, {"tol": 0.5}])
@pytest.mark.parametrize("method", ["monte-carlo", "quadrature"])
def test_seed_and_tol_are_checked_before_anything_runs(
    given: dict[str, Any],
    method: Any,  # noqa: ANN401
) -> None:
    with pytest.raises(ParameterError, match=f"{next(iter(given))} is"):
        disca_correction("no gap", "no gaps", method=method, **given)


def test_a_seed_and_a_tol_that_are_fine_come_back_as_python_has_them() -> None:
    assert [type(check_seed(seed)) for seed in (3, np.uint64(3))] == [int, int]
    assert check_seed(np.uint64(2**64 - 1)) == 2**64 - 1
    for tol in (1e-12, 1e-2, np.float64(1e-7), np.float32(1e-7)):
        assert type(check_tol(tol)) is float
        assert check_tol(tol) == tol


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ("high", "<U4"),
        (["1.5"], "<U3"),
        (True, "bool"),
        (None, "object"),
        ([1.0, None], "object"),
        (np.array([1.0], object), "object"),
        (1j, "complex128"),
        ([[1.0], [1.0, 2.0]], "rows of unequal length"),
    ],
)
def test_gaps_that_are_no_numbers_are_refused(values: Any, found: str) -> None:  # noqa: ANN401
    for name, gaps in (("base_gap", (values, PANEL)), ("persona_gaps", (1.0, values))):
        for function in (disca_correction, kernels.ptis_pass):
            with pytest.raises(InputError) as caught:
                function(*gaps)
            assert str(caught.value) == f"{name} holds {found}; it must be an array of numbers."


def test_whole_numbers_and_short_floats_are_gaps_too() -> None:
    expected = disca_correction(1.0, [0.0, 2.0]).correction
    assert disca_correction(1, [0, 2]).correction == expected
    panel = np.array([0.0, 2.0], np.float16)
    assert disca_correction(np.float32(1.0), panel).correction == expected


@pytest.mark.parametrize("pass_id", [-1, 2**32, 1.5])
def test_a_pass_number_outside_its_range_is_refused(pass_id: float) -> None:
    with pytest.raises(ParameterError, match=f"pass_id is {pass_id}; .* to 2"):
        kernels.ptis_pass(1.0, PANEL, pass_id=pass_id)  # type: ignore[arg-type]


def test_unknown_names_are_answered_with_the_closest() -> None:
    with pytest.raises(UnknownNameError, match="'etta'; did you mean 'eta'"):
        disca_correction(1.0, PANEL, etta=1.0)
    with pytest.raises(UnknownNameError, match="did you mean 'quadrature'"):
        disca_correction(1.0, PANEL, method="quadratur")  # type: ignore[arg-type]
