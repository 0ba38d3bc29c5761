"""What rivals return: decisions on one scale, without what another method left."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from panels import figures, human, made_up

from disca_nb import steering
from disca_nb.errors import InputError
from disca_nb.metrics import alignment
from disca_nb.steering.rivals import (
    LogitOffset,
    Shrinkage,
    Steerer,
    Temperature,
    Training,
    by_attribute,
    chances,
    decided,
)


def test_decisions_by_hand() -> None:
    cells = xr.Dataset(
        {"base_gap": (("country", "scenario"), [[1.0, 1.0]])},
        {
            "country": ["JPN"],
            "scenario": ["a", "b"],
            "preferred_on_right": ("scenario", [True, False]),
        },
    )
    logit = xr.DataArray([[np.log(3.0), np.log(3.0)]], dims=("country", "scenario"))
    found = decided(cells, logit, "mine")
    np.testing.assert_allclose(found.p_spare, [[0.75, 0.75]])
    np.testing.assert_allclose(found.p_right, [[0.75, 0.25]])
    np.testing.assert_allclose(found.final_gap, [[0.5 * np.log(3.0), -0.5 * np.log(3.0)]])
    assert (found.attrs["variant"], found.attrs["steering"]) == ("mine", "mine")
    given = chances(cells, 0.75 + 0.0 * cells.base_gap, "mine")
    np.testing.assert_allclose(given.p_right, [[0.75, 0.25]])
    assert "final_gap" not in given
    assert given.variant.item() == "mine"


def test_the_final_gap_is_on_the_scale_of_decide() -> None:
    found = LogitOffset().apply(made_up())
    again = steering.decide(found, decision_temperature=found.attrs["decision_temperature"])
    np.testing.assert_allclose(found.p_spare, again.p_spare, rtol=1e-14)
    np.testing.assert_allclose(found.p_right, again.p_right, rtol=1e-14)


@pytest.mark.parametrize(
    "steerer", [LogitOffset(), Shrinkage(), Temperature("consensus", temperature=3.0)]
)
def test_vanilla_beside_a_rival_is_vanilla(steerer: Steerer) -> None:
    """Its own scale must not become that of the decisions it is compared with."""
    dataset, targets = made_up(), figures()
    vanilla = alignment(steering.steer(dataset, variant="vanilla"), targets)
    scores = alignment(steerer.apply(dataset), targets)
    np.testing.assert_allclose(scores.mis_vanilla, vanilla.mis, rtol=1e-13)


def test_nothing_of_another_method_is_left() -> None:
    steered = steering.steer(made_up(["JPN"]), variant="consensus")
    steered = steered.assign(correction=steered.base_gap, reliability=steered.p_spare)
    steered = steered.assign_attrs(eta=0.3, method="quadrature", sigma="adaptive")
    for found in (
        decided(steered, steered.base_gap, "mine"),
        chances(steered, steered.p_spare, "mine"),
    ):
        assert {"correction", "reliability", "consensus_gap"} & set(found.data_vars) == set()
        assert {"eta", "method", "sigma"} & set(found.attrs) == set()
        assert found.attrs["variant"] == "mine"


def test_numbers_by_attribute_and_country() -> None:
    cells = xr.Dataset(
        coords={
            "country": ["JPN", "USA"],
            "scenario": list("abc"),
            "category": (
                ("country", "scenario"),
                [["Age", "Gender", ""], ["Gender", "Gender", "Age"]],
            ),
        }
    )
    found = by_attribute(cells, ["Age", "Gender"], np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert found.dims == ("country", "scenario")
    np.testing.assert_array_equal(found, [[1.0, 2.0, np.nan], [4.0, 4.0, 3.0]])
    same = by_attribute(cells, ["Age", "Gender"], np.array([1.0, 2.0]))
    np.testing.assert_array_equal(same, [[1.0, 2.0, np.nan], [2.0, 2.0, 1.0]])
    with pytest.raises(InputError, match="Nothing was learnt of the attribute 'Gender'"):
        by_attribute(cells, ["Age"], np.array([1.0]))


def test_training_hands_out_figures_in_the_datasets_order() -> None:
    targets = figures()
    train = Training(made_up(["USA", "JPN"]), targets.transpose("attribute", "country"))
    assert train.countries == ["USA", "JPN"]
    np.testing.assert_array_equal(train.human(), human(targets, ["USA", "JPN"]))
    assert train.pool().sizes["country"] == 7
