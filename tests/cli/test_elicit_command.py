"""``disca-nb elicit``, as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_models

import disca_nb
from disca_nb._elicit.keeping import run_folder
from disca_nb.cli import main
from disca_nb.models import OptionScores
from disca_nb.models._plan import BatchPlan
from disca_nb.models.embedded import NOTICE

pytest.importorskip("torch", reason="needs PyTorch, of the extra models")

SMALL = ("--scenarios", "balanced", "--per-attribute", "2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.save_tiny(tmp_path_factory.mktemp("models") / "tiny")


def fails(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Return exit code and error of a command that writes one line there, and no result."""
    code = main(["elicit", *map(str, arguments)])
    captured = capsys.readouterr()
    # Whose values the personas have is printed first, once they are made.
    assert [line[:9] for line in captured.out.splitlines()] in ([], ["Personas:"])
    assert captured.err.count("\n") == 1
    return code, captured.err


def test_it_saves_gaps_that_open(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.zarr"
    command = [sys.executable, "-W", "error", "-m", "disca_nb", "elicit", str(folder)]
    command += ["--countries", "usa,JPN", "--out", str(out), "--batch-tokens", "800", *SMALL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "2 countries × 12 scenarios × 4 personas" in done.stdout
    assert "Cells: 0 scored, 24 low answer mass, 0 failed; " in done.stdout
    for words in (
        "Median answer mass: 0.0",
        "Positional bias of the base prompt: mean ",
        " s.\n",
        f"Wrote {out}.",
    ):
        assert words in done.stdout
    assert NOTICE not in done.stdout
    assert done.stderr.startswith("disca-nb: No cell is scored: the model answers with something")
    results = disca_nb.open_results(out)
    assert results.country.values.tolist() == ["USA", "JPN"]
    assert json.loads(results.attrs["manifest"])["models"]["tiny"]["batch_tokens"] == 800
    assert not run_folder(out).exists()


def test_own_personas_and_dilemmas_the_other_exchange_and_no_template(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    personas, dilemmas = tmp_path / "personas.csv", tmp_path / "dilemmas.csv"
    personas.write_text("country,persona,text\nJPN,calm,You are calm.\nJPN,bold,You are bold.\n")
    dilemmas.write_text("id,option_a,option_b,attribute,preferred\nwell,a goat,a boy,Species,b\n")
    out = tmp_path / "run.nc"
    options = ["--personas", personas, "--scenarios", dilemmas, "--exchange", "labels"]
    options += ["--chat-template", "plain", "--dtype", "bfloat16", "--device", "cpu"]
    assert main(["elicit", str(folder), "--out", str(out), *map(str, options)]) == 0
    assert "1 countries × 1 scenarios × 2 personas" in capsys.readouterr().out
    results = disca_nb.open_results(out)
    assert results.persona.values.tolist() == ["calm", "bold"]
    assert results.attrs["exchange"] == "labels"


def test_the_embedded_model_says_that_it_is_synthetic(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.zarr"
    assert main(["elicit", "demo", "--countries", "JPN", "--out", str(out), *SMALL]) == 0
    assert NOTICE in capsys.readouterr().out
    assert disca_nb.open_results(out).attrs["notice"] == NOTICE


def test_what_is_there_stays(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.zarr"
    out.mkdir()
    code, err = fails(capsys, folder, "--countries", "JPN", "--out", out)
    assert (code, "run.zarr is there and no result; choose another path, or move" in err) == (
        1,
        True,
    ), err
    assert list(out.iterdir()) == []


def test_a_plan_reads_nothing_and_needs_no_path(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["elicit", str(folder), "--countries", "JPN", "--plan", *SMALL]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert "tiny: 1 country × 12 scenarios × 4 personas and the base prompt" in out
    assert "times fewer); common beginnings are read once." in out
    assert (
        main(["elicit", str(folder), "--countries", "JPN", "--plan", "--no-sharing", *SMALL]) == 0
    )
    assert "every prompt is read in full: by choice." in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_command_goes_on_and_a_finished_one_asks_nothing(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "run.zarr"
    command = ["elicit", str(folder), "--countries", "JPN", "--out", str(out), *SMALL]
    command += ["--batch-tokens", "900"]
    right = BatchPlan.score

    def interrupted(self: BatchPlan, chunk: int) -> OptionScores:
        if chunk == 2:
            raise KeyboardInterrupt
        return right(self, chunk)

    with monkeypatch.context() as patched:
        patched.setattr(BatchPlan, "score", interrupted)
        assert main(command) == 1
    said = f"Interrupted; what is finished is kept in {run_folder(out)}, and the same command goes"
    assert said in capsys.readouterr().err
    assert main(command) == 0
    assert f"Wrote {out}" in capsys.readouterr().out
    assert main(command) == 0
    again = capsys.readouterr().out
    assert "all there already, so that nothing was asked" in again
    assert f"Kept {out}." in again
    assert main([*command, "--min-mass", "0.1"]) == 1
    assert "is of another run (min_mass: 0.5 in the store, 0.1 now)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--countries", "JPN"], 2, "No path was named; use --out PATH.zarr, or --plan alone."),
        (["--out", "x.zarr"], 2, "No country was named; use --countries USA,JPN or --personas"),
        (["--out", "x.csv", "--countries", "JPN"], 1, "x.csv ends in '.csv'"),
        (["--out", "x.zarr", "--countries", "XXX"], 2, "Unknown country 'XXX'"),
        (["--out", "x.zarr", "--countries", "JPN", "--scenarios", "ful"], 2, "mean 'full'?"),
        (
            ["--out", "x.zarr", "--countries", "JPN", "--per-attribute", "4"],
            2,
            "--per-attribute 4 does nothing with --scenarios slice; use balanced.",
        ),
        (
            ["--out", "x.zarr", "--personas", "p.csv", "--fourth", "all"],
            2,
            "--fourth all does nothing with --personas",
        ),
        (
            ["--out", "x.zarr", "--countries", "JPN", "--scenarios", "full", "--seed", "7"],
            2,
            "--seed 7 does nothing with --scenarios full",
        ),
        (
            ["--out", "x.zarr", "--countries", "JPN", "--scenarios", "x.csv", "--seed", "0"],
            2,
            "--seed 0 does nothing with --scenarios x.csv, of which none are drawn",
        ),
        (["--out", "x.zarr", "--countries", "JPN", "--min-mass", "2"], 2, "min_mass is 2.0"),
        (["--out", "x.zarr", "--countries", "JPN", "--exchange", "x"], 2, "Unknown exchange 'x'"),
        (["--out", "x.zarr", "--countries", "JPN", "--chat-template", "no.jinja"], 1, "no.jinja"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    found, err = fails(capsys, folder, *arguments)
    assert (found, words in err) == (code, True), err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe\x00", "is not text in UTF-8"), (b" ", "The chat template is empty; write one")],
)
def test_templates_that_are_none(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    (tmp_path / "t.jinja").write_bytes(content)
    options = ["--countries", "JPN", "--chat-template", tmp_path / "t.jinja", *SMALL]
    code, err = fails(capsys, folder, "--out", tmp_path / "x.zarr", *options)
    assert (code, words in err) == (1, True), err


def test_the_least_mass_and_the_seed_are_recorded(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.zarr"
    options = ["--countries", "JPN", "--out", out, "--min-mass", "0", "--seed", "3", *SMALL]
    assert main(["elicit", str(folder), *map(str, options)]) == 0
    assert "Cells: 12 scored, 0 low answer mass" in capsys.readouterr().out
    results = disca_nb.open_results(out)
    assert results.attrs["min_mass"] == 0.0
    assert json.loads(results.attrs["manifest"])["scenario_seed"] == 3
