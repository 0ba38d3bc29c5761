"""Grids of settings, against one call of `steer` and `alignment` for each."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb import open_results, save_results
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.datasets import demo_panel, recorded
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics import alignment, macro, sensitivity
from disca_nb.metrics import sensitivity as public
from disca_nb.metrics._cells import BLOCK_BYTES
from disca_nb.steering import steer
from disca_nb.variables import validate

Grid = Mapping[str, Sequence[Any]]
SCENARIOS = 12 if JIT_DISABLED else 60
GRIDS: dict[str, Grid] = {
    "utility": {"lam": [0.2, 0.7], "eta": [0.2, 0.5], "kappa": [1.0, 2.25]},
    "widths": {"sigma": ["adaptive", 0.3, 1.0], "alpha": [0.5, 0.88]},
    "least width and floor": {"sigma_floor": [0.1, 2.0], "floor": [None, 0.5]},
    "after the passes": {"rho": [0.0, 0.1, 0.95], "gate_scale": [0.01, np.inf], "lam": [0.1, 0.7]},
    "counts": {"n_passes": [2, 3], "n_samples": [8, 64]},
    "decisions": {"decision_temperature": [0.25, 1.0], "rho": [0.9, 0.1]},
    "gaps": {"eta": [0.3, 0.5], "category_temperature": ["stored", "disca", None]},
}
OPTIONS = ("decision_temperature", "category_temperature")


def _panel() -> xr.Dataset:
    """Return two countries and two models, one country without some of the cells."""
    rng = np.random.default_rng(20261101)
    dims, shape = ("country", "scenario", "model"), (2, SCENARIOS, 2)
    status = np.ones(shape, dtype=np.int8)
    status[1, :2] = 0
    base = rng.normal(0.5, 1.2, shape)
    base[1, 0] = np.nan
    six = ["Species", "Gender", "Age", "Fitness", "SocialValue", "Utilitarianism"]
    return xr.Dataset(
        {
            "vanilla_gap": (dims, rng.normal(0.0, 2.0, shape)),
            "base_gap": (dims, base),
            "persona_gap": ((*dims, "persona"), rng.normal(0.0, 1.0, (*shape, 3))),
            "status": (dims, status),
            "recorded_correction": ((*dims, "pass_id"), rng.normal(0.0, 0.1, (*shape, 2))),
            "recorded_ess": ((*dims, "pass_id"), rng.uniform(0.02, 0.9, (*shape, 2))),
            "initial_average": (("country", "model"), rng.normal(0.0, 1.0, (2, 2))),
            "initial_step": (("country", "model"), np.full((2, 2), 48.0)),
        },
        {
            "country": ["JPN", "USA"],
            "scenario": [f"s{i}" for i in range(SCENARIOS)],
            "model": ["m", "n"],
            "persona": ["young", "older", "all"],
            "pass_id": [0, 1],
            "preferred_on_right": ("scenario", np.arange(SCENARIOS) % 5 < 2),
            "category": ("scenario", [six[i % 6] for i in range(SCENARIOS)]),
        },
    )


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return _panel()


def one_by_one(
    panel: xr.Dataset, scores: xr.Dataset, grid: Grid, options: Mapping[str, Any]
) -> None:
    """Assert that every setting of a grid has the scores of a call of its own."""
    for values in itertools.product(*grid.values()):
        setting = dict(zip(grid, values, strict=True))
        steered = steer(panel, **options, **setting)
        expected = alignment(steered)
        at = {f"{name}_grid": list(grid[name]).index(value) for name, value in setting.items()}
        found = scores.isel(at)
        for name in ("mis", "preference"):
            xr.testing.assert_allclose(
                found[name].reset_coords(drop=True),
                expected[name].reset_coords(drop=True),
                rtol=0.0,
                atol=1e-12,
            )
        if "reliability" in steered:
            counted = steered.where(steered.status == 1)
            for mean, each in (
                ("mean_reliability", counted.reliability.mean("scenario")),
                ("mean_ess", counted.ess.mean(["scenario", "pass_id"])),
            ):
                np.testing.assert_allclose(
                    found[mean], each.transpose(*found[mean].dims), rtol=1e-9
                )


@pytest.mark.parametrize("name", GRIDS)
def test_every_setting_is_a_call_of_its_own(panel: xr.Dataset, name: str) -> None:
    options = {"method": "quadrature", "tol": 1e-6, "variant": "paper"}
    scores = sensitivity(panel, GRIDS[name], **options)  # type: ignore[arg-type]
    one_by_one(panel, scores, GRIDS[name], options)
    sizes = {f"{parameter}_grid": len(values) for parameter, values in GRIDS[name].items()}
    assert scores.mis.sizes == {"country": 2, "model": 2, **sizes}
    assert scores.preference.dims == ("country", "model", "attribute", *sizes)
    validate(scores)


@pytest.mark.parametrize("variant", ["correction-only", "released", "released+ema"])
def test_every_variant_has_its_own_blend(panel: xr.Dataset, variant: str) -> None:
    grid: Grid = {"rho": [0.0, 0.6], "eta": [0.15, 0.5]}
    options = {"variant": variant, "method": "quadrature", "tol": 1e-6}
    one_by_one(panel, sensitivity(panel, grid, variant=variant), grid, options)


@pytest.mark.parametrize("name", ["utility", "widths", "after the passes", "counts"])
def test_random_passes_are_those_of_steer(panel: xr.Dataset, name: str) -> None:
    few = panel.isel(scenario=slice(12), model=[0])
    options = {"method": "monte-carlo", "seed": 5, "variant": "released"}
    scores = sensitivity(few, GRIDS[name], **options)  # type: ignore[arg-type]
    one_by_one(few, scores, GRIDS[name], options)


def test_logged_passes_are_gated_and_blended_anew(panel: xr.Dataset) -> None:
    grid: Grid = {"gate_scale": [0.01, 0.04], "rho": [0.05, 0.5], "decision_temperature": [0.5, 2]}
    options = {"method": "recorded", "variant": "paper"}
    one_by_one(panel, sensitivity(panel, grid, method="recorded"), grid, options)


@pytest.mark.parametrize("variant", ["vanilla", "debiased", "consensus"])
def test_baselines_have_a_decision_temperature(panel: xr.Dataset, variant: str) -> None:
    grid: Grid = {"decision_temperature": [0.1, 0.5, 3.0]}
    scores = sensitivity(panel, grid, variant=variant)
    one_by_one(panel, scores, grid, {"variant": variant})
    assert {"mean_reliability", "mean_ess"}.isdisjoint(scores)


def test_a_decision_by_hand() -> None:
    # A consensus of 0.5 log 3 at a temperature of 0.5 and of 1: p = 3/4 and sqrt(3)/(1 + sqrt(3)).
    cell = xr.Dataset(
        {"base_gap": (("country", "scenario"), [[0.0]])},
        {
            "country": ["JPN"],
            "scenario": ["0"],
            "persona": ["all"],
            "preferred_on_right": ("scenario", [True]),
            "category": ("scenario", ["Age"]),
        },
    ).assign(persona_gap=(("country", "scenario", "persona"), [[[0.5 * math.log(3.0)]]]))
    human = xr.Dataset(
        {"human_preference": (("country", "attribute"), [[0.5]])},
        {"country": ["JPN"], "attribute": ["Age"]},
    )
    grid: Grid = {"decision_temperature": [0.5, 1.0]}
    scores = sensitivity(cell, grid, human, variant="consensus")
    root = math.sqrt(3.0)
    np.testing.assert_allclose(scores.preference.squeeze(), [0.75, root / (1.0 + root)])
    np.testing.assert_allclose(scores.mis.squeeze(), [0.25, root / (1.0 + root) - 0.5])


def test_fixed_parameters_stay_the_same(panel: xr.Dataset) -> None:
    fixed: dict[str, Any] = {"alpha": 0.6, "rho": 0.7, "n_samples": 16}
    options = {"method": "quadrature", "tol": 1e-6, **fixed}
    grid: Grid = {"eta": [0.3, 0.5]}
    one_by_one(panel, sensitivity(panel, grid, **fixed), grid, options)


def test_blocks_change_nothing(panel: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = {**GRIDS["utility"], **GRIDS["after the passes"]}
    whole = sensitivity(panel, grid)
    monkeypatch.setattr(sys.modules["disca_nb.metrics.sensitivity"], "BLOCK_BYTES", 1)
    xr.testing.assert_allclose(sensitivity(panel, grid), whole, rtol=1e-12)
    assert BLOCK_BYTES <= 1e8


def test_labels_are_numbers_or_among_words_texts(panel: xr.Dataset, tmp_path: Path) -> None:
    grid: Grid = {"sigma": ["adaptive", 0.3], "floor": [None, 1.0], "n_samples": [8, 64]}
    few = panel.isel(scenario=slice(12))
    scores = sensitivity(few, grid)
    assert scores.sigma_grid.values.tolist() == ["adaptive", "0.3"]
    assert scores.floor_grid.values.tolist() == ["none", "1.0"]
    assert scores.n_samples_grid.values.tolist() == [8, 64]
    assert scores.attrs["sigma"] == "varies over sigma_grid"
    assert "σ varies over sigma_grid" in scores.attrs["steering"]
    assert scores.attrs["tol"] == 1e-6
    assert open_results(save_results(scores, tmp_path / "grid.zarr")).identical(scores)


def test_floors_stand_beside_the_scores_and_means_can_be_taken(panel: xr.Dataset) -> None:
    scores = sensitivity(panel, {"eta": [0.3, 0.5]})
    expected = alignment(steer(panel, variant="consensus"))
    for name in ("mis_coin_flip", "mis_leave_one_out", "noise_ceiling", "mis_vanilla"):
        xr.testing.assert_equal(
            scores[name].reset_coords(drop=True), expected[name].reset_coords(drop=True)
        )
    assert macro(scores, n_boot=10).mis.sizes == {"model": 2, "eta_grid": 2}
    varied = sensitivity(panel, {"decision_temperature": [0.5, 1.0]}, variant="consensus")
    assert "mis_vanilla" not in varied


def test_one_country_that_was_selected(panel: xr.Dataset) -> None:
    one = sensitivity(panel.sel(country="JPN", model="m"), {"eta": [0.3, 0.5]})
    assert one.mis.sizes == {"country": 1, "eta_grid": 2}
    both = sensitivity(panel, {"eta": [0.3, 0.5]}).sel(country=["JPN"], model="m")
    np.testing.assert_allclose(one.mis, both.mis, rtol=1e-12)


def test_chunks_are_computed(panel: xr.Dataset) -> None:
    pytest.importorskip("dask", reason="chunked datasets need dask")
    grid: Grid = {"eta": [0.3, 0.5]}
    assert sensitivity(panel.chunk(scenario=5), grid).identical(sensitivity(panel, grid))


def test_scenarios_that_differ_by_country(panel: xr.Dataset) -> None:
    right = panel.preferred_on_right.expand_dims(country=panel.country).copy()
    right[1] = ~right[1]
    mixed = panel.assign_coords(preferred_on_right=right)
    grid: Grid = {"eta": [0.3, 0.5]}
    one_by_one(mixed, sensitivity(mixed, grid), grid, {"method": "quadrature", "tol": 1e-6})


def test_a_bar_counts_settings(panel: xr.Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    grid: Grid = {"eta": [0.3, 0.5], "rho": [0.0, 0.5], "decision_temperature": [0.5, 1.0]}
    sensitivity(panel.isel(scenario=slice(12)), grid)
    assert not capsys.readouterr().err
    sensitivity(panel.isel(scenario=slice(12)), grid, progress=True)
    assert "8/8" in capsys.readouterr().err


REFUSED: list[tuple[Callable[[xr.Dataset], object], type[InputError], str]] = [
    (lambda d: public(d, {}), InputError, r"The grid is empty; name a parameter"),
    (lambda d: public(d, {"eta": []}), InputError, r"no value of eta; give one at least"),
    (lambda d: public(d, {"eta": 0.5}), InputError, r"eta=0\.5; give a list"),  # type: ignore[dict-item]
    (lambda d: public(d, {"sigma": "adaptive"}), InputError, r"sigma='adaptive'; give a list"),
    (lambda d: public(d, {"etta": [0.5]}), UnknownNameError, "'etta'; did you mean 'eta'"),
    (lambda d: public(d, {"decision_temp": [1]}), UnknownNameError, "'decision_temperature'"),
    (lambda d: public(d, {"lam": [0.5, 2]}), ParameterError, r"lam \(λ\) is 2; it must be"),
    (lambda d: public(d, {"n_passes": [1]}), ParameterError, r"n_passes \(M\) is 1; it must be"),
    (lambda d: public(d, {"decision_temperature": [0]}), ParameterError, "temperature is 0; it"),
    (lambda d: public(d, {"category_temperature": ["disco"]}), UnknownNameError, "mean 'disca'"),
    (lambda d: public(d, {"eta": [0.5, 0.5]}), InputError, r"eta=0\.5 twice; keep one"),
    (lambda d: public(d, {"eta": [[0.5]]}), InputError, "array among the values of eta; give"),
    (lambda d: public(d, {"eta": [0.5]}, eta=0.3), InputError, "eta is fixed and in the grid"),
    (
        lambda d: public(d, {"eta": [0.5]}, variant="consensus"),
        ParameterError,
        "eta has no effect on the variant 'consensus'",
    ),
    (
        lambda d: public(d, {"eta": [0.5]}, method="recorded"),
        ParameterError,
        "eta has no effect on passes that were logged",
    ),
    (
        lambda d: public(d, {"sigma_floor": [0.1, 0.3]}, sigma=0.3),
        ParameterError,
        r"sigma_floor has no effect where sigma is 0\.3",
    ),
    (
        lambda d: public(d, {"sigma_floor": [0.1], "sigma": [0.3, 0.5]}),
        ParameterError,
        r"sigma_floor has no effect where sigma is 0\.3, 0\.5; leave",
    ),
    (
        lambda d: public(d, {"category_temperature": [None]}, method="recorded"),
        ParameterError,
        "category_temperature=None cannot act on passes that were logged",
    ),
    (
        lambda d: public(d, {"category_temperature": ["disca"]}, variant="vanilla"),
        ParameterError,
        "category_temperature has no effect on the variant 'vanilla'",
    ),
    (lambda d: public(d, {"rho": [0.1]}, variant="reported"), InputError, "'reported' was logged"),
    (
        lambda d: public(d, {"rho": [0.1]}, eta=xr.DataArray([0.2, 0.5], dims="eta_grid")),
        InputError,
        "eta is an array; give a single value",
    ),
    (lambda d: public(d.drop_vars("base_gap"), {"rho": [0.1]}), InputError, "lacks 'base_gap'"),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_makes_no_sense_is_refused(
    panel: xr.Dataset, call: Callable[[xr.Dataset], object], kind: type[InputError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        call(panel.isel(scenario=slice(12)))


def test_the_recorded_figure_is_in_the_grid(reference_data: Path) -> None:
    cells = recorded.load(reference_data / "disca_recorded" / "phi-4.csv.gz")
    if JIT_DISABLED:
        cells = cells.isel(country=[0], scenario=slice(0, None, 15))
    grid: Grid = {"rho": [0.0, 0.1], "eta": [0.5, 1.0]}
    scores = sensitivity(cells, grid).squeeze("model")
    one = alignment(steer(cells, method="quadrature", tol=1e-6)).squeeze("model")
    found = scores.mis.sel(rho_grid=0.1, eta_grid=0.5)
    np.testing.assert_allclose(found, one.mis, rtol=0.0, atol=1e-12)
    if not JIT_DISABLED:
        # The random passes gave .3776.
        assert float(found.mean()) == pytest.approx(0.3776, abs=0.0006)
    # No recorded ratio falls below the default threshold.
    np.testing.assert_allclose(scores.mis.sel(rho_grid=0.0), scores.mis.sel(rho_grid=0.1))


def test_the_demo_s_panel_shows_what_a_collapsed_pass_does() -> None:
    scores = sensitivity(demo_panel(["JPN"]), {"rho": [0.0, 1.0]}, variant="correction-only")
    # Above every ratio no correction is left, and the gate has nothing to disagree about.
    unsteered = alignment(steer(demo_panel(["JPN"]), variant="debiased"))
    np.testing.assert_allclose(
        scores.mis.sel(rho_grid=1.0).squeeze(), unsteered.mis.squeeze(), atol=1e-12
    )
    assert float(scores.mean_reliability.sel(rho_grid=1.0).squeeze()) == 1.0
