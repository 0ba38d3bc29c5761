"""Tutorial 04 runs without PyTorch, says whose figures it shows, and gives back the published."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tutorials import FOLDER, execute, outputs, printed

from disca_nb._accelerate import JIT_DISABLED

SOURCE = FOLDER / "04_replicate_and_audit.ipynb"
WITH_FIGURES: tuple[str, ...] = ("data", "replicate", "floors-figure", "floors-count")
WITH_FIGURES += ("name-figure", "audit", "forest", "waterfall", "placebo", "sentences")
STAND_IN = "SYNTHETIC stand-in: no logs, no real model"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("nbconvert") is None, reason="needs the extra `lab`: no nbconvert"
    ),
    pytest.mark.skipif(JIT_DISABLED, reason="tutorials run with Numba's compiler"),
]


@pytest.fixture(scope="module")
def no_torch(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PYTHONPATH under which neither PyTorch nor transformers can be imported."""
    folder = tmp_path_factory.mktemp("kept-out")
    for name in ("torch", "transformers"):
        text = f"raise ImportError('{name} is kept out')\n"
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    inherited = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join(part for part in (str(folder), inherited) if part)


@pytest.fixture(scope="module")
def without_logs(tmp_path_factory: pytest.TempPathFactory, no_torch: str) -> Path:
    """The notebook as it ran offline, with an empty cache and without PyTorch."""
    folder = tmp_path_factory.mktemp("without-logs")
    cache = str(folder / "cache")
    done = execute(SOURCE, folder, PYTHONPATH=no_torch, DISCA_NB_CACHE_DIR=cache)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / SOURCE.name


def changed(folder: Path, cells: Iterable[str] | None = None, **lines: str) -> Path:
    """Return a copy of the notebook with names set to something else, or of some of its cells."""
    book = json.loads(SOURCE.read_text(encoding="utf-8"))
    if cells is not None:
        book["cells"] = [cell for cell in book["cells"] if cell["id"] in set(cells)]
    for name, value in lines.items():
        found = 0
        for cell in book["cells"]:
            source = "".join(cell["source"])
            cell["source"], count = re.subn(
                rf"^{name} = \S+", f"{name} = {value}", source, flags=re.MULTILINE
            )
            found += count
        assert found == 1, name
    (folder / "changed").mkdir()
    path = folder / "changed" / SOURCE.name
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def test_pytorch_was_kept_out(no_torch: str) -> None:
    for name in ("torch", "transformers"):
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", f"import {name}"],
            env=os.environ | {"PYTHONPATH": no_torch},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert f"{name} is kept out" in done.stderr


def test_without_pytorch_and_logs_it_runs_to_the_end(without_logs: Path) -> None:
    found = outputs(without_logs)
    assert [output for output in found if output["output_type"] == "error"] == []
    assert sum("image/png" in output.get("data", {}) for output in found) == 5
    assert "Data that their source calls synthetic are no evidence" in str(found)


@pytest.mark.parametrize("cell", WITH_FIGURES)
def test_every_figure_of_the_stand_in_is_called_synthetic(without_logs: Path, cell: str) -> None:
    assert STAND_IN in printed(without_logs, cell)


def test_no_figure_of_the_stand_in_is_set_beside_a_published_one(without_logs: Path) -> None:
    assert printed(without_logs, "published").startswith("No published figures for synthetic-demo")


def test_why_the_logs_could_not_be_had_is_said(without_logs: Path) -> None:
    text = " ".join(printed(without_logs, "data").split())
    assert "The released logs of phi-4 are not in the cache" in text
    assert "run 'disca-nb fetch phi-4' while online." in text


def test_a_server_that_is_not_there_is_no_error_either(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        closed = f"http://127.0.0.1:{server.server_port}"
    online = {"DISCA_NB_OFFLINE": "0", "DISCA_NB_MIRROR": closed, "NO_PROXY": "127.0.0.1"}
    cache = str(tmp_path / "cache")
    path = changed(tmp_path, ["setup", "data"])
    done = execute(path, tmp_path, DISCA_NB_CACHE_DIR=cache, **online)
    assert done.returncode == 0, done.stderr[-3000:]
    text = " ".join(printed(tmp_path / SOURCE.name, "data").split())
    assert f"could not be downloaded: no connection to {closed}" in text
    assert STAND_IN in text


def test_with_the_logs_the_published_figures_come_back(
    reference_data: Path, tmp_path: Path
) -> None:
    recorded = reference_data / "disca_recorded" / "phi-4.csv.gz"
    path = changed(tmp_path, RECORDED=json.dumps(str(recorded)))
    done = execute(path, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    ran = tmp_path / SOURCE.name
    assert "SYNTHETIC" not in json.dumps([output.get("text") for output in outputs(ran)])
    means, countries = printed(ran, "published").split("largest difference over 20 countries:")
    for row, figure in (("vanilla", 0.454), ("DISCA", 0.346)):
        published, here, difference = map(
            float, re.findall(rf"^{row} +(\S+) +(\S+) +(\S+)$", means, re.MULTILINE)[0]
        )
        assert round(published, 3) == round(here, 3) == figure
        assert abs(difference) < 0.0006
    largest = dict(re.findall(r"^(\w+) +(\S+)$", countries, re.MULTILINE))
    assert set(largest) == {"vanilla", "reported"}
    assert max(map(float, largest.values())) < 0.0006
    floors = printed(ran, "floors-count")
    assert "mean score 0.346, coin flip 0.483,\nother countries' mean 0.074" in floors
