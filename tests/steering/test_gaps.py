"""Debiasing over the two orders, and category temperatures there and back."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.steering import debias, divide_by_category, steer

GAPS = ("base_gap", "persona_gap")


@pytest.fixture
def orders() -> xr.Dataset:
    return xr.Dataset(
        {
            "base_order_gap": (("scenario", "order"), [[1.0, -3.0]]),
            "persona_order_gap": (("scenario", "persona", "order"), [[[2.0, 0.0], [4.0, 6.0]]]),
        },
        {
            "scenario": ["0"],
            "order": ["AB", "BA"],
            "persona": ["young", "older"],
            "preferred_on_right": ("scenario", [True]),
        },
    )


def test_debiasing_separates_preference_from_position(orders: xr.Dataset) -> None:
    gaps = debias(orders)
    assert gaps.base_gap.item() == 2.0
    assert gaps.positional_bias.item() == -1.0
    assert gaps.vanilla_gap.item() == 1.0
    assert gaps.persona_gap.values.tolist() == [[1.0, -1.0]]
    assert "order" not in gaps.base_gap.coords


def test_debiasing_goes_by_label(orders: xr.Dataset) -> None:
    assert debias(orders.isel(order=[1, 0])).base_gap.item() == 2.0


def test_debiasing_needs_both_orders(orders: xr.Dataset) -> None:
    with pytest.raises(InputError, match="order 'BA' is missing"):
        debias(orders.sel(order=["AB"]))
    with pytest.raises(InputError, match="order 'AB' is missing"):
        debias(orders.assign_coords(order=["first", "second"]))


def test_steering_debiases_when_only_the_orders_are_there(orders: xr.Dataset) -> None:
    assert steer(orders, variant="debiased").final_gap.item() == 2.0
    assert steer(orders, variant="vanilla").final_gap.item() == 1.0
    assert steer(orders).identical(steer(debias(orders)))


@pytest.mark.parametrize(
    ("category", "divisor"),
    [
        ("Species", 4.0),
        ("Gender", 3.5),
        ("Age", 1.5),
        ("Fitness", 1.5),
        ("SocialValue", 1.5),
        ("Utilitarianism", 1.5),
        ("Wealth", 3.0),
    ],
)
def test_category_temperature_divides_debiased_gaps_only(
    cell: xr.Dataset, category: str, divisor: float
) -> None:
    named = cell.assign_coords(category=("scenario", [category]))
    divided = divide_by_category(named, "disca")
    for name in GAPS:
        np.testing.assert_allclose(divided[name], cell[name] / divisor)
    assert divided.vanilla_gap.item() == cell.vanilla_gap.item()
    assert divided.attrs["category_temperature"] == "disca"


def test_category_temperature_is_undone(panel: xr.Dataset) -> None:
    back = divide_by_category(divide_by_category(panel, "disca"), None)
    for name in GAPS:
        np.testing.assert_allclose(back[name], panel[name], rtol=1e-14)
    assert back.attrs["category_temperature"] == "none"


def test_stored_gaps_are_left_as_they_are(panel: xr.Dataset) -> None:
    divided = divide_by_category(panel, "disca")
    assert divide_by_category(divided, "stored").identical(divided)
    assert divide_by_category(divided, "disca").identical(divided)
    assert divide_by_category(panel, "stored").attrs["category_temperature"] == "none"


def test_own_divisors_are_undone_before_the_published_ones_apply(cell: xr.Dataset) -> None:
    own = cell.assign_coords(category_temperature=("scenario", [2.0]))
    own = own.assign_attrs(category_temperature="own")
    assert divide_by_category(own, "stored").base_gap.item() == 1.0
    undone = divide_by_category(own, None)
    assert undone.base_gap.item() == 2.0
    assert "category_temperature" not in undone.coords
    published = divide_by_category(own, "disca")
    assert published.base_gap.item() == 0.5
    assert published.category_temperature.item() == 4.0
    assert steer(own, variant="debiased").attrs["steering"].endswith("category temperature own")


def test_own_divisors_are_undone_where_countries_have_other_scenarios(cell: xr.Dataset) -> None:
    two = xr.concat(
        [cell, cell], dim="country", coords="minimal", compat="override", data_vars="all"
    ).assign_coords(country=["JPN", "USA"])
    # USA lacks the scenario: there is no divisor, and no gap either.
    own = two.assign_coords(category_temperature=(("country", "scenario"), [[2.0], [np.nan]]))
    undone = divide_by_category(own.assign_attrs(category_temperature="own"), None)
    assert undone.base_gap.values.ravel().tolist()[:1] == [2.0]
    assert np.isnan(undone.base_gap.values.ravel()[1])


def test_own_divisors_must_be_stated_and_above_zero(cell: xr.Dataset) -> None:
    own = cell.assign_attrs(category_temperature="own")
    with pytest.raises(InputError, match="does not state; add them as the coordinate"):
        divide_by_category(own, None)
    with pytest.raises(InputError, match="category_temperature is 0; a divisor"):
        divide_by_category(own.assign_coords(category_temperature=("scenario", [0.0])), None)


def test_dividing_without_categories_is_refused(cell: xr.Dataset) -> None:
    with pytest.raises(InputError, match="no category; category_temperature='disca' needs it"):
        steer(cell.drop_vars("category"), category_temperature="disca")


@pytest.mark.parametrize("policy", ["disco", ["disca"]])
def test_another_policy_is_refused_with_the_closest(cell: xr.Dataset, policy: object) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'disca'"):
        steer(cell, category_temperature=policy)  # type: ignore[arg-type]


@pytest.mark.parametrize(("variant", "method"), [("paper", "recorded"), ("reported", "recorded")])
def test_what_was_recorded_belongs_to_its_category_temperature(
    logged: xr.Dataset, variant: str, method: str
) -> None:
    with pytest.raises(InputError, match="belongs to gaps with category temperature 'none'"):
        steer(logged, variant=variant, method=method, category_temperature="disca")


def test_the_category_temperature_changes_decisions(panel: xr.Dataset) -> None:
    plain = steer(panel, variant="consensus")
    divided = steer(panel, variant="consensus", category_temperature="disca")
    assert (abs(divided.p_right - 0.5) < abs(plain.p_right - 0.5)).all()
