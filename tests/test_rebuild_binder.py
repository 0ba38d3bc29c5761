"""The parts of the script that rebuilds Binder's environment; the whole takes minutes by hand."""

from __future__ import annotations

import importlib.util
import os
import sys
import venv
from pathlib import Path

import pip_settings
import pytest
import rebuild_binder
from process_memory import Measured, family, run_measured

MB = 1_000_000
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
UV = [sys.executable, "-m", "uv"]
needs_uv = pytest.mark.skipif(
    importlib.util.find_spec("uv") is None, reason="needs uv, of the extra `test`"
)
POST_BUILD = (rebuild_binder.BINDER / "postBuild").read_text(encoding="utf-8")
# A process that starts another, which fills so many megabytes and keeps them for a moment.
NESTED = (
    "import subprocess, sys; "
    "code = 'import time; held = bytearray(b\"x\") * (int({size}) * 10**6); time.sleep(1)'; "
    "sys.exit(subprocess.run([sys.executable, '-c', code]).returncode)"
)


@linux
def test_memory_of_a_process_that_another_started_is_counted(tmp_path: Path) -> None:
    code = NESTED.replace("{size}", "300")
    took = run_measured([sys.executable, "-c", code], cwd=tmp_path, env=os.environ)
    assert took.code == 0
    assert took.processes == 2
    assert took.largest > 300 * MB
    assert 300 * MB < took.proportional <= took.resident < 450 * MB


@linux
def test_the_code_of_a_command_that_fails_is_kept(tmp_path: Path) -> None:
    took = run_measured([sys.executable, "-c", "raise SystemExit(5)"], cwd=tmp_path, env=os.environ)
    assert took.code == 5


@linux
def test_a_process_is_of_its_own_family() -> None:
    assert os.getpid() in family(os.getpid())
    assert os.getpid() in family(os.getppid())


def _took(*, code: int = 0, resident: int = 900 * MB) -> Measured:
    return Measured(code, 30.0, 29.0, resident, resident, resident, 2)


def test_a_run_within_the_limit_is_well() -> None:
    assert rebuild_binder.verdict(_took(resident=rebuild_binder.LIMIT)) == []


def test_a_failed_run_and_one_above_the_limit_are_told() -> None:
    assert rebuild_binder.verdict(_took(code=1)) == ["The notebook failed with code 1."]
    (above,) = rebuild_binder.verdict(_took(resident=1_600 * MB))
    assert above == "Resident memory reached 1,600 MB, above 1,500 MB."


def test_the_build_is_binders_word_for_word_where_builds_for_processors_are_had() -> None:
    assert rebuild_binder.build_script(POST_BUILD, obtained=True) == POST_BUILD


def test_only_the_wish_for_them_goes_where_they_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    built = rebuild_binder.build_script(POST_BUILD, obtained=False)
    assert built != POST_BUILD
    assert built.split() == [word for word in POST_BUILD.split() if word != "--torch-backend=cpu"]
    assert "runs without --torch-backend=cpu" in capsys.readouterr().out


def test_a_build_that_does_not_ask_for_them_is_refused() -> None:
    other = POST_BUILD.replace("=cpu", "=auto")
    with pytest.raises(SystemExit, match="must ask once for PyTorch's builds with --torch-b"):
        rebuild_binder.build_script(other, obtained=True)


@needs_uv
def test_builds_that_uv_cannot_reach_are_not_had_and_uv_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    offline = {**os.environ, "UV_OFFLINE": "1"}
    assert rebuild_binder.obtainable(UV, python, offline) is False
    told = capsys.readouterr().out
    assert "builds for processors cannot be had; uv says:" in told
    assert "error: " in told or "No solution found" in told


@needs_uv
@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs the extra `models`")
def test_builds_that_need_not_be_reached_are_had(capsys: pytest.CaptureFixture[str]) -> None:
    offline = {**os.environ, "UV_OFFLINE": "1"}
    # This environment has one, with which uv is content.
    assert rebuild_binder.obtainable(UV, Path(sys.executable), offline) is True
    assert capsys.readouterr().out == ""


def test_libraries_for_gpus_are_wrong_only_where_builds_without_were_to_be_had(
    capsys: pytest.CaptureFixture[str],
) -> None:
    installed = ["torch", "nvidia-cublas", "numpy", "triton"]
    message = "Libraries for GPUs were installed: nvidia-cublas, triton."
    assert rebuild_binder.libraries_for_gpus(installed, obtained=True) == [message]
    assert rebuild_binder.libraries_for_gpus(installed, obtained=False) == []
    assert capsys.readouterr().out == f"{message}\n"
    assert rebuild_binder.libraries_for_gpus(["torch", "numpy"], obtained=True) == []
    assert capsys.readouterr().out == "No libraries for GPUs were installed.\n"


def test_uv_is_told_where_pip_finds_packages_the_strongest_setting_first() -> None:
    listed = (
        ":env:.find-links='/c /d'\n:env:.timeout='9'\n"
        "global.cert='/some path/ca.crt'\nglobal.extra-index-url='file:///e\\nfile:///f'\n"
        "global.find-links='/a'\ninstall.find-links='/b'\ninstall.index-url='file:///g'"
    )
    assert pip_settings.for_uv(listed) == {
        "UV_DEFAULT_INDEX": "file:///g",
        "UV_INDEX": "file:///e file:///f",
        "UV_FIND_LINKS": "/c,/d",
        "SSL_CERT_FILE": "/some path/ca.crt",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_uv_is_told_nothing_where_pip_has_no_settings() -> None:
    assert pip_settings.for_uv("") == {}
    assert pip_settings.for_uv("global.timeout='9'") == {}


def test_another_python_than_the_pinned_one_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuild_binder.interpreter("2.99") == sys.executable
    assert "the pinned 2.99 is not on this machine" in capsys.readouterr().out
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert rebuild_binder.interpreter(here) == sys.executable
    assert capsys.readouterr().out == f"Python {here}, as pinned.\n"
