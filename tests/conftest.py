"""What all tests share: where the reference data lie, and which tests this machine can run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from disca_nb._accelerate import JIT_DISABLED

# A kernel is compiled at its first call, however short the calls are after that.
settings.register_profile("disca_nb", deadline=None)
settings.load_profile("disca_nb")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if JIT_DISABLED:
        skip = pytest.mark.skip(reason="needs Numba's compiler, which NUMBA_DISABLE_JIT=1 disables")
        for item in items:
            if item.get_closest_marker("compiled"):
                item.add_marker(skip)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401 - xdist's
    """Spread files of tests over processes, those with a browser to one."""
    if config.getoption("dist") != "loadfile":
        return None
    from spreading import BrowserTogether

    return BrowserTogether(config, log)


def missing(what: str) -> None:
    """Skip the test, or fail it where the reference data are required."""
    message = f"No {what}; set DISCA_NB_REFERENCE_DATA to the folder of the reference data."
    if os.environ.get("DISCA_NB_REQUIRE_REFERENCE_DATA") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of the reference data, which are not part of the project."""
    given = os.environ.get("DISCA_NB_REFERENCE_DATA")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        missing(f"folder {folder}")
    return folder


@pytest.fixture(scope="session")
def recorded_files(reference_data: Path) -> list[Path]:
    """Return the files of recorded gaps and passes, one for each model."""
    files = sorted((reference_data / "disca_recorded").glob("*.csv.gz"))
    if not files:
        missing(f"recorded files in {reference_data / 'disca_recorded'}")
    return files
