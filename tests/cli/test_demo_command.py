"""``disca-nb demo``, as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from matplotlib import image

import disca_nb


def _run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "disca_nb", "demo", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One run over three countries, and the folder it was run in."""
    folder = tmp_path_factory.mktemp("demo")
    return _run("--countries", "jpn,USA,BRA", folder=folder), folder / "disca-demo"


Demo = tuple[subprocess.CompletedProcess[str], Path]


def test_it_prints_scores_and_floors_and_says_synthetic(demo: Demo) -> None:
    done, _ = demo
    assert done.returncode == 0, done.stderr
    for words in ("Synthetic panel: JPN, USA, BRA", "vanilla", "DISCA (paper)", "coin flip"):
        assert words in done.stdout
    assert "other countries' mean" in done.stdout
    assert "noise ceiling" in done.stdout
    assert "σ adaptive" in done.stdout


def test_it_shows_progress(demo: Demo) -> None:
    assert "3/3" in demo[0].stderr


def test_it_writes_results_that_open(demo: Demo) -> None:
    results = disca_nb.open_results(demo[1] / "results.zarr")
    assert results.country.values.tolist() == ["JPN", "USA", "BRA"]
    assert results.attrs["variant"] == "paper"
    assert results.attrs["source"].startswith("synthetic")
    assert results.p_spare.notnull().all()


def test_it_writes_the_table_that_the_functions_give(demo: Demo) -> None:
    table = pd.read_csv(demo[1] / "alignment.csv").set_index(["country", "variant"])
    assert len(table) == 12
    panel = disca_nb.datasets.demo_panel(["JPN", "USA", "BRA"])
    scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    for name in ("mis", "mis_coin_flip", "mis_leave_one_out", "noise_ceiling", "mis_vanilla"):
        expected = scores[name].sel(country="USA").item()
        assert table[name]["USA", "consensus"] == pytest.approx(expected, rel=1e-12)


def test_it_writes_a_picture(demo: Demo) -> None:
    picture = image.imread(demo[1] / "alignment.png")
    assert min(picture.shape[:2]) > 300
    assert picture.std() > 0.05


def test_nothing_but_the_three_is_left(demo: Demo) -> None:
    names = sorted(path.name for path in demo[1].iterdir())
    assert names == ["alignment.csv", "alignment.png", "results.zarr"]


def test_it_may_be_run_again_into_the_same_folder(demo: Demo) -> None:
    done = _run("--countries", "DEU", "--out", str(demo[1].parent / "again"), folder=demo[1].parent)
    assert done.returncode == 0, done.stderr
    done = _run("--countries", "USA", "--out", str(demo[1].parent / "again"), folder=demo[1].parent)
    assert done.returncode == 0, done.stderr
    results = disca_nb.open_results(demo[1].parent / "again" / "results.zarr")
    assert results.country.values.tolist() == ["USA"]


def test_an_unknown_country_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    done = _run("--countries", "USA,JPP", folder=tmp_path)
    assert done.returncode == 2
    assert "Unknown country 'JPP'; did you mean 'JPN'?" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not any(tmp_path.iterdir())


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    done = _run("--out", "taken", folder=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "taken is a file" in done.stderr
    assert (tmp_path / "taken").read_text() == "mine"
