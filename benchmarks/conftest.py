"""Options, and where results go. What threads do is set before NumPy and PyTorch are loaded."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from collections.abc import Callable, Iterator  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from pathlib import Path  # noqa: E402

import numba  # noqa: E402
import pytest  # noqa: E402

from benchmarks import record  # noqa: E402

# Collecting the examples in docstrings imports every module.
collect_ignore = [] if find_spec("torch") else ["rival_torch.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--quick`` and ``--results``."""
    group = parser.getgroup("disca_nb benchmarks")
    group.addoption("--quick", action="store_true", help="few cells and rounds: does it run?")
    group.addoption("--results", type=Path, help="merge what is measured into this JSON file")
    group.addoption("--rounds", type=int, default=5, help="rounds of test_elicitation (default: 5)")


def pytest_benchmark_update_machine_info(machine_info: dict[str, object]) -> None:
    """Replace what pytest-benchmark writes about the machine, its name among it."""
    machine_info.clear()
    machine_info.update(record.conditions())


@pytest.fixture(scope="session")
def quick(pytestconfig: pytest.Config) -> bool:
    """Whether sizes and rounds are cut down."""
    return bool(pytestconfig.getoption("--quick"))


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config, quick: bool) -> Iterator[dict[str, object]]:
    """Sections to be written; each test module fills its own."""
    path = pytestconfig.getoption("--results")
    if quick and path is not None:
        raise pytest.UsageError("--quick measures nothing worth keeping; leave out --results.")
    sections: dict[str, object] = {}
    yield sections
    if path is not None:
        record.merge(path, sections)


@pytest.fixture(scope="session")
def keep(
    pytestconfig: pytest.Config, results: dict[str, object]
) -> Callable[[str, dict[str, object]], None]:
    """Return what writes a section at once, for measurements that take hours."""
    path = pytestconfig.getoption("--results")

    def write(name: str, section: dict[str, object]) -> None:
        results[name] = section
        if path is not None:
            record.merge(path, {name: section})

    return write


@pytest.fixture(scope="session")
def two_threads() -> int:
    """Return 2 where Numba may use two threads, else skip."""
    if vars(numba.config)["NUMBA_NUM_THREADS"] < 2:
        pytest.skip("Numba has one thread here; NUMBA_NUM_THREADS says how many.")
    return 2
