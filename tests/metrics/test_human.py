"""Human targets: the right countries and attributes, pooled or matched, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import targets
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics import alignment, select_targets
from disca_nb.variables import ATTRIBUTES

Make = Callable[..., xr.Dataset]
PAIR = xr.Dataset(coords={"country": ["JPN", "USA"]})


def select(known: xr.Dataset | None, *attributes: str, **options: str) -> xr.Dataset:
    return select_targets(PAIR, known, attributes=list(attributes), **options)  # type: ignore[arg-type]


def test_targets_come_in_the_order_of_the_dataset() -> None:
    chosen = select(None, "Gender", "Species")
    assert chosen.country.values.tolist() == ["JPN", "USA"]
    assert chosen.attribute.values.tolist() == ["Gender", "Species"]
    known = targets.moral_machine(["USA"]).sel(attribute="Gender")
    assert chosen.human_preference[1, 0] == known.human_preference[0]


def test_a_country_without_targets_is_named(decide: Make) -> None:
    lacking = targets.moral_machine(["JPN"])
    with pytest.raises(InputError, match="targets lack the country 'USA'; leave out what is not"):
        select(lacking, "Age")
    with pytest.raises(InputError, match="'ATL'"):
        alignment(decide([[0.5] * 6], ["ATL"]))


def test_an_attribute_without_targets_is_refused_with_the_closest(decide: Make) -> None:
    wrong = (*ATTRIBUTES[:5], "Utilitarian")
    with pytest.raises(UnknownNameError, match="'Utilitarian'; did you mean 'Utilitarianism'"):
        alignment(decide([[0.5] * 6], ["JPN"], wrong))


def test_a_target_without_a_figure_is_named(target: Make) -> None:
    known = target([[0.5] * 6, [0.5] * 6], ["JPN", "USA"])
    known["human_preference"].loc[{"country": "USA", "attribute": "Age"}] = np.nan
    for form in (known, known.transpose()):
        with pytest.raises(InputError, match="no figure for Age in USA"):
            select(form, *ATTRIBUTES)


def test_targets_without_errors_have_no_noise_ceiling(decide: Make, target: Make) -> None:
    human = np.full((2, 6), 0.4)
    known = target(human, ["JPN", "USA"]).drop_vars("human_preference_se")
    result = alignment(decide(human + 0.1, ["JPN", "USA"]), known)
    np.testing.assert_allclose(result.mis, 0.1 * 6**0.5)
    assert np.isnan(result.noise_ceiling).all()


def test_targets_of_another_kind_are_refused() -> None:
    with pytest.raises(InputError, match=r"Expected an xarray\.Dataset, got str"):
        select("mine.csv", "Age")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="lacks 'human_preference'"):
        select(xr.Dataset(), "Age")


def test_matched_targets_weigh_differences_as_multitp_does() -> None:
    known = targets.moral_machine(["JPN", "USA"])
    names = [f"Utilitarianism_{i}" for i in (1, 2, 3, 4)]
    weights = np.array([8, 6, 4, 2]) / 20
    matched = select(None, "Age", "Utilitarianism", utilitarianism="matched")
    by_hand = known.human_preference.sel(attribute=names).values @ weights
    np.testing.assert_allclose(matched.human_preference.sel(attribute="Utilitarianism"), by_hand)
    errors = known.human_preference_se.sel(attribute=names).values
    by_hand = np.sqrt((errors**2) @ weights**2)
    np.testing.assert_allclose(matched.human_preference_se.sel(attribute="Utilitarianism"), by_hand)
    pooled = select(None, "Age")
    np.testing.assert_array_equal(matched.human_preference[:, :1], pooled.human_preference)


def scenarios(*groups: tuple[int, int]) -> xr.Dataset:
    """Return scenarios of Utilitarianism with the sizes given, and one of Age."""
    left, right = zip(*groups, (1, 1), strict=True)
    return PAIR.assign_coords(
        scenario=[str(i) for i in range(len(left))],
        n_left=("scenario", list(left)),
        n_right=("scenario", list(right)),
        category=("scenario", ["Utilitarianism"] * len(groups) + ["Age"]),
    )


def test_matched_targets_weigh_differences_as_they_occur() -> None:
    cells = scenarios((1, 3), (5, 3), (2, 1))
    matched = select_targets(cells, attributes=["Utilitarianism"], utilitarianism="matched")
    two, one = (
        targets.moral_machine(["JPN", "USA"]).human_preference.sel(attribute=f"Utilitarianism_{i}")
        for i in (2, 1)
    )
    np.testing.assert_allclose(matched.human_preference.squeeze(), (2 * two + one) / 3)


@pytest.mark.parametrize("groups", [(1, 6), (2, 2)])
def test_differences_without_a_human_effect_are_refused(groups: tuple[int, int]) -> None:
    with pytest.raises(InputError, match=f"differ by {abs(groups[0] - groups[1])}.*use 'pooled'"):
        select_targets(scenarios(groups), attributes=["Utilitarianism"], utilitarianism="matched")


def test_matching_needs_targets_by_difference(target: Make) -> None:
    known = target([[0.5] * 6] * 2, ["JPN", "USA"])
    with pytest.raises(InputError, match=r"lack 'Utilitarianism_1'.*use 'pooled'"):
        select(known, "Utilitarianism", utilitarianism="matched")


def test_another_policy_is_refused_with_the_closest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'pooled'"):
        select(None, "Age", utilitarianism="pool")
