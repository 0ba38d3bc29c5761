"""The registry: what it refuses, what it writes down, and that everything public is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from disca_nb import metrics
from disca_nb.datasets import demo_panel, languages, profiles, targets
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.prompts import persona_panel, scenarios
from disca_nb.steering import VARIANTS, debias, landscape, steer
from disca_nb.variables import ATTRIBUTES, DIMENSIONS, VARIABLES, annotate, validate

COUNTRY = {"country": ["JPN", "USA"]}


def over_country(name: str, values: Any, **coords: Any) -> xr.Dataset:  # noqa: ANN401 - any kind
    return xr.Dataset({name: ("country", values)}, {**COUNTRY, **coords})


def test_a_valid_dataset_comes_back_itself() -> None:
    dataset = over_country("base_gap", [0.5, np.nan])
    assert validate(dataset, "base_gap", "country") is dataset


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (over_country("base_gap", ["a", "b"]), "'base_gap' holds <U1; it must hold numbers."),
        (over_country("status", [0.5, 1.0]), "'status' holds float64; it must hold whole numbers."),
        (over_country("preferred_on_right", [0, 1]), "int64; it must hold booleans."),
        (over_country("category", [1, 2]), "'category' holds int64; it must hold text."),
        (over_country("status", [1, 4]), "'status' holds 4; it must lie in 0 to 3."),
        (over_country("p_spare", [-0.1, np.nan]), "'p_spare' holds -0.1; it must lie in 0 to 1."),
        (over_country("mis", [np.inf, -np.inf]), "'mis' holds -inf; it must lie in 0 to inf."),
        (over_country("persona_gap", [1.0, 2.0]), "('country',); it also needs 'persona'."),
        (xr.Dataset({"mis": ("country", [1.0])}), "Dimension 'country' has no labels; add them"),
        (
            xr.Dataset({"mis": ("country", [1.0, 2.0])}, {"country": ["JPN", "JPN"]}),
            "Dimension 'country' has the label 'JPN' twice; keep one.",
        ),
    ],
)
def test_what_is_wrong_is_said(dataset: xr.Dataset, message: str) -> None:
    with pytest.raises(InputError) as caught:
        validate(dataset)
    assert message in str(caught.value)


def test_an_unknown_dimension_is_refused_with_the_closest() -> None:
    dataset = xr.Dataset({"mis": ("countries", [1.0])}, {"countries": ["JPN"]})
    with pytest.raises(UnknownNameError, match="dimension 'countries'; did you mean 'country'"):
        validate(dataset)


@pytest.mark.parametrize("name", ["final_gap", "scenario"])
def test_what_is_required_and_missing_is_named_with_its_meaning(name: str) -> None:
    meaning = VARIABLES[name].text if name in VARIABLES else DIMENSIONS[name]
    with pytest.raises(InputError) as caught:
        validate(over_country("base_gap", [0.5, 1.0]), name)
    assert f"lacks {name!r} ({meaning}); it has base_gap, country." in str(caught.value)


@pytest.mark.parametrize("thing", [None, "a.zarr", xr.DataArray([1.0])])
def test_only_datasets_are_validated(thing: Any) -> None:  # noqa: ANN401 - the point
    with pytest.raises(InputError, match=r"Expected an xarray\.Dataset, got"):
        validate(thing)


@pytest.mark.parametrize(
    "dataset",
    [
        over_country("my_own", ["any", "thing"]),
        over_country("mis", [1, 2]),
        over_country("category", np.array(["Age", "Gender"], dtype=object)),
        over_country("p_spare", [np.nan, np.nan]),
        xr.Dataset({"mis": ("eta_grid", [1.0])}, {"eta_grid": [0.5]}),
        xr.Dataset({"p_spare": ("scenario", np.array([]))}, {"scenario": np.array([], dtype=str)}),
        xr.Dataset(),
    ],
    ids=["unregistered", "integers", "objects", "all-unknown", "grid", "empty", "nothing"],
)
def test_what_is_fine_passes(dataset: xr.Dataset) -> None:
    assert validate(dataset) is dataset


def test_chunks_are_not_computed_to_be_checked() -> None:
    array = pytest.importorskip("dask.array", reason="chunked datasets need dask")

    def explode(_: object) -> object:
        raise AssertionError

    lazy = array.ones(2, chunks=1).map_blocks(explode, dtype=float, meta=np.array([]))
    assert validate(over_country("p_spare", lazy)).p_spare.chunks is not None


def test_annotating_writes_meaning_and_unit() -> None:
    noted = annotate(over_country("base_gap", [0.5, 1.0], category=("country", ["Age", "Age"])))
    assert noted.base_gap.attrs == {"description": VARIABLES["base_gap"].text, "units": "logit"}
    assert noted.category.attrs == {"description": VARIABLES["category"].text}
    assert noted.country.attrs == {"description": DIMENSIONS["country"]}


def test_annotating_puts_dimensions_in_their_order() -> None:
    dims = ("eta_grid", "pass_id", "model", "persona", "scenario", "country")
    coords = {dim: ["a"] if dim != "eta_grid" else [0.5] for dim in dims}
    noted = annotate(xr.Dataset({"persona_gap": (dims, np.zeros([1] * 6))}, coords))
    assert noted.persona_gap.dims == (
        *("country", "scenario", "persona", "model", "pass_id"),
        "eta_grid",
    )


def test_annotating_turns_objects_into_text() -> None:
    labels = np.array(["JPN", "USA"], dtype=object)
    dataset = xr.Dataset({"category": ("country", labels)}, {"country": labels})
    noted = annotate(dataset)
    assert noted.country.dtype.kind == noted.category.dtype.kind == "U"


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_label_that_is_missing_becomes_empty(missing: object) -> None:
    labels = np.array(["Age", missing], dtype=object)
    noted = annotate(over_country("category", labels, my_own=("country", labels)))
    assert noted.category.values.tolist() == noted.my_own.values.tolist() == ["Age", ""]


@pytest.mark.parametrize("options", [{}, {"na_object": np.nan}, {"na_object": None}])
def test_numpys_own_strings_become_fixed_width(options: dict[str, Any]) -> None:
    kind = np.dtypes.StringDType(**options)
    labels = np.array(["日本", *options.values(), "x" * 99][:2], dtype=kind)
    noted = annotate(xr.Dataset({"category": ("country", labels)}, COUNTRY))
    assert noted.category.dtype.kind == "U"
    assert noted.category.values.tolist() == ["日本", "" if options else "x" * 99]
    names = np.array(["JPN", "USA"], dtype=np.dtypes.StringDType())
    assert annotate(xr.Dataset(coords={"country": names})).country.values.tolist() == names.tolist()


def test_chunks_of_labels_keep_their_length() -> None:
    pytest.importorskip("dask", reason="chunked datasets need dask")
    labels = np.array(["Age", "Utilitarianism"], dtype=object)
    noted = annotate(over_country("category", labels).chunk(country=1))
    assert noted.category.values.tolist() == labels.tolist()


def test_annotating_keeps_other_attributes_and_the_input() -> None:
    dataset = over_country("base_gap", [0.5, 1.0])
    dataset["base_gap"].attrs["note"] = "mine"
    before = dataset.copy(deep=True)
    assert annotate(dataset).base_gap.attrs["note"] == "mine"
    assert dataset.identical(before)


def test_the_registry_is_consistent() -> None:
    for name, spec in VARIABLES.items():
        assert spec.text, name
        assert spec.unit, name
        assert spec.kind in {"f", "i", "b", "U"}, name
        assert spec.low <= spec.high, name
        assert set(spec.core) <= DIMENSIONS.keys(), name
    assert not VARIABLES.keys() & DIMENSIONS.keys()
    assert len(ATTRIBUTES) == 6


def _logged() -> xr.Dataset:
    """Return a piece of the demo panel with what a run might have logged."""
    panel = demo_panel(["JPN", "USA"]).isel(scenario=slice(None, None, 16))
    half = xr.full_like(panel.base_gap, 0.5)
    two = half.expand_dims(pass_id=[0, 1])
    return panel.assign(
        recorded_correction=two,
        recorded_ess=two,
        recorded_micro_gap=half,
        recorded_p_right=half,
        recorded_p_spare=half,
    )


def _without_ends(result: xr.Dataset) -> xr.Dataset:
    """Leave out the ends of intervals, which go by the names of their figures."""
    ends = [name for name in result if str(name).endswith(("_low", "_high"))]
    for end in ends:
        assert result[end].attrs["description"] == VARIABLES[str(end).rsplit("_", 1)[0]].text, end
    return result.drop_vars(ends)


def _audits(logged: xr.Dataset) -> Iterator[tuple[str, xr.Dataset]]:
    panel = demo_panel(["BRA", "JPN", "USA"]).isel(scenario=slice(None, None, 16))
    scores = metrics.compare(panel, ["vanilla", "consensus"])
    yield "placebo", metrics.placebo(scores, n_permutations=5)
    yield "decompose", metrics.decompose(scores)
    yield "between_countries", _without_ends(metrics.between_countries(scores, n_boot=5))
    steered = steer(logged, method="recorded")
    yield "disagreement_check", _without_ends(metrics.disagreement_check(steered, n_boot=5))
    yield "headroom", metrics.headroom(panel)
    divided = logged.assign_attrs(category_temperature="disca")
    yield "waterfall", _without_ends(metrics.waterfall(divided, n_boot=5))


@pytest.fixture(scope="module")
def results() -> dict[str, xr.Dataset]:
    """What the public functions return, by name."""
    return dict(_results(_logged()))


def _results(logged: xr.Dataset) -> Iterator[tuple[str, xr.Dataset]]:
    for variant in VARIANTS:
        steered = steer(logged, variant=variant)
        yield f"steer {variant}", steered
        yield f"alignment {variant}", metrics.alignment(steered)
    scenario = logged.scenario.values[0]
    yield "landscape", landscape(logged, country="JPN", scenario=scenario)
    recorded = steer(logged, method="recorded", category_temperature="stored")
    yield "steer recorded", recorded
    yield "preferences", metrics.preferences(recorded)
    yield "flip_rates", metrics.flip_rates(recorded)
    scores = metrics.compare(logged, ["vanilla", "consensus"])
    yield "compare", scores
    means = metrics.macro(scores, n_boot=5)
    yield "macro", _without_ends(means)
    yield from _audits(logged)
    six = list(ATTRIBUTES)
    chosen = metrics.select_targets(logged, attributes=six, utilitarianism="matched")
    yield "select_targets", chosen
    yield "floors", metrics.floors(chosen)
    asked = xr.DataArray(
        np.full((1, 6), 0.5), {"language": ["ja"], "attribute": six}, ("language", "attribute")
    )
    yield "multitp_preferences", metrics.multitp_preferences(asked)
    yield "multitp_alignment", metrics.multitp_alignment(asked)
    yield "multitp_policies", metrics.multitp_policies(asked)
    yield "moral_machine", targets.moral_machine(["JPN"])
    yield "multitp", languages.multitp()
    yield "profiles", profiles.shipped(["JPN", "ARG"])
    yield "persona_panel", persona_panel(["JPN", "ARG"])
    yield "scenarios", scenarios()
    orders = xr.concat([logged.base_gap, -logged.base_gap], dim="order")
    people = xr.concat([logged.persona_gap, -logged.persona_gap], dim="order")
    both = xr.Dataset({"base_order_gap": orders, "persona_order_gap": people})
    yield "debias", debias(both.assign_coords(order=["AB", "BA"]))


def test_every_public_result_is_registered_and_annotated(results: dict[str, xr.Dataset]) -> None:
    for function, result in results.items():
        assert validate(result) is result
        for key, array in result.variables.items():
            name = f"{key} of {function}"
            if key in DIMENSIONS:
                assert array.attrs["description"] == DIMENSIONS[str(key)], name
                continue
            spec = VARIABLES[str(key)]
            assert array.attrs["description"] == spec.text, name
            assert array.attrs.get("units") == (spec.unit if spec.kind in "fi" else None), name


def test_every_public_result_has_its_dimensions_in_order(results: dict[str, xr.Dataset]) -> None:
    order = list(DIMENSIONS)
    for function, result in results.items():
        for key, array in result.variables.items():
            places = [order.index(str(dim)) for dim in array.dims]
            assert places == sorted(places), f"{key} of {function}"
