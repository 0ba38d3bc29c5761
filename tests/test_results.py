"""Saved results come back bit for bit: values, labels, attributes and chunks."""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from saving import ENDINGS, again, assert_same, both, column

from disca_nb import open_results, save_results, steer
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError

quick = settings(max_examples=12, deadline=None)

WORDS = [
    "",
    " ",
    " a",
    "a ",
    "NA",
    "nan",
    "<script>",
    'say "hi"',
    "it's",
    "日本",
    "🌍",
    "a\nb\tc",
    "é" * 999,
]


@both
@quick
@given(st.lists(st.integers(0, 2**64 - 1), max_size=8))
def test_floats_keep_every_bit(ending: str, bits: list[int]) -> None:
    floats = np.array(bits, np.uint64).view(np.float64)
    assert_same(again(column(floats), ending), column(floats))


@both
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_an_array_of_one_special_float_keeps_it(ending: str, dtype: type[np.floating]) -> None:
    # Such an array could be taken for one that was never filled.
    limits = np.finfo(dtype)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, limits.max, limits.smallest_subnormal]
    arrays = {f"x{i}": ("country", np.full(3, value, dtype)) for i, value in enumerate(special)}
    dataset = xr.Dataset(arrays, {"country": ["a", "b", "c"]})
    assert_same(again(dataset, ending), dataset)


@both
def test_a_nan_keeps_its_payload(ending: str) -> None:
    bits = np.array([0x7FF8000000000123, 0x7FF0000000000001, 0xFFF8000000000000], np.uint64)
    assert_same(again(column(bits.view(np.float64)), ending), column(bits.view(np.float64)))


@both
def test_whole_numbers_keep_their_type_and_extremes(ending: str) -> None:
    dtypes = [np.dtype(f"{kind}{size}") for kind in "iu" for size in (1, 2, 4, 8)]
    # Among them what NetCDF writes where nothing was.
    arrays = {
        str(dtype): ("country", np.array([low, low + 1, low + 2, 0, high - 1, high], dtype))
        for dtype in dtypes
        for low, high in [(int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))]
    }
    dataset = xr.Dataset(arrays, {"country": list("abcdef")})
    assert_same(again(dataset, ending), dataset)


@both
def test_booleans_stay_booleans(ending: str) -> None:
    arrays = {"some": [True, False], "none": [False, False], "all": [True, True]}
    dataset = xr.Dataset(
        {name: ("country", values) for name, values in arrays.items()}, {"country": ["a", "b"]}
    )
    assert_same(again(dataset, ending), dataset)


@both
@quick
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_any_text_comes_back(ending: str, texts: list[str]) -> None:
    labels = column(np.array(texts, dtype=str).reshape(len(texts)), "category")
    assert_same(again(labels, ending), labels)


@both
def test_awkward_labels_come_back(ending: str) -> None:
    labels = xr.Dataset(
        {"base_gap": (("country", "scenario"), np.zeros((len(WORDS), len(WORDS))))},
        {"country": WORDS, "scenario": WORDS[::-1], "country_name": ("country", WORDS)},
    )
    assert_same(again(labels, ending), labels)


@both
def test_text_of_any_kind_becomes_fixed_width(ending: str) -> None:
    objects = column(np.array(["a", "日本"], dtype=object))
    strings = column(np.array(["a", "日本"], dtype=np.dtypes.StringDType()))
    for labels in (objects, strings):
        found = again(labels.assign_coords(country=np.array(["c0", "c1"], object)), ending)
        assert_same(found, column(["a", "日本"]))


@both
@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param(xr.Dataset(), id="nothing"),
        pytest.param(xr.Dataset({"base_gap": -0.0}, {"country": "JPN"}), id="a single number"),
        pytest.param(column(np.zeros(0)), id="no country"),
        pytest.param(column(["a"]).isel(country=[]), id="no text"),
    ],
)
def test_small_datasets_come_back(ending: str, dataset: xr.Dataset) -> None:
    assert_same(again(dataset, ending), dataset)


@both
def test_a_steered_panel_comes_back_with_all_that_is_said_of_it(ending: str) -> None:
    steered = steer(demo_panel(["JPN", "USA"]), variant="consensus")
    found = again(steered, ending)
    xr.testing.assert_identical(found, steered)
    assert_same(found, steered)
    assert found.final_gap.attrs["units"] == "logit"
    xr.testing.assert_identical(again(found, ".nc" if ending == ".zarr" else ".zarr"), steered)


ATTRS = {
    "text": " 日本 <b> \n",
    "empty": "",
    "long": "x" * 100_000,
    "whole": -(2**63),
    "number": 0.1 + 0.2,
    "negative zero": -0.0,
    "infinite": math.inf,
    "numpy": np.float64(1 / 3),
    "half": np.float16(0.5),
}


@both
def test_attributes_come_back_with_their_types(ending: str) -> None:
    dataset = column([1.0], **ATTRS).assign_attrs(ATTRS)
    found = again(dataset, ending)
    for attrs in (found.attrs, found.x.attrs):
        assert attrs == ATTRS
        assert {key: type(value) for key, value in attrs.items()} == {
            key: float if isinstance(value, np.generic) else type(value)
            for key, value in ATTRS.items()
        }
        assert math.copysign(1.0, attrs["negative zero"]) == -1.0


@both
@pytest.mark.parametrize(
    "attrs",
    [
        {"units": "seconds"},
        {"units": "days since 2000-01-01"},
        {"scale_factor": 2.0, "add_offset": 1.0, "missing_value": 1.0},
    ],
    ids=lambda attrs: next(iter(attrs)),
)
def test_an_attribute_never_changes_the_numbers(ending: str, attrs: dict[str, object]) -> None:
    dataset = column([1.0, 2.0], **attrs)
    found = again(dataset, ending)
    assert_same(found, dataset)
    assert found.x.attrs == attrs


@both
def test_what_is_saved_stays_as_it_was(ending: str) -> None:
    dataset = demo_panel(["JPN"]).assign_attrs(numpy=np.float32(0.5))
    before = dataset.copy(deep=True)
    again(dataset, ending)
    xr.testing.assert_identical(dataset, before)
    assert isinstance(dataset.attrs["numpy"], np.float32)


# Chunked arrays


@both
def test_reading_by_chunks_is_lazy(tmp_path: Path, ending: str) -> None:
    pytest.importorskip("dask", reason="chunked arrays need dask")
    panel = demo_panel(["JPN", "USA"])
    path = save_results(panel.chunk(country=1), tmp_path / f"run{ending}")
    lazy = open_results(path, chunks={"country": 1})
    assert lazy.persona_gap.chunksizes["country"] == (1, 1)
    assert_same(lazy.compute(), panel)
    lazy.close()


@both
@pytest.mark.parametrize("sizes", [(2, 3, 1), (1, 5), (6,)])
def test_chunked_arrays_are_saved_whatever_their_sizes(ending: str, sizes: tuple[int, ...]) -> None:
    pytest.importorskip("dask", reason="chunked arrays need dask")
    whole = column(np.arange(6.0)).assign(category=("country", ["a", "bb", "", "", "dddd", "e"]))
    assert_same(again(whole.chunk(country=sizes), ending), whole)


@pytest.mark.parametrize("second", ENDINGS)
@both
def test_a_lazy_result_may_be_saved_again(tmp_path: Path, ending: str, second: str) -> None:
    pytest.importorskip("dask", reason="chunked arrays need dask")
    given = column(["a", "long text", ""], "category").assign(
        base_gap=("country", [0.5, -1.0, 2.0]), n_left=("country", [1, 2, 3])
    )
    path = save_results(given, tmp_path / f"one{ending}")
    lazy = open_results(path, chunks={})
    assert lazy.base_gap.chunks is not None
    assert_same(open_results(save_results(lazy, tmp_path / f"two{second}")), given)


@both
def test_what_is_opened_keeps_nothing_of_the_file(tmp_path: Path, ending: str) -> None:
    path = save_results(demo_panel(["JPN"]), tmp_path / f"run{ending}")
    for name, array in open_results(path).variables.items():
        assert array.encoding == {}, name
        assert array.dtype.byteorder in "=|", name


@both
def test_chunked_arrays_are_streamed(tmp_path: Path, ending: str) -> None:
    dask = pytest.importorskip("dask", reason="chunked arrays need dask")
    rows, columns = 128, 65536
    labels = {"country": [f"c{i}" for i in range(rows)], "scenario": np.arange(columns).astype(str)}
    zeros = dask.array.zeros((rows, columns), chunks=(4, columns))
    big = xr.Dataset({"base_gap": (("country", "scenario"), zeros + 0.5)}, labels)
    tracemalloc.start()
    with dask.config.set(scheduler="synchronous"):
        save_results(big, tmp_path / f"run{ending}")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < big.base_gap.nbytes / 2
    assert (open_results(tmp_path / f"run{ending}").base_gap == 0.5).all()


def test_chunks_without_dask_name_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_results(column([1.0]), tmp_path / "run.zarr")
    monkeypatch.setattr("disca_nb.results.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"chunks=\{\} needs dask; install it"):
        open_results(path, chunks={})
