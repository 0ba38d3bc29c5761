"""The user's own dilemmas, attributes and targets, from files to scores."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import recorded, scenarios, targets
from disca_nb.metrics import alignment, macro
from disca_nb.steering import steer

DILEMMAS = """\
id,option_a,option_b,attribute,preferred
yacht,a banker,a beggar,Wealth,b
rent,a tenant,a landlord,Wealth,a
pup,a puppy,a child,Species,b
"""
GAPS = """\
country,scenario,category,preferred_on_right,vanilla_gap,base_gap,persona_gap_nurse,persona_gap_judge
JPN,yacht,Wealth,1,0.1,0.2,0.5,0.7
JPN,rent,Wealth,0,0.1,-0.4,-0.1,-0.3
JPN,pup,Species,1,2.0,1.5,1.0,2.0
KOR,yacht,Wealth,1,0.0,0.1,0.3,-0.3
KOR,rent,Wealth,0,0.3,0.2,0.0,0.4
KOR,pup,Species,1,1.0,1.0,1.0,1.0
"""
HUMANS = """\
country,attribute,preference,se
JPN,Wealth,0.6,0.02
JPN,Species,0.9,0.01
KOR,Wealth,0.5,0.02
KOR,Species,0.8,
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("dilemmas", DILEMMAS), ("mine", GAPS), ("humans", HUMANS)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def _sigmoid(gap: float) -> float:
    return 1.0 / (1.0 + math.exp(-gap / 0.5))


def test_own_dilemmas_are_scored_on_their_own_attributes(files: Path) -> None:
    gaps = recorded.load(files / "mine.csv")
    known = targets.from_csv(files / "humans.csv")
    scores = alignment(steer(gaps, variant="consensus"), known)
    assert scores.attribute.values.tolist() == ["Species", "Wealth"]
    wealth = (_sigmoid(0.6) + _sigmoid(0.2)) / 2.0
    japan = scores.sel(country="JPN").squeeze("model")
    np.testing.assert_allclose(japan.preference, [_sigmoid(1.5), wealth])
    assert japan.mis.item() == pytest.approx(math.hypot(_sigmoid(1.5) - 0.9, wealth - 0.6))
    assert japan.mis_coin_flip.item() == pytest.approx(math.hypot(0.4, 0.1))
    assert japan.mis_leave_one_out.item() == pytest.approx(math.hypot(0.1, 0.1))
    assert scores.attrs["targets"] == "humans.csv"


def test_unknown_errors_leave_the_noise_ceiling_open(files: Path) -> None:
    known = targets.from_csv(files / "humans.csv")
    scores = alignment(steer(recorded.load(files / "mine.csv"), variant="consensus"), known)
    assert scores.noise_ceiling.sel(country="JPN").item() > 0.0
    assert math.isnan(scores.noise_ceiling.sel(country="KOR").item())
    assert math.isfinite(macro(scores, n_boot=10).mis.item())


@pytest.mark.parametrize("method", ["monte-carlo", "quadrature"])
def test_own_personas_steer(files: Path, method: str) -> None:
    steered = steer(recorded.load(files / "mine.csv"), method=method)
    assert steered.persona.values.tolist() == ["nurse", "judge"]
    assert (steered.status == 1).all()
    assert np.isfinite(steered.final_gap).all()


def test_dilemmas_bring_their_coordinates_to_gaps(files: Path) -> None:
    dilemmas = scenarios.from_csv(files / "dilemmas.csv")
    gap = xr.DataArray(
        [[0.6, -0.2, 1.5]],
        {"country": ["JPN"], "scenario": ["yacht", "rent", "pup"]},
        ("country", "scenario"),
    )
    live = xr.Dataset({"base_gap": gap}).assign_coords(dilemmas.coords)
    by_hand = alignment(steer(live, variant="debiased"), targets.from_csv(files / "humans.csv"))
    from_file = alignment(
        steer(recorded.load(files / "mine.csv"), variant="consensus"),
        targets.from_csv(files / "humans.csv"),
    )
    np.testing.assert_allclose(by_hand.mis, from_file.mis.sel(country=["JPN"], model="mine"))
