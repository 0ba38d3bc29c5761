"""``disca-nb audit``, as a user runs it: forms of output and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from gap_files import write_gaps

from disca_nb.cli import main
from disca_nb.datasets import demo_panel
from disca_nb.results import save_results


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three countries of the synthetic panel as a file of the user's."""
    return write_gaps(tmp_path_factory.mktemp("audit") / "mine.csv", ["DEU", "JPN", "USA"])


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Return exit code, output and errors."""
    try:
        code = main(["audit", *map(str, arguments)])
    except SystemExit as stop:
        code = int(str(stop.code))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_tables_findings_and_page(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = panel.parent / "audit.html"
    code, out, _ = _run(capsys, panel, "--html", page)
    assert code == 0
    assert "mine: audit of disca-paper" in out
    assert "> disca-paper" in out
    assert "oracle-margin (oracle)" in out
    assert "Targets touched: none: coin-flip, disca-paper" in out
    assert "A coin flip would score better than disca-paper in" in out
    assert f"Wrote {page}." in out
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "http" not in text.replace("https://doi.org", "")


def test_json_is_json_alone(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, panel, "--json", "--folds", "region", "--seed", 3)
    assert code == 0
    model = json.loads(out)["models"]["mine"]
    assert model["folds"] == "region"
    # Germany, Japan and the USA have no neighbour among them.
    region, world = (model["methods"][f"{name}-mean"]["macro_mis"] for name in ("region", "world"))
    assert region == pytest.approx(world, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--folds", "contry"], 2, "Unknown folds 'contry'; did you mean 'country'?"),
        (["--seed", "-1"], 2, "seed is -1"),
        (["--html", "."], 1, ". is a folder; name a file with --html."),
        (["--html", "missing/page.html"], 1, "The folder missing does not exist; make it first."),
    ],
)
def test_bad_options_are_refused_before_the_work(
    panel: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: int,
    message: str,
) -> None:
    found, out, err = _run(capsys, panel, *options)
    assert (found, out) == (code, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_two_countries_are_too_few(
    panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pd.read_csv(panel)
    two = tmp_path / "two.csv"
    table[table["country"] != "DEU"].to_csv(two, index=False)
    code, out, err = _run(capsys, two, "--html", tmp_path / "page.html")
    assert (code, out) == (1, "")
    assert "There are 2 countries; leaving one out needs at least 3" in err
    assert not (tmp_path / "page.html").exists()


def test_a_saved_result_is_audited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    panel = demo_panel(["DEU", "JPN", "USA"])
    one = save_results(panel, tmp_path / "asked.zarr")
    code, out, _ = _run(capsys, one, "--json")
    assert code == 0
    assert list(json.loads(out)["models"]) == ["synthetic-demo"]
    several = panel.isel(model=[0, 0]).assign_coords(model=["synthetic-demo", "other"])
    two = save_results(several, tmp_path / "two.zarr")
    code, _, err = _run(capsys, two)
    assert code == 1
    assert "holds 2 models" in err
