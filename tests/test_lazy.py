"""Every function of datasets leaves chunks uncomputed, and gives the bits of whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn, TypeAlias

import numpy as np
import pytest
import xarray as xr

from disca_nb import metrics, steering, variables
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import InputError, ParameterError, UnknownNameError

dask = pytest.importorskip("dask", reason="chunked datasets need dask")

# More than eight of each, as NumPy adds shorter rows in one order and longer ones in several.
COUNTRIES = ["ARG", "BRA", "CHN", "DEU", "ETH", "IDN", "IND", "JPN", "KOR", "USA"]
ATTRIBUTES = [*variables.ATTRIBUTES, "Wealth", "Kinship", "Law"]
LANGUAGES = [f"l{i}" for i in range(9)]
CHUNKS: list[dict[str, int]] = [
    {"country": 3, "scenario": 5, "model": 1, "order": 1, "pass_id": 1, "draw": 7, "eta_grid": 1},
    {"persona": 3, "attribute": 4, "variant": 1, "language": 2, "scenario": 7},
]


class Given(NamedTuple):
    """What the functions are given, all of it chunked."""

    orders: xr.Dataset
    gaps: xr.Dataset
    decisions: xr.Dataset
    targets: xr.Dataset
    scores: xr.Dataset
    asked: xr.DataArray
    chosen: xr.DataArray
    draws: xr.DataArray
    eta: xr.DataArray


Call: TypeAlias = Callable[[Given], xr.Dataset | xr.DataArray]


def _gaps() -> xr.Dataset:
    """Ten countries, eighteen scenarios and two models, with holes and with logged passes."""
    rng = np.random.default_rng(20260510)
    dims = ("country", "scenario", "model")
    shape = (len(COUNTRIES), 2 * len(ATTRIBUTES), 2)
    status = np.ones(shape, dtype=np.int8)
    status[2, :9, 0] = 2
    base = rng.normal(0.5, 1.0, shape)
    base[4, 3, 1] = np.nan
    data: dict[str, Any] = {
        "vanilla_gap": (dims, rng.normal(0.0, 2.0, shape)),
        "base_gap": (dims, base),
        "persona_gap": ((*dims, "persona"), rng.normal(0.0, 1.0, (*shape, 4))),
        "status": (dims, status),
        "recorded_correction": ((*dims, "pass_id"), rng.normal(0.0, 0.1, (*shape, 2))),
        "recorded_ess": ((*dims, "pass_id"), rng.uniform(0.02, 0.9, (*shape, 2))),
        "recorded_micro_gap": (dims, rng.normal(0.0, 1.0, shape)),
        "recorded_p_right": (dims, rng.uniform(0.0, 1.0, shape)),
        "recorded_p_spare": (dims, rng.uniform(0.0, 1.0, shape)),
    }
    size = shape[1]
    coords: dict[str, Any] = {
        "country": COUNTRIES,
        "scenario": [f"s{i}" for i in range(size)],
        "model": ["m", "n"],
        "persona": ["young", "middle", "older", "all"],
        "pass_id": [0, 1],
        "preferred_on_right": ("scenario", np.arange(size) % 2 == 0),
        "category": ("scenario", ATTRIBUTES * 2),
        "category_temperature": ("scenario", np.linspace(1.0, 2.0, size)),
        "n_left": ("scenario", np.full(size, 2)),
        "n_right": ("scenario", 3 + np.arange(size) // 9),
        "latitude": ("country", np.linspace(-35.0, 52.0, len(COUNTRIES))),
    }
    return xr.Dataset(data, coords)


def _targets() -> xr.Dataset:
    rng = np.random.default_rng(1)
    attributes = [*ATTRIBUTES, *(f"Utilitarianism_{i}" for i in range(1, 5))]
    shape = (len(COUNTRIES), len(attributes))
    dims = ("country", "attribute")
    return xr.Dataset(
        {
            "human_preference": (dims, rng.uniform(0.0, 1.0, shape)),
            "human_preference_se": (dims, rng.uniform(0.001, 0.1, shape)),
        },
        {"country": COUNTRIES, "attribute": attributes},
    )


def _asked() -> xr.DataArray:
    answers = np.random.default_rng(2).uniform(0.0, 1.0, (len(LANGUAGES), len(ATTRIBUTES), 2))
    answers[3, 2, 0] = np.nan
    answers[5, :, 1] = np.nan
    return xr.DataArray(
        answers,
        {"language": LANGUAGES, "attribute": ATTRIBUTES, "model": ["m", "n"]},
        ("language", "attribute", "model"),
    )


def _shares() -> xr.Dataset:
    """Shares of speakers, which are read at once: they say which countries there are."""
    rng = np.random.default_rng(3)
    shape = (len(COUNTRIES), len(LANGUAGES))
    return xr.Dataset(
        {
            "share": (("country", "language"), rng.uniform(0.0, 0.1, shape)),
            "population": ("country", rng.uniform(1e6, 1e9, shape[0])),
            "n_languages": ("country", np.full(shape[0], shape[1])),
        },
        {"country": COUNTRIES, "language": LANGUAGES},
    )


@pytest.fixture(scope="module")
def given() -> Given:
    gaps, targets = _gaps(), _targets()
    both = xr.concat([gaps, gaps * -0.5], dim="order")[["base_gap", "persona_gap"]]
    orders = both.rename(base_gap="base_order_gap", persona_gap="persona_order_gap")
    decisions = steering.steer(gaps, variant="consensus")
    scores = metrics.compare(gaps, ["vanilla", "debiased", "consensus"], targets)
    return Given(
        orders.assign_coords(order=["AB", "BA"]),
        gaps,
        decisions,
        targets,
        scores,
        _asked(),
        (decisions.p_right > 0.5).where(gaps.base_gap.notnull(), np.nan).astype(float),
        metrics.cluster_bootstrap(scores.mis, n_boot=40),
        xr.DataArray([0.2, 0.5], {"eta_grid": [0.2, 0.5]}, "eta_grid"),
    )


def _few(given: Given) -> xr.Dataset:
    """Return fewer cells, for what runs a kernel on each."""
    size = 1 if JIT_DISABLED else 4
    return given.gaps.isel(country=slice(size), scenario=slice(6))


def _as_rivals(given: Given) -> xr.DataArray:
    """Return one model's scores as those of rivals."""
    scores: xr.DataArray = given.scores.mis.isel(model=0, drop=True).rename(variant="rival")
    return scores


CALLS: Mapping[str, Call] = {
    "validate": lambda given: variables.validate(given.gaps),
    "annotate": lambda given: variables.annotate(given.gaps),
    "debias": lambda given: steering.debias(given.orders),
    "divide by category": lambda given: steering.divide_by_category(given.gaps, "disca"),
    "undo a division": lambda given: steering.divide_by_category(
        given.gaps.assign_attrs(category_temperature="own"), None
    ),
    "steer, two orders": lambda given: steering.steer(
        given.orders.isel(country=[0]), variant="debiased"
    ),
    "steer, at random": lambda given: steering.steer(_few(given)),
    "steer, in the limit": lambda given: steering.steer(
        _few(given).isel(scenario=slice(3)), method="quadrature", variant="released+ema"
    ),
    "steer, on a grid": lambda given: steering.steer(_few(given), eta=given.eta),
    "steer, logged passes": lambda given: steering.steer(given.gaps, method="recorded"),
    "steer, logged decisions": lambda given: steering.steer(given.gaps, variant="reported"),
    "decide": lambda given: steering.decide(given.gaps.assign(final_gap=given.gaps.base_gap)),
    "preferences": lambda given: metrics.preferences(given.decisions),
    "flip rates": lambda given: metrics.flip_rates(given.decisions),
    "alignment": lambda given: metrics.alignment(given.decisions, given.targets),
    "alignment of one country": lambda given: metrics.alignment(
        given.decisions.isel(country=3), given.targets
    ),
    "alignment, matched": lambda given: metrics.alignment(
        given.decisions, given.targets, utilitarianism="matched"
    ),
    "compare": lambda given: metrics.compare(
        given.gaps, ["vanilla", "paper"], given.targets, method="recorded"
    ),
    "placebo": lambda given: metrics.placebo(given.scores, n_permutations=40),
    "decompose": lambda given: metrics.decompose(given.scores),
    "between countries": lambda given: metrics.between_countries(given.scores, n_boot=40),
    "disagreement": lambda given: metrics.disagreement_check(
        steering.steer(given.gaps, method="recorded"), given.targets, n_boot=40
    ),
    "headroom": lambda given: metrics.headroom(given.gaps, given.targets),
    "waterfall": lambda given: metrics.waterfall(
        given.gaps.assign_attrs(category_temperature="disca"), given.targets, n_boot=40
    ),
    "waterfall, in the limit": lambda given: metrics.waterfall(
        _few(given), given.targets, method="quadrature", n_boot=5
    ),
    "join variants": lambda given: metrics.join_variants(
        [
            metrics.alignment(steering.steer(given.gaps, variant=name), given.targets)
            for name in ("debiased", "reported")
        ]
    ),
    "macro": lambda given: metrics.macro(given.scores, n_boot=50),
    "floors": lambda given: metrics.floors(given.targets),
    "leave one out": lambda given: metrics.leave_one_out_mean(given.targets.human_preference),
    "noise ceiling": lambda given: metrics.noise_ceiling(given.targets.human_preference_se),
    "select targets": lambda given: metrics.select_targets(
        given.gaps, given.targets, attributes=ATTRIBUTES, utilitarianism="matched"
    ),
    "choices": lambda given: metrics.choice_preferences(
        given.chosen, given.gaps.preferred_on_right, given.gaps.category
    ),
    "bootstrap": lambda given: metrics.cluster_bootstrap(given.scores.mis, n_boot=50),
    "interval": lambda given: xr.Dataset(
        dict(zip(("low", "high"), metrics.interval(given.draws), strict=True))
    ),
    "languages": lambda given: metrics.multitp_preferences(
        given.asked, _shares(), unanswered="omit", renormalize=True
    ),
    "languages, zeros": lambda given: metrics.multitp_preferences(given.asked, _shares()),
    "MultiTP": lambda given: metrics.multitp_alignment(given.asked, given.targets, _shares()),
    "MultiTP, average of distances": lambda given: metrics.multitp_alignment(
        given.asked,
        given.targets,
        _shares(),
        unanswered="omit",
        renormalize=True,
        distance="average-of",
    ),
    "skill": lambda given: metrics.skill(_as_rivals(given), ["vanilla"], n_boot=40),
    "paired differences": lambda given: metrics.paired_differences(
        _as_rivals(given), "vanilla", n_boot=40, n_permutations=40
    ),
    "across seeds": lambda given: metrics.across_seeds(_few(given), given.targets, seeds=[0, 1]),
    "MultiTP, all policies": lambda given: metrics.multitp_policies(
        given.asked, given.targets, _shares()
    ),
}
# What comes from the shares of speakers alone, and all that may be in memory.
IN_MEMORY = {
    "languages": {"weight", "total_share"},
    "languages, zeros": {"weight", "total_share"},
    "MultiTP": {"weight"},
    "MultiTP, average of distances": {"weight"},
    "MultiTP, all policies": {"weight"},
}


def _chunked(item: Any, sizes: Mapping[str, int]) -> Any:  # noqa: ANN401 - either kind of array
    """Return it as `open_results` gives it: numbers in chunks, text in memory."""
    lazy = item.chunk({dim: size for dim, size in sizes.items() if dim in item.dims})
    return lazy.assign_coords(
        {name: coord for name, coord in item.coords.items() if coord.dtype.kind == "U"}
    )


def _refuse(*_: object, **__: object) -> NoReturn:
    """Stand in for dask's scheduler where nothing may be computed."""
    raise AssertionError("A chunked array was computed.")


@pytest.mark.parametrize("sizes", CHUNKS, ids=["short chunks", "long chunks"])
@pytest.mark.parametrize("name", CALLS)
def test_chunks_are_left_alone_and_change_no_bit(
    given: Given, name: str, sizes: dict[str, int]
) -> None:
    lazy_input = Given(*(_chunked(item, sizes) for item in given))
    with dask.config.set(scheduler=_refuse):
        lazy = CALLS[name](lazy_input)
    arrays = lazy.data_vars.values() if isinstance(lazy, xr.Dataset) else [lazy]
    computed = {str(array.name) for array in arrays if array.chunks is None}
    assert computed == IN_MEMORY.get(name, set())
    with dask.config.set(scheduler="synchronous"):
        xr.testing.assert_identical(lazy.compute(), CALLS[name](given))


def test_every_public_function_of_the_two_layers_is_here() -> None:
    """A new function must be added to the calls above, or to these.

    The first return no arrays; the others compute what they are given, as they say, since they
    look at the same cells many times.
    """
    others = {"caption", "cell_keys", "macro_table", "multitp_performance", "holm"}
    others |= {"Audit", "ModelAudit", "audit", "cross_validate", "default_rivals", "hold_out"}
    others |= {"sensitivity", "persona_subsets", "scenario_orders", "landscape"}
    opinions = {"as_answers", "ceiling", "dispersion_ratio", "opinions", "question_view"}
    opinions |= {"describe", "representation", "representation_table", "similarity"}
    others |= opinions | {"steering_shift", "topic_view"}
    values = {"values", "consistency", "consistency_difference", "consistency_table"}
    values |= {"keep_decided", "judge_agreement", "reliability", "plan_study", "steerability"}
    others |= values | {"variance_components", "components_table"}
    public = {*metrics.__all__, *steering.__all__} - {"DISCA_VARIANTS", "VARIANTS"} - others
    code = {name for call in CALLS.values() for name in call.__code__.co_names}
    assert public <= code


def test_chunked_parameters_are_checked_when_they_are_computed(given: Given) -> None:
    wrong = xr.DataArray([0.2, -5.0], {"eta_grid": [0.2, -5.0]}, "eta_grid").chunk(eta_grid=1)
    lazy = steering.steer(_few(given), eta=wrong)
    with pytest.raises(ParameterError, match="Parameter eta"):
        lazy.final_gap.compute()
    with pytest.raises(UnknownNameError, match="etta"):
        steering.steer(_few(given), etta=wrong)


def test_chunked_targets_and_divisors_are_not_computed_to_be_checked(given: Given) -> None:
    holed = given.targets.where(given.targets.country != "JPN")
    with pytest.raises(InputError, match="no figure for Species in JPN"):
        metrics.select_targets(given.gaps, holed, attributes=ATTRIBUTES)
    lazy = metrics.select_targets(given.gaps, holed.chunk(), attributes=ATTRIBUTES)
    assert bool(lazy.human_preference.sel(country="JPN").isnull().all())
    divisor = given.gaps.category_temperature - 1.0
    own = given.gaps.assign_coords(category_temperature=divisor.chunk())
    undone = steering.divide_by_category(own.assign_attrs(category_temperature="own"), None)
    assert bool((undone.base_gap.isel(scenario=0) == 0.0).any())
