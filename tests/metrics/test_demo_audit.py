"""What the audit says of the embedded model: DISCA beats it unsteered, and by how much each floor.

The world behind that model was made so (data/embedded/README.md); the test shows that the
instrument sees it, not that the method works.
"""

from __future__ import annotations

import numpy as np
import pytest

from disca_nb import audit, steer
from disca_nb.datasets import demo_panel
from disca_nb.metrics import ModelAudit

FLOORS = ("coin-flip", "world-mean", "region-mean", "push-alone", "constant", "vanilla")


@pytest.fixture(scope="module")
def found() -> ModelAudit:
    """The audit of DISCA (paper) on all that ships."""
    return audit(steer(demo_panel()), n_boot=500, n_permutations=500)["synthetic-demo"]


def test_disca_beats_the_unsteered_model(found: ModelAudit) -> None:
    table = found.to_dataframe().loc["vanilla"]
    assert table["difference_low"] > 0.1
    assert table["p_holm"] < 0.05


def test_every_floor_has_a_difference_and_an_interval(found: ModelAudit) -> None:
    table = found.to_dataframe()
    means = table["macro_mis"].to_dict()
    differences = table[["difference_low", "difference", "difference_high"]].to_dict("index")
    for floor in FLOORS:
        low, difference, high = differences[floor].values()
        assert np.isfinite([low, difference, high]).all()
        assert low <= difference <= high
        assert means[floor] - means["disca-paper"] == pytest.approx(difference, abs=1e-12)


def test_the_findings_say_who_is_better_without_the_model(found: ModelAudit) -> None:
    words = "\n".join(map(str, found.findings))
    assert "Without any model the mean of the other countries' people" in words
    assert "A coin flip would score better than disca-paper in" in words
