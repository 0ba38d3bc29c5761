"""The command line as a whole: help, exit codes and one-sentence errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import run

from disca_nb import cli
from disca_nb.datasets import released_models


@pytest.mark.parametrize("command", [[], ["demo"], ["replicate"], ["fetch"]])
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    code, out, err = run(capsys, *command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: disca-nb")


@pytest.mark.parametrize("command", [[], ["replicate"]])
def test_help_ends_with_an_example_that_parses(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    _, out, _ = run(capsys, *command, "--help")
    last = out.splitlines()[-1]
    assert last.startswith(f"Example: {' '.join(['disca-nb', *command])} ")
    assert cli._parser().parse_args(last.split()[2:])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required: COMMAND"),
        (["replicat", "x.csv"], "invalid choice: 'replicat'"),
        (["demo", "--nonsense"], "Unrecognized arguments: --nonsense; see disca-nb"),
        (["demo", "--countries"], "expected one argument"),
        (["fetch", "phi-44"], "Unknown model 'phi-44'; did you mean 'phi-4'?"),
    ],
)
def test_a_wrong_command_is_one_sentence_and_exit_code_two(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_a_folder_without_logs_is_exit_code_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = run(capsys, "replicate", str(tmp_path))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "has no swa_results_XXX.csv" in err


def test_models_to_fetch_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "fetch", "list")
    assert code == 0
    assert out.split() == released_models()


def test_fetching_offline_names_the_cache(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCA_NB_OFFLINE", "1")
    monkeypatch.setenv("DISCA_NB_CACHE_DIR", str(tmp_path))
    code, out, err = run(capsys, "fetch", "phi-4", "--countries", "jpn")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert str(tmp_path) in err
