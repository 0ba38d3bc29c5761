"""Methods of a user's own: what they need to return, and what is said where they do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr
from panels import figures, made_up

from disca_nb import steering
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics import cross_validate
from disca_nb.steering.rivals import Learns, Steerer, Training


@dataclass(frozen=True)
class Own:
    """A user's method that answers with one probability, or with what it is told to return."""

    returns: str = "all"
    learns: Learns = "other countries"
    name: str = "own"

    def fit(self, train: Training) -> Steerer:  # noqa: ARG002 - nothing is learnt
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        p_spare = 0.5 + 0.0 * dataset.base_gap
        result = xr.Dataset({"p_spare": p_spare}, dataset.coords)
        return {
            "all": result,
            "no decisions": dataset,
            "no countries": result.isel(country=slice(0)),
        }[self.returns]


@pytest.mark.parametrize("learns", ["nothing", "other countries", "own country"])
def test_a_method_of_ones_own_needs_only_p_spare(learns: Learns) -> None:
    scores = cross_validate(Own(learns=learns), made_up(), figures())
    np.testing.assert_allclose(scores.mis, scores.mis_coin_flip, rtol=1e-12)
    assert (scores.attrs["steering"], scores.attrs["variant"]) == ("own", "own")


@pytest.mark.parametrize("learns", ["nothing", "other countries"])
def test_what_a_method_does_not_return_is_named(learns: Learns) -> None:
    steered = steering.steer(made_up(), variant="consensus")
    with pytest.raises(InputError, match="The method 'own' returned no 'p_spare'; add it"):
        cross_validate(Own("no decisions", learns), steered, figures())
    with pytest.raises(InputError, match="'own' returned no decisions for the country 'JPN'"):
        cross_validate(Own("no countries", learns), made_up(), figures())


def test_a_method_must_say_what_it_learns() -> None:
    with pytest.raises(UnknownNameError, match="Unknown kind of learning 'everything'"):
        cross_validate(Own(learns="everything"), made_up(), figures())  # type: ignore[arg-type]
