"""What tutorial 03 says in words and numbers is what its panel and the package give."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from tutorials import FOLDER, Tutorial

import disca_nb
from disca_nb import steering

CELLS = Tutorial.read(FOLDER / "03_disca_step_by_step.ipynb").cells
PANEL = disca_nb.datasets.demo_panel()
LIMIT = disca_nb.steer(PANEL, variant="paper", method="quadrature")
COUNTRY = "VNM"
CLOSE = 0.0005


@pytest.fixture(scope="module")
def taught() -> SimpleNamespace:
    """The functions that the tutorial defines, as a reader would have them."""
    names: dict[str, object] = {"np": np}
    definitions = [CELLS["value-figure"].split("\n\n\n")[0], CELLS["one-pass"].split("\n\n\n")[0]]
    exec("\n".join(definitions), names)  # noqa: S102 - our own code, as it stands on the page
    return SimpleNamespace(value=names["value"], one_pass=names["one_pass"])


@pytest.fixture(scope="module")
def land() -> xr.Dataset:
    """The cell that the tutorial follows."""
    assert f'COUNTRY = "{COUNTRY}"' in CELLS["cell"]
    size = abs(LIMIT.correction.sel(country=COUNTRY).squeeze("model"))
    scenario = str(PANEL.scenario.values[np.argmax(size.values)])
    return steering.landscape(PANEL, country=COUNTRY, scenario=scenario)


def answer(number: int) -> str:
    """Return the hidden answer of an exercise."""
    found: list[str] = re.findall(r"<details>.*?</details>", CELLS["exercises"], re.DOTALL)
    return found[number - 1]


def macro(**options: object) -> float:
    """Return the mean score of the panel, steered in the limit of many candidates."""
    steered = disca_nb.steer(PANEL, **{"variant": "paper", "method": "quadrature", **options})  # type: ignore[arg-type]
    return float(disca_nb.alignment(steered).mis.mean())


def test_the_value_function_of_the_page_is_that_of_the_package(
    taught: SimpleNamespace, land: xr.Dataset
) -> None:
    base, personas, sigma = land.base_gap.item(), land.persona_gap, land.sigma.item()
    gap = land.consensus_gap.item() + land.candidate
    gain = abs(base - personas) - abs(gap - personas)
    ours = gain.copy(data=taught.value(gain.values / sigma))
    xr.testing.assert_allclose(
        ours.transpose("persona", "candidate"),
        land.persona_value.transpose("persona", "candidate"),
        rtol=0.0,
        atol=1e-12,
    )


def test_passes_by_hand_scatter_about_the_limit(taught: SimpleNamespace, land: xr.Dataset) -> None:
    random = np.random.default_rng(1)
    base, personas = land.base_gap.item(), land.persona_gap.values
    made = np.array([taught.one_pass(base, personas, random) for _ in range(2000)])
    deviation = math.sqrt(land.pass_variance.item())
    # The mean of a pass is off its limit by a share of the deviation that falls with K.
    assert abs(made[:, 0].mean() - land.limit.item()) < 0.15 * deviation
    assert made[:, 0].std(ddof=1) == pytest.approx(deviation, rel=0.1)
    assert made[:, 1].mean() == pytest.approx(land.ess_ratio.item(), abs=0.03)


def test_the_followed_cell_has_something_to_show(land: xr.Dataset) -> None:
    assert land.kink.size > 7  # mirror images of the base among them
    assert land.kink_of_gain.sum() > 2
    assert abs(land.correction.item()) > 0.01


def test_the_search_width_is_the_least_one_on_the_whole_panel() -> None:
    assert "nowhere that far apart" in CELLS["candidates"]
    assert (LIMIT.sigma == 0.3).all()


def test_the_consensus_has_all_the_weight_in_nearly_every_cell() -> None:
    assert (LIMIT.anchor_weight == 1.0).mean() > 0.99


def test_kinks_are_as_many_as_the_page_says(land: xr.Dataset) -> None:
    assert "$2N + 3$" in CELLS["landscape"]
    places = disca_nb.kernels.cell_landscape(land.base_gap.item(), land.persona_gap.values).kinks
    assert places.place.size == 2 * land.persona.size + 3


def test_first_answer(taught: SimpleNamespace) -> None:
    personas, base = np.array([-0.5, 0.0, 0.25, 0.75]), 1.0
    consensus, sigma = personas.mean(), personas.std(ddof=1)
    gain = (np.abs(base - personas) - np.abs(consensus - personas)) / sigma
    mean, own = taught.value(gain).mean(), taught.value((base - consensus) / sigma)
    utility = 0.3 * mean + 0.7 * own
    for number in (f"{sigma:.3f}", f"{-gain[3]:.2f}", f"+{own:.2f}", f"+{mean:.2f}"):
        assert number in answer(1)
    assert f"−{-taught.value(gain)[3]:.2f}" in answer(1)
    assert f"{utility:.2f}." in answer(1)
    # The landscape of these gaps has that utility at the consensus.
    drawn = disca_nb.kernels.cell_landscape(base, personas)
    assert np.interp(0.0, drawn.candidate, drawn.utility) == pytest.approx(utility, abs=1e-9)


def test_second_answer() -> None:
    _, reliability = disca_nb.kernels.expected_gate(0.0, 0.05**2)
    needed = (0.99**-2 - 1.0) * 0.04 / 4.0
    assert f"= {float(reliability):.3f}" in answer(2)
    assert f"{needed:.6f}" in answer(2)
    assert f"{64 * 0.05**2 / needed:.0f} would do" in answer(2)


def test_third_answer() -> None:
    changes: tuple[dict[str, float], ...] = (
        {},
        {"kappa": 1.0},
        {"lam": 0.0},
        {"gate_scale": math.inf},
    )
    for change in changes:
        assert f"{macro(**change):.4f}" in answer(3)


def test_nearly_all_of_the_effect_is_the_consensus() -> None:
    # What the closing paragraph says of the panel.
    vanilla, consensus, paper = (
        float(disca_nb.alignment(disca_nb.steer(PANEL, variant=name)).mis.mean())
        for name in ("vanilla", "consensus", "paper")
    )
    assert abs(paper - consensus) < 0.01 * (vanilla - consensus)
    # And what it says of the mean of other countries' people.
    assert paper > float(disca_nb.alignment(LIMIT).mis_leave_one_out.mean())


def test_decision_temperature_moves_the_score_much_more_than_the_weights_do() -> None:
    values = [0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0]
    ranges = {}
    for name in ("eta", "decision_temperature"):
        assert f'"{name}": {values}' in CELLS["sensitivity"]
        mis = disca_nb.sensitivity(PANEL, {name: values}).mis.mean("country")
        ranges[name] = float(mis.max() - mis.min())
    assert ranges["decision_temperature"] > 10.0 * ranges["eta"]


def test_the_order_of_scenarios_moves_the_published_variant() -> None:
    orders = disca_nb.metrics.scenario_orders(PANEL, n_orders=20).mis.mean("country")
    assert float(orders.max() - orders.min()) > CLOSE
