"""Oracles, which see the country that they are scored on."""

from __future__ import annotations

import numpy as np
import pytest
from panels import Floats, averaged, figures, human, made_up, misalignment, sigmoid, toward_counted

from disca_nb.errors import InputError
from disca_nb.metrics import alignment, cross_validate
from disca_nb.steering import steer
from disca_nb.steering.rivals import OracleMargin, OracleTemperature


def lowest(country: str, logits: list[Floats]) -> float:
    dataset = made_up([country], seed=3)
    targets = human(figures(), [country])
    return min(misalignment(averaged(dataset, sigmoid(logit)), targets) for logit in logits)


def test_oracles_are_searches_in_their_own_country() -> None:
    country = "BRA"
    dataset, targets = made_up([country], seed=3), figures()
    gap = toward_counted(dataset, dataset.vanilla_gap.values)
    temperatures = 0.25 * 16.0 ** (np.arange(61) / 60)
    found = cross_validate(OracleTemperature(), dataset, targets)
    assert found.mis.item() == pytest.approx(lowest(country, [gap / t for t in temperatures]))
    margins = np.linspace(-4.0, 4.0, 161)
    found = cross_validate(OracleMargin(), dataset, targets)
    assert found.mis.item() == pytest.approx(lowest(country, [(gap + m) / 0.5 for m in margins]))
    assert found.attrs["targets_touched"] == "the one scored (oracle)"


@pytest.mark.parametrize("oracle", [OracleTemperature(), OracleMargin()])
def test_an_oracle_is_no_worse_than_vanilla(oracle: OracleTemperature | OracleMargin) -> None:
    dataset, targets = made_up(), figures()
    vanilla = alignment(steer(dataset, variant="vanilla"), targets)
    found = cross_validate(oracle, dataset, targets)
    # The temperature 0.5 and the margin 0 are among the settings, but for rounding.
    assert bool((found.mis <= vanilla.mis + 1e-9).all())
    np.testing.assert_allclose(found.mis_vanilla, vanilla.mis)


@pytest.mark.parametrize("oracle", [OracleTemperature(), OracleMargin()])
def test_an_oracle_must_be_fitted_first(oracle: OracleTemperature | OracleMargin) -> None:
    with pytest.raises(InputError, match=f"The rival '{oracle.name}' was not fitted"):
        oracle.apply(made_up())
