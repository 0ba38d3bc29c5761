"""Memory at its peak: bounded by the chunk when streamed, in proportion to the cells when not."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import record
from benchmarks.fresh import run_fresh

pytest.importorskip("dask", reason="streaming needs dask")
if not Path("/proc/self/status").exists():
    pytest.skip("the peak of memory is read from /proc", allow_module_level=True)

# Streamed: (cells, cells of a chunk). The last has the first's cells in chunks four times as big.
_STREAMED = ((1_000_000, 20_000), (250_000, 20_000), (1_000_000, 80_000))
_PLAIN = (250_000, 1_000_000)


def _streamed(cells: int, chunk: int) -> str:
    return f"{cells:,} cells streamed in chunks of {chunk:,}"


def _plain(cells: int) -> str:
    return f"{cells:,} cells in memory"


@pytest.fixture(scope="module")
def memory(
    results: dict[str, object], quick: bool, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, float]]:
    """Peaks in MB by way and size."""
    if quick:
        pytest.skip("small panels show the interpreter's memory alone")
    start, found = record.conditions(), {}
    for cells, chunk in _STREAMED:
        folder = tmp_path_factory.mktemp("memory")
        store, output = str(folder / "in.zarr"), str(folder / "out.zarr")
        run_fresh("measure_memory", "write", store, str(cells), str(chunk))
        found[_streamed(cells, chunk)] = run_fresh(
            "measure_memory", "stream", store, output, str(chunk)
        )
    for cells in _PLAIN:
        found[_plain(cells)] = run_fresh("measure_memory", "plain", str(cells))
    for row in found.values():
        row["added"] = row["peak"] - row["before"]
    results["memory"] = {"conditions": start, "megabytes": found}
    return found


def test_memory(memory: dict[str, dict[str, float]], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print()
        for name, row in memory.items():
            print(name, {key: round(value, 1) for key, value in row.items()})
    added = {name: row["added"] for name, row in memory.items()}
    # Four times the cells in chunks of the same size: room is left for labels and task lists.
    assert added[_streamed(1_000_000, 20_000)] <= 1.5 * added[_streamed(250_000, 20_000)]
    assert added[_streamed(1_000_000, 20_000)] <= 0.5 * added[_plain(1_000_000)]
