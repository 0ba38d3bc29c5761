"""What cannot be saved or opened is refused in one sentence, and what stands there is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr
from saving import assert_same, both, column

from disca_nb import open_results, save_results
from disca_nb.errors import InputError, StoreError


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
