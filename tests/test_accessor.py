"""``dataset.disca`` delegates to the functions of the same name, and adds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr

import disca_nb
from disca_nb.accessor import DiscaAccessor, PlotAccessor
from disca_nb.datasets import demo_panel, surveys, targets, values

mpl.use("agg")


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return demo_panel(["JPN", "USA"]).isel(scenario=slice(None, None, 16))


@pytest.fixture(scope="module")
def steered(panel: xr.Dataset) -> xr.Dataset:
    return disca_nb.steer(panel, variant="consensus")


@pytest.mark.parametrize(
    "options", [{}, {"variant": "released", "sigma": 0.3, "method": "quadrature"}]
)
def test_steer(panel: xr.Dataset, options: dict[str, Any]) -> None:
    assert panel.disca.steer(**options).identical(disca_nb.steer(panel, **options))


def test_preferences(steered: xr.Dataset) -> None:
    assert steered.disca.preferences().identical(disca_nb.preferences(steered))


def test_alignment(steered: xr.Dataset) -> None:
    known = targets.moral_machine(["USA", "JPN"])
    ours = steered.disca.alignment(known, utilitarianism="matched")
    assert ours.identical(disca_nb.alignment(steered, known, utilitarianism="matched"))


def test_compare(panel: xr.Dataset) -> None:
    ours = panel.disca.compare(["vanilla", "debiased"], decision_temperature=1.0)
    theirs = disca_nb.compare(panel, ["vanilla", "debiased"], decision_temperature=1.0)
    assert ours.identical(theirs)


def test_macro(steered: xr.Dataset) -> None:
    scores = disca_nb.alignment(steered)
    ours = scores.disca.macro(n_boot=20, seed=3)
    assert ours.identical(disca_nb.macro(scores, n_boot=20, seed=3))


def test_summary_and_reprs(steered: xr.Dataset) -> None:
    card = disca_nb.summary(steered)
    assert steered.disca.summary() == card
    assert repr(steered.disca) == repr(card)
    assert steered.disca._repr_html_() == card._repr_html_()


def test_methods(steered: xr.Dataset) -> None:
    assert steered.disca.methods() == disca_nb.methods(steered)


def test_save(steered: xr.Dataset, tmp_path: Path) -> None:
    path = steered.disca.save(tmp_path / "run.nc")
    assert disca_nb.open_results(path).identical(steered)
    assert steered.disca.save(path, overwrite=True) == path


def test_plot(steered: xr.Dataset) -> None:
    axes = disca_nb.alignment(steered).disca.plot.mis(title="mine")
    assert axes.get_title(loc="left") == "mine"
    mpl.pyplot.close(axes.figure)


def test_landscape_and_its_plot(panel: xr.Dataset) -> None:
    options: dict[str, Any] = {"country": "JPN", "scenario": panel.scenario.values[0]}
    ours = panel.disca.landscape(eta=0.3, **options)
    assert ours.identical(disca_nb.steering.landscape(panel, eta=0.3, **options))
    axes = ours.disca.plot.landscape(title="mine")
    assert axes[0].get_title(loc="left") == "mine"
    mpl.pyplot.close(axes[0].figure)


def test_plots_of_gaps_gate_and_grids(panel: xr.Dataset) -> None:
    drawn = {
        "gaps": panel,
        "gate": disca_nb.steer(panel),
        "sensitivity": disca_nb.sensitivity(panel, {"eta": [0.2, 0.5]}),
    }
    for name, dataset in drawn.items():
        axes = getattr(dataset.disca.plot, name)(title="mine")
        assert axes.get_title(loc="left") == "mine"
        mpl.pyplot.close(axes.figure)


def test_plots_of_opinions() -> None:
    bank, answers = surveys.sample(), surveys.demo_answers().sel(model=["synthetic-demo"])
    countries = ["DEU", "JPN", "USA"]
    scores = disca_nb.representation(
        bank, answers.sel(prompting=["default"]), mode="common", countries=countries, n_boot=20
    )
    shift = disca_nb.steering_shift(bank, answers, n_boot=20)
    drawn = {"representation": scores, "representation_map": scores, "shift": shift}
    for name, dataset in drawn.items():
        axes = getattr(dataset.disca.plot, name)(title="mine")
        assert axes.get_title(loc="left") == "mine"
        mpl.pyplot.close(axes.figure)


def test_plots_of_values() -> None:
    responses = values.recorded_responses().sel(model=["synthetic-demo"])
    steady = disca_nb.consistency(responses, n_boot=20)
    drawn = {
        "consistency": (steady, {}),
        "topic_consistency": (steady, {"measure": "paraphrase"}),
        "variance": (disca_nb.variance_components(responses, n_boot=20), {}),
    }
    for name, (dataset, options) in drawn.items():
        axes = getattr(dataset.disca.plot, name)(title="mine", **options)
        assert axes.get_title(loc="left") == "mine"
        mpl.pyplot.close(axes.figure)


def test_plot_of_steerability() -> None:
    portraits = values.sample_portraits()
    conditions = ["none", *dict.fromkeys(portraits.portrait_value.values.tolist())]
    agree = np.random.default_rng(0).uniform(size=(1, len(conditions), portraits.sizes["portrait"]))
    steered = xr.Dataset(
        {"agree_prob": (("model", "condition", "portrait"), agree)},
        {"model": ["m"], "condition": conditions, **portraits.coords},
    )
    axes = disca_nb.steerability(steered, n_boot=20).disca.plot.steerability(title="mine")
    assert axes.get_title(loc="left") == "mine"
    mpl.pyplot.close(axes.figure)


def test_audit_and_its_plots() -> None:
    steered = disca_nb.steer(demo_panel(["BRA", "JPN", "USA"]), variant="consensus")
    options: dict[str, Any] = {"rivals": [], "n_boot": 20, "n_permutations": 20}
    ours = steered.disca.audit(**options)["synthetic-demo"]
    assert ours.findings == disca_nb.audit(steered, **options)["synthetic-demo"].findings
    for name in ("forest", "placebo", "waterfall"):
        result = ours.methods if name == "forest" else ours.diagnostics[name]
        axes = getattr(result.disca.plot, name)(title="mine")
        assert axes.get_title(loc="left") == "mine"
        mpl.pyplot.close(axes.figure)


def test_plots_of_scores(panel: xr.Dataset) -> None:
    scores = disca_nb.compare(panel, ["vanilla", "consensus"])
    one = scores.sel(variant="consensus").disca.plot
    gaps = panel.assign(latency=0.25 * panel.status)
    drawn = [
        *scores.disca.plot.attributes(title="mine"),
        scores.disca.plot.dumbbell(country="JPN", title="mine"),
        one.heatmap(title="mine"),
        scores.disca.plot.latency(gaps, title="mine", n_boot=20),
        scores.disca.plot.pca(title="mine"),
        scores.disca.plot.radar(country="JPN", title="mine"),
        scores.disca.plot.size({"synthetic-demo": 0.001}, title="mine", n_boot=20),
        one.tile_map(title="mine"),
    ]
    for axes in drawn:
        assert "mine" in {axes.get_title(loc="left"), axes.figure.get_suptitle()}
        assert "synthetic-demo (synthetic)" in disca_nb.plots.describe(axes)
    mpl.pyplot.close("all")


def test_every_public_method_says_where_it_leads() -> None:
    for accessor in (DiscaAccessor, PlotAccessor):
        for name, method in vars(accessor).items():
            if not name.startswith("_") and not isinstance(method, property):
                assert "Delegate to `disca_nb." in str(method.__doc__), name
