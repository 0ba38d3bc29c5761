"""A grid of five parameters, 3,125 settings, on one recorded model: seconds and memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import interleave, record
from benchmarks.fresh import run_fresh

_ASKED = {"seconds": "<= 40 on two cores", "megabytes_added": "<= 100"}
_FILE = Path("disca_recorded") / "phi-4.csv.gz"

if not Path("/proc/self/status").exists():
    pytest.skip("the peak of memory is read from /proc", allow_module_level=True)


def _source() -> str:
    """Return the file of recorded gaps, or "made-up" where it is absent."""
    given = os.environ.get("DISCA_NB_REFERENCE_DATA")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "data"
    path = folder / _FILE
    return str(path) if path.exists() else "made-up"


def test_a_grid_of_3125_settings(
    results: dict[str, object], quick: bool, two_threads: int, capsys: pytest.CaptureFixture[str]
) -> None:
    source, start = _source(), record.conditions()
    rounds, values = (1, 2) if quick else (3, 5)
    found = run_fresh(
        "measure_sensitivity", source, str(rounds), str(values), NUMBA_NUM_THREADS=str(two_threads)
    )
    seconds = interleave.spread(found["seconds"])
    results["sensitivity"] = {
        "conditions": start,
        "gaps": "made up" if source == "made-up" else _FILE.name,
        "threads": two_threads,
        "target": _ASKED,
        **found,
        "seconds": seconds._asdict(),
    }
    with capsys.disabled():
        text = f"{found['settings']:,} settings of {found['cells']:,} cells"
        print(f"\n{text}: {seconds.median:.1f} s [{seconds.low:.1f}, {seconds.high:.1f}], ", end="")
        print(f"{found['megabytes_added']:.0f} MB added, loads {found['load_average_1_min']}")
    assert found["megabytes_added"] <= 100.0
