"""``disca-nb demo``, as a user runs it: from recorded answers, from live ones, without PyTorch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import image

import disca_nb
from disca_nb.models.embedded import NOTICE

# An environment without PyTorch, as far as Python's search for modules goes.
WITHOUT_PYTORCH = """
import sys

class Finder:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] != "torch":
            return self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = [Finder(finder) for finder in sys.meta_path]
from disca_nb.cli import main
sys.exit(main(["demo", *sys.argv[1:]]))
"""


def _run(
    *arguments: str, folder: Path, start: tuple[str, ...] = ("-m", "disca_nb", "demo")
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", *start, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One run over three countries' recorded answers, and the folder it was run in."""
    folder = tmp_path_factory.mktemp("demo")
    done = _run("--recorded", "--countries", "jpn,USA,BRA", folder=folder)
    return done, folder / "disca-demo"


Demo = tuple[subprocess.CompletedProcess[str], Path]


def test_it_prints_scores_and_floors_and_says_synthetic(demo: Demo) -> None:
    done, _ = demo
    assert done.returncode == 0, done.stderr
    for words in ("Synthetic model, JPN, USA, BRA.", "vanilla", "DISCA (paper)", "coin flip"):
        assert words in done.stdout
    assert "other countries' mean" in done.stdout
    assert "noise ceiling" in done.stdout
    assert "σ adaptive" in done.stdout
    assert NOTICE in done.stdout


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
    folder = demo[1].parent
    for country in ("DEU", "USA"):
        done = _run("--recorded", "--countries", country, "--out", "again", folder=folder)
        assert done.returncode == 0, done.stderr
    results = disca_nb.open_results(folder / "again" / "results.zarr")
    assert results.country.values.tolist() == ["USA"]


def test_the_model_that_ships_answers_as_it_was_recorded(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the model needs PyTorch, of the extra models")
    done = _run("--countries", "JPN,USA", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    found = disca_nb.open_results(tmp_path / "disca-demo" / "results.zarr")
    recorded = disca_nb.datasets.demo_panel(["JPN", "USA"])
    for name in ("country", "scenario", "persona", "model", "category", "preferred_on_right"):
        assert found[name].values.tolist() == recorded[name].values.tolist()
    for name in ("base_gap", "persona_gap", "vanilla_gap"):
        np.testing.assert_allclose(found[name], recorded[name], rtol=0.0, atol=1e-4)


def test_without_pytorch_one_sentence_names_the_way_out_and_that_way_works(tmp_path: Path) -> None:
    start = ("-c", WITHOUT_PYTORCH)
    done = _run("--countries", "JPN,USA", folder=tmp_path, start=start)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("disca-nb: Local models need torch")
    assert "run: pip install 'disca-nb[models]'" in done.stderr
    assert done.stderr.endswith("disca-nb demo --recorded needs neither.\n")
    assert done.stderr.count("\n") == 1
    assert not any(tmp_path.iterdir())
    done = _run("--recorded", "--countries", "JPN,USA", folder=tmp_path, start=start)
    assert done.returncode == 0, done.stderr
    assert disca_nb.open_results(tmp_path / "disca-demo" / "results.zarr").sizes["country"] == 2


@pytest.mark.parametrize("way", ["--recorded", "--out=made"])
def test_an_unknown_country_is_refused_before_anything_is_written(tmp_path: Path, way: str) -> None:
    if way != "--recorded":
        pytest.importorskip("torch", reason="the model needs PyTorch, of the extra models")
    done = _run("--countries", "USA,JPP", way, folder=tmp_path)
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
