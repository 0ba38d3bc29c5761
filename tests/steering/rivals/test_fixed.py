"""Rivals from gaps alone."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from panels import figures, made_up, sigmoid, toward_counted

from disca_nb import steering
from disca_nb.datasets.ledger import open_ledger
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.steering.rivals import LogitOffset, Shrinkage, Training, Variant


def one(base: float, *personas: float, right: bool = True) -> xr.Dataset:
    return xr.Dataset(
        {
            "base_gap": (("country", "scenario"), [[base]]),
            "persona_gap": (("country", "scenario", "persona"), [[list(personas)]]),
        },
        {
            "country": ["JPN"],
            "scenario": ["a"],
            "persona": [f"p{i}" for i in range(len(personas))],
            "category": ("scenario", ["Age"]),
            "preferred_on_right": ("scenario", [right]),
        },
    )


def test_shrinkage_by_hand() -> None:
    """Mean 2, so D = 1; variance 2, t/N = 1; the gap moves by half of D."""
    found = Shrinkage().apply(one(1.0, 1.0, 3.0))
    np.testing.assert_allclose(found.p_right, sigmoid(1.5 / 0.5))
    assert found.final_gap.item() == pytest.approx(1.5)
    left = Shrinkage().apply(one(1.0, 1.0, 3.0, right=False))
    np.testing.assert_allclose(left.p_spare, sigmoid(-3.0))
    np.testing.assert_allclose(left.p_right, sigmoid(3.0))


def test_shrinkage_at_its_ends() -> None:
    agreed = Shrinkage().apply(one(1.0, 4.0, 4.0))
    assert agreed.final_gap.item() == 4.0
    alone = Shrinkage().apply(one(1.0, 4.0))
    assert alone.final_gap.item() == 4.0
    nothing = Shrinkage().apply(one(1.0, 1.0, 1.0))
    assert nothing.final_gap.item() == 1.0
    cancelled = Shrinkage().apply(one(1.0, 0.0, 2.0))
    assert cancelled.final_gap.item() == 1.0


def test_shrinkage_of_what_is_not_known_is_not_known() -> None:
    assert Shrinkage().apply(one(1.0, np.nan, 2.0)).p_spare.isnull().all()
    assert Shrinkage().apply(one(np.nan, 1.0, 2.0)).p_spare.isnull().all()
    with pytest.raises(InputError, match="lacks 'persona_gap'"):
        Shrinkage().apply(one(1.0, 1.0).drop_vars("persona_gap"))


def test_an_offset_pushes_toward_the_counted_side() -> None:
    dataset = made_up()
    expected = sigmoid(toward_counted(dataset, dataset.base_gap.values) / 0.5 + 0.7)
    np.testing.assert_allclose(LogitOffset(0.7).apply(dataset).p_spare, expected, rtol=1e-12)
    without = LogitOffset(0.0).apply(dataset).p_spare
    np.testing.assert_allclose(without, steering.steer(dataset, variant="debiased").p_spare)


@pytest.mark.parametrize("offset", [np.nan, np.inf, -np.inf])
def test_an_offset_is_a_number(offset: float) -> None:
    with pytest.raises(ParameterError, match=f"offset is {offset}; it must be a finite number"):
        LogitOffset(offset)


def test_a_variant_is_that_of_steering() -> None:
    dataset = made_up()
    found = Variant("consensus", {"decision_temperature": 2.0}).apply(dataset)
    expected = steering.steer(dataset, variant="consensus", decision_temperature=2.0)
    xr.testing.assert_identical(found, expected)
    assert [Variant(x).name for x in ("vanilla", "paper")] == ["vanilla", "disca-paper"]
    with pytest.raises(UnknownNameError, match="'papre'; did you mean 'paper'"):
        Variant("papre").apply(dataset)


@pytest.mark.parametrize("rival", [Variant("consensus"), Shrinkage(), LogitOffset()])
def test_nothing_is_read(rival: Variant | Shrinkage | LogitOffset) -> None:
    with open_ledger() as ledger:
        assert rival.fit(Training(made_up(), figures())) is rival
        rival.apply(made_up())
    assert (rival.learns, ledger.countries) == ("nothing", set())
