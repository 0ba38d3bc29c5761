"""``disca-nb replicate``, as a user runs it: figures, forms of output and bad input."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from gap_files import write_gaps

from disca_nb.cli import main
from disca_nb.datasets import targets


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    """Two countries of the synthetic panel as a file of the user's."""
    return write_gaps(tmp_path / "mine.csv", ["JPN", "USA"])


def _in_process(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Return exit code, output and errors; a new process would compile the kernels anew."""
    try:
        code = main(["replicate", *map(str, arguments)])
    except SystemExit as stop:
        code = int(str(stop.code))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "disca_nb", "replicate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def _json(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["replicate", *map(str, arguments), "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)["models"]
    return result


@pytest.mark.parametrize(
    ("variant", "expected"), [("reported", 0.3464), ("vanilla", 0.4539), ("released", 0.3588)]
)
def test_published_figures_from_the_command_line(
    reference_data: Path, variant: str, expected: float
) -> None:
    file = reference_data / "disca_recorded" / "phi-4.csv.gz"
    done = _run(file, "--variant", variant, "--json")
    assert done.returncode == 0, done.stderr
    model = json.loads(done.stdout)["models"]["phi-4"]
    assert model["macro"]["mis"] == pytest.approx(expected, abs=6e-4)
    assert model["macro"]["mis_coin_flip"] == pytest.approx(0.483, abs=6e-4)
    assert len(model["countries"]) == 20
    assert model["countries"]["JPN"].keys() >= {"mis", "jsd", "pearson_r"}


def test_a_folder_of_released_logs_equals_the_tidy_file(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = reference_data / "disca_recorded"
    one = _json(capsys, folder / "upstream_sample", "--variant", "reported")["upstream_sample"]
    other = _json(capsys, folder / "phi-4.csv.gz", "--variant", "reported")["phi-4"]
    for country in ("JPN", "USA"):
        assert one["countries"][country]["mis"] == other["countries"][country]["mis"]


def test_the_table_says_how_it_was_made(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _in_process(capsys, panel, "--resample")
    assert code == 0
    assert "DISCA paper, σ adaptive ≥ 0.3, ρ 0.1, category temperature none" in out
    assert "targets: Awad et al. 2018" in out
    assert "mis_coin_flip" in out


def test_a_seed_repeats_itself_and_another_does_not(
    panel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [_json(capsys, panel, "--resample", "--seed", seed)["mine"] for seed in (1, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[0]["macro"]["mis"] != runs[2]["macro"]["mis"]


def test_what_is_not_known_becomes_null(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.read_csv(panel)
    table[table["country"] == "JPN"].to_csv(panel, index=False)
    model = _json(capsys, panel, "--variant", "consensus")["mine"]
    assert model["macro"]["mis_leave_one_out"] is None
    assert model["interval"]["mis"] == [None, None]


def test_both_forms_of_human_tables_are_read(
    panel: Path, tmp_path: Path, reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = _json(capsys, panel, "--variant", "consensus")["mine"]["macro"]["mis"]
    amce = reference_data / "moral_machine" / "country_specific_ACME.csv"
    published = _json(capsys, panel, "--variant", "consensus", "--human", amce)["mine"]["macro"]
    assert published["mis"] == pytest.approx(shipped, abs=1e-8)
    own = targets.moral_machine(["JPN", "USA"]).to_dataframe().reset_index()
    own = own.rename(columns={"human_preference": "preference", "human_preference_se": "se"})
    own.assign(preference=0.5).to_csv(tmp_path / "own.csv", index=False)
    coin = _json(capsys, panel, "--variant", "consensus", "--human", tmp_path / "own.csv")
    assert coin["mine"]["macro"]["mis_coin_flip"] == 0.0


def test_a_file_without_logged_passes_has_new_ones_drawn(
    panel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, resampled = (_json(capsys, panel, *more)["mine"] for more in ([], ["--resample"]))
    assert plain == resampled
    assert "monte-carlo (K 64, M 2, seed 0)" in plain["steering"]
    limit = _json(capsys, panel, "--method", "quadrature")["mine"]
    assert "quadrature" in limit["steering"]
    assert limit["macro"]["mis"] == pytest.approx(plain["macro"]["mis"], abs=0.01)


def test_logged_passes_are_used_unless_resampled(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = reference_data / "disca_recorded" / "phi-4.csv.gz"
    logged = _json(capsys, file)["phi-4"]
    assert logged["steering"].endswith("recorded passes")
    assert logged["macro"]["mis"] == pytest.approx(0.3776, abs=6e-4)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["FILE", "--variant", "papre"], 2, "Unknown variant 'papre'; did you mean 'paper'?"),
        (["FILE", "--method", "montecarlo"], 2, "did you mean 'monte-carlo'?"),
        (["FILE", "--resample", "--seed", "-1"], 2, "seed is -1"),
        (["FILE", "--seed", "x"], 2, "invalid int value: 'x'"),
        (["FILE", "--human", "nowhere.csv"], 1, "There is no file nowhere.csv"),
        (["nowhere.csv"], 1, "There is no file nowhere.csv"),
        (["phi-5"], 2, "Unknown file or released model 'phi-5'; did you mean 'phi-4'?"),
        (["FILE", "FILE"], 1, "Two files are named 'mine'"),
        ([], 2, "required: FILE"),
    ],
)
def test_a_bad_command_line_is_one_sentence(
    panel: Path,
    arguments: list[str],
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = [panel if argument == "FILE" else argument for argument in arguments]
    got, out, err = _in_process(capsys, *given)
    assert (got, out) == (code, "")
    assert words in err
    assert err.count("\n") == 1


def test_a_truncated_file_is_named(panel: Path, tmp_path: Path) -> None:
    whole = gzip.compress(panel.read_bytes())
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    done = _run(tmp_path / "cut.csv.gz")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "cut.csv.gz is a truncated or damaged gzip file" in done.stderr


def test_a_missing_column_is_named(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.read_csv(panel).drop(columns="base_gap").to_csv(panel, index=False)
    code, _, err = _in_process(capsys, panel)
    assert code == 1
    assert "mine.csv lacks the column base_gap" in err


def test_a_human_table_that_lacks_a_country_is_refused(
    panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.csv").write_text("country,attribute,preference,se\nJPN,Age,0.6,0.01\n")
    options = ["--variant", "consensus", "--human", tmp_path / "own.csv"]
    code, _, err = _in_process(capsys, panel, *options)
    assert (code, err.count("\n")) == (1, 1)
    assert "The human targets lack the country 'USA'" in err


def test_a_human_table_that_lacks_an_attribute_is_at_fault(
    panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{country},Fitnes,0.6,0.01\n" for country in ("JPN", "USA")]
    (tmp_path / "own.csv").write_text("country,attribute,preference,se\n" + "".join(rows))
    options = ["--variant", "consensus", "--human", tmp_path / "own.csv"]
    code, _, err = _in_process(capsys, panel, *options)
    assert (code, err.count("\n")) == (1, 1)
    assert "Unknown attribute 'Species'" in err


def test_files_that_hold_different_things_stand_under_their_own_captions(
    panel: Path, reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logged = reference_data / "disca_recorded" / "phi-4.csv.gz"
    code, out, _ = _in_process(capsys, panel, logged)
    assert code == 0
    assert "mine:\nDISCA paper, σ adaptive" in out
    assert "phi-4:\nDISCA paper, σ as logged, ρ 0.1, category temperature disca" in out
    assert "means of 2 countries" in out
    assert "means of 20 countries" in out
    assert out.count("targets: Awad et al. 2018") == 2


def test_the_table_explains_its_columns(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _in_process(capsys, panel, "--variant", "vanilla")
    assert code == 0
    assert "mae, rmse: percentage points" in out
    assert out.count("targets:") == 1


def test_vanilla_uses_what_was_logged_however_passes_are_made(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = reference_data / "disca_recorded" / "phi-4.csv.gz"
    plain = _json(capsys, file, "--variant", "vanilla")
    assert plain == _json(capsys, file, "--variant", "vanilla", "--resample")
    beside = {
        _json(capsys, file, "--variant", variant)["phi-4"]["macro"]["mis_vanilla"]
        for variant in ("debiased", "consensus", "paper", "reported")
    }
    assert beside == {plain["phi-4"]["macro"]["mis"]}


def test_a_reader_that_goes_away_gets_no_traceback(panel: Path) -> None:
    command = f"{sys.executable} -m disca_nb replicate {panel} --variant consensus | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert done.stdout.startswith("consensus")
    assert "Traceback" not in done.stderr
