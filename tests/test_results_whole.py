"""A half-written result is never taken for whole, whatever became of its writer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from saving import ENDINGS, assert_same, both, column

from disca_nb import open_results, results, save_results
from disca_nb._atomic import _MARK
from disca_nb.datasets import demo_panel
from disca_nb.errors import StoreError


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
