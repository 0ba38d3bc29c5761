"""Saved results come back bit for bit, and a half-written one is never taken for whole."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from disca_nb import open_results, results, save_results, steer
from disca_nb._atomic import _MARK
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError, StoreError

ENDINGS = [".zarr", ".nc"]
both = pytest.mark.parametrize("ending", ENDINGS)
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


def column(values: npt.ArrayLike, name: str = "x", /, **attrs: object) -> xr.Dataset:
    """Return a dataset with one variable along countries c0, c1, …"""
    array = np.asarray(values)
    labels = [f"c{i}" for i in range(len(array))]
    return xr.Dataset({name: ("country", array, attrs)}, {"country": labels})


def again(dataset: xr.Dataset, ending: str) -> xr.Dataset:
    """Return what comes back from disk."""
    with tempfile.TemporaryDirectory() as folder:
        return open_results(save_results(dataset, Path(folder) / f"run{ending}"))


def assert_same(found: xr.Dataset, expected: xr.Dataset) -> None:
    """Compare names, dimensions, dtypes and bits."""
    assert set(found.data_vars) == set(expected.data_vars)
    assert set(found.coords) == set(expected.coords)
    for name, array in expected.variables.items():
        assert found[name].dims == array.dims
        if array.dtype.kind == "U":
            assert found[name].dtype.kind == "U"
            assert found[name].values.tolist() == array.values.tolist()
        else:
            assert found[name].dtype == array.dtype
            assert found[name].values.tobytes() == array.values.tobytes()


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


@both
@pytest.mark.parametrize(
    ("dataset", "reason"),
    [
        (column([1.0]).assign_attrs(a=[1, 2]), "'a' of the dataset is a list"),
        (column([1.0]).assign_attrs(a=True), "'a' of the dataset is a bool"),
        (column([1.0]).assign_attrs(a=None), "'a' of the dataset is a NoneType"),
        (column([1.0]).assign_attrs(a=np.complex64(1)), "'a' of the dataset is a complex"),
        (column([1.0], a={"b": 1}), "'a' of variable 'x' is a dict; .* write a JSON string"),
        (column([1.0]).assign_attrs(a=2**63), "more than 64 bits"),
        (column([1.0]).assign_attrs({"a/b": 1}), "'a/b' of the dataset would get lost"),
        (column([1.0]).assign_attrs({"a": "\0"}), "'a' of the dataset is '.x00'"),
        (column([1.0], coordinates="y"), "'coordinates' of variable 'x' would get lost"),
        (column([1.0], _FillValue=1.0), "'_FillValue' of variable 'x' would get lost"),
        (column([1j]), "'x' are complex128; save text"),
        (column(np.array(["2020-01-01"], "M8[ns]")), "'x' are datetime64"),
        (column(np.array([1.0], np.float16)), "'x' are float16"),
        (column(np.array(["a", None], object)), "Among the texts of variable 'x' is nan"),
        (column(np.array(["a", {}], object)), "Among the texts of variable 'x' is {}"),
        (column(["a\0b"]), "null characters and surrogates"),
        (column(["\ud800"]), "null characters and surrogates"),
        (column([1.0], "a b"), "'a b' must be a text without blanks"),
        (column([1.0], "a/b"), "'a/b' must be a text without blanks"),
        (column([2.0], "ess").rename(country="pass_id"), "'ess' holds 2; it must lie in 0 to 1"),
        (column([1.0]).drop_vars("country"), "'country' has no labels"),
    ],
)
def test_what_would_not_come_back_is_refused(
    tmp_path: Path, ending: str, dataset: xr.Dataset, reason: str
) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        save_results(dataset, tmp_path / f"run{ending}")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@both
def test_what_stands_there_is_kept_unless_told(tmp_path: Path, ending: str) -> None:
    path = save_results(column([1.0]), tmp_path / f"run{ending}")
    with pytest.raises(StoreError, match="is already there; pass overwrite=True"):
        save_results(column([2.0]), path)
    assert open_results(path).x.item() == 1.0
    save_results(column([2.0]), path, overwrite=True)
    assert open_results(path).x.item() == 2.0


@both
def test_a_result_may_be_saved_over_itself(tmp_path: Path, ending: str) -> None:
    path = save_results(column([1.0, -0.0]), tmp_path / f"run{ending}")
    save_results(open_results(path), path, overwrite=True)
    assert_same(open_results(path), column([1.0, -0.0]))


@both
def test_a_failed_save_keeps_the_old_one(tmp_path: Path, ending: str) -> None:
    pytest.importorskip("dask", reason="chunked arrays need dask")
    path = save_results(column([1.0]), tmp_path / f"run{ending}")

    def fail(_: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        raise ZeroDivisionError

    broken = xr.apply_ufunc(
        fail, column([2.0]).chunk(), dask="parallelized", output_dtypes=[np.float64]
    )
    with pytest.raises(ZeroDivisionError):
        save_results(broken, path, overwrite=True)
    assert open_results(path).x.item() == 1.0
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("function", [open_results, lambda path: save_results(column([1.0]), path)])
@pytest.mark.parametrize("name", ["run", "run.csv", "run.zarr.gz"])
def test_another_ending_is_refused(function: Callable[[str], object], name: str) -> None:
    with pytest.raises(InputError, match=r"use \.zarr \(Zarr\) or \.nc \(NetCDF\)"):
        function(name)


@both
def test_nothing_there_is_said(tmp_path: Path, ending: str) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(StoreError, match=f"There is nothing at .*run{ending}"):
            open_results(folder / f"run{ending}")


def test_a_store_of_somebody_else_is_refused(tmp_path: Path) -> None:
    column([1.0]).drop_vars("country").to_zarr(tmp_path / "run.zarr", zarr_format=2)
    column([1.0]).to_netcdf(tmp_path / "run.nc")
    with pytest.raises(StoreError, match="half-written or not a disca_nb result"):
        open_results(tmp_path / "run.zarr")
    with pytest.raises(StoreError, match="was not written by disca_nb"):
        open_results(tmp_path / "run.nc")


@both
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_something_else_under_the_name_is_refused(tmp_path: Path, ending: str, kind: str) -> None:
    path = tmp_path / f"run{ending}"
    if kind == "file":
        path.write_text("hello")
    else:
        path.mkdir()
    with pytest.raises(StoreError, match="half-written"):
        open_results(path)


# Half-written


@pytest.mark.parametrize("left", [None, 0.5, -1], ids=["deleted", "half", "cut"])
def test_a_store_that_lacks_part_of_any_file_is_refused(tmp_path: Path, left: float | None) -> None:
    whole = save_results(demo_panel(["JPN"]), tmp_path / "whole.zarr")
    files = [path.relative_to(whole) for path in whole.rglob("*") if path.is_file()]
    assert len(files) > 30
    copy = shutil.copytree(whole, tmp_path / "copy.zarr")
    for file in files:
        content = (whole / file).read_bytes()
        if left is None:
            (copy / file).unlink()
        else:
            kept = len(content) // 2 if left == 0.5 else len(content) - 1
            (copy / file).write_bytes(content[:kept])
        with pytest.raises(StoreError, match="half-written"):
            open_results(copy)
        (copy / file).write_bytes(content)
    assert_same(open_results(copy), open_results(whole))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_netcdf_file_that_was_cut_is_refused(tmp_path: Path, share: float) -> None:
    whole = save_results(demo_panel(["JPN"]), tmp_path / "whole.nc").read_bytes()
    cut = tmp_path / "cut.nc"
    cut.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(StoreError, match=r"cut\.nc cannot be read"):
        open_results(cut)


def test_chunks_that_cannot_be_unpacked_are_a_store_error(tmp_path: Path) -> None:
    path = save_results(column(np.arange(1000.0)), tmp_path / "run.zarr")
    chunk = path / "x" / "0"
    chunk.write_bytes(b"\xff" * chunk.stat().st_size)
    with pytest.raises(StoreError, match="cannot be read as a result"):
        open_results(path)


def test_a_store_that_is_replaced_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_results(column([1.0]), tmp_path / "run.zarr")
    check = results._check_contents

    def check_and_replace(store: Path) -> None:
        check(store)
        save_results(column([2.0]), path, overwrite=True)

    monkeypatch.setattr(results, "_check_contents", check_and_replace)
    with pytest.raises(StoreError, match="was replaced while it was read; open it again"):
        open_results(path)


@both
def test_a_reader_beside_a_writer_sees_whole_versions_only(tmp_path: Path, ending: str) -> None:
    path = save_results(column(np.zeros(1000)), tmp_path / f"run{ending}")
    done = threading.Event()

    def write() -> None:
        version = 0.0
        while not done.is_set():
            version += 1.0
            save_results(column(np.full(1000, version)), path, overwrite=True)

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[float] = set()
    for _ in range(20):
        try:
            values = np.unique(open_results(path).x)
        except StoreError:
            continue
        assert values.size == 1
        seen.add(values.item())
    done.set()
    writer.join()
    assert seen


# Processes that save version after version and are killed at some moment

WRITERS = """
import os, random, signal, sys, time
import netCDF4, numpy as np, xarray as xr, zarr
from disca_nb import save_results

def save_for_ever(path, log):
    labels = {"country": [f"c{i}" for i in range(40)], "scenario": [str(i) for i in range(2500)]}
    for version in range(1, 10_000):
        values = np.full((40, 2500), float(version))
        dataset = xr.Dataset({"base_gap": (("country", "scenario"), values)}, labels)
        save_results(dataset, path, overwrite=True)
        os.write(log, b"%d\\n" % version)

random.seed(20260510)
for path in sys.argv[1:]:
    reader, log = os.pipe()
    if (child := os.fork()) == 0:
        save_for_ever(path, log)
    first = os.read(reader, 100)
    time.sleep(random.uniform(0.0, 0.3))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(log)
    with os.fdopen(reader, "rb") as rest:
        print((first + rest.read()).split()[-1].decode())
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_killed_writer_leaves_a_whole_version(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}{ending}" / f"run{ending}" for i in range(3) for ending in ENDINGS]
    writers = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", WRITERS, *map(str, paths)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    for path, reported in zip(paths, map(int, writers.stdout.split()), strict=True):
        versions = np.unique(open_results(path).base_gap)  # opens, whenever it was killed
        # Exactly one, and none older than the last that was reported as saved.
        assert versions.size == 1
        assert reported <= versions[0] <= reported + 1
        save_results(column([1.0]), path, overwrite=True)
        assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be locked")
def test_a_store_caught_between_two_versions_is_found_again(tmp_path: Path) -> None:
    # As left by a writer that was killed between moving the old one out and the new one in.
    path, holder = tmp_path / "run.zarr", tmp_path / f".run.zarr{_MARK}x"
    for version, place in ((1.0, holder / "old"), (2.0, holder / "new" / "run.zarr")):
        place.parent.mkdir(parents=True, exist_ok=True)
        save_results(column([version]), tmp_path / "made.zarr").rename(place)
    with pytest.raises(StoreError, match="is already there"):
        save_results(column([3.0]), path)
    assert open_results(path).x.item() == 2.0
    assert [each.name for each in tmp_path.iterdir()] == ["run.zarr"]


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
    labels = column(["a", "long text", ""], "category")
    path = save_results(labels, tmp_path / f"one{ending}")
    lazy = open_results(path, chunks={})
    assert_same(open_results(save_results(lazy, tmp_path / f"two{second}")), labels)


@both
def test_chunked_arrays_are_streamed(tmp_path: Path, ending: str) -> None:
    dask = pytest.importorskip("dask", reason="chunked arrays need dask")
    rows, columns = 64, 65536
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
