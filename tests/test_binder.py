"""The folder that Binder builds its environment from, read as repo2docker reads it."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SCRIPTS = ("postBuild", "start")
_GPU = re.compile(r"cuda|nvidia|triton|rocm|\+cu\d|\bcu\d{2,3}\b", re.IGNORECASE)
_BASH = shutil.which("bash") or "bash"


def lines(name: str) -> list[str]:
    """Return the lines of a script that do something, those that go on joined."""
    text = (FOLDER / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def run(name: str, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script of the folder as Binder does."""
    env = dict(os.environ) if path is None else {"PATH": path}
    command = [str(FOLDER / name), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603


def test_the_folder_holds_three_files_and_no_other_environment() -> None:
    # An environment.yml, requirements.txt or Dockerfile would overrule the pinned Python.
    assert {path.name for path in FOLDER.iterdir()} == {"runtime.txt", *SCRIPTS}
    assert not (ROOT / ".binder").exists()


def test_python_is_pinned_and_new_enough() -> None:
    text = (FOLDER / "runtime.txt").read_text(encoding="utf-8")
    found = re.fullmatch(r"python-(\d+\.\d+)\n", text)
    assert found is not None
    assert Version(found[1]) in SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_can_be_run(name: str) -> None:
    path = FOLDER / name
    assert path.stat().st_mode & stat.S_IXUSR
    assert path.read_bytes().startswith(b"#!/bin/bash\n")
    assert b"\r" not in path.read_bytes()
    checked = subprocess.run([_BASH, "-n", str(path)], capture_output=True, check=False)  # noqa: S603
    assert checked.returncode == 0, checked.stderr


def test_the_build_stops_at_the_first_error() -> None:
    assert re.match(r"set -e", lines("postBuild")[0])


def test_a_build_whose_first_installation_fails_fails(tmp_path: Path) -> None:
    python = tmp_path / "python"
    # Fails once and would succeed from then on.
    python.write_text(f"#!{_BASH}\n[ -e {tmp_path}/was ] || {{ > {tmp_path}/was; exit 3; }}\n")
    python.chmod(0o755)
    assert run("postBuild", path=str(tmp_path)).returncode == 3


def test_uv_installs_into_the_python_that_is_first_on_the_path(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!{_BASH}\necho "$@" >> {tmp_path}/told\n')
    python.chmod(0o755)
    assert run("postBuild", path=str(tmp_path)).returncode == 0
    pip, uv = (tmp_path / "told").read_text(encoding="utf-8").splitlines()
    assert pip == "-m pip install --no-cache-dir uv"
    assert uv.startswith("-m uv pip install ")
    assert f" --python {python} " in uv


def test_the_package_is_installed_from_the_repository_with_its_extras() -> None:
    (command,) = [line for line in lines("postBuild") if '".[' in line]
    extras = re.search(r'"\.\[([a-z,]+)\]"', command)
    assert extras is not None
    assert {"models", "lab"} <= set(extras[1].split(","))
    assert set(extras[1].split(",")) <= set(PROJECT["optional-dependencies"])


def test_torch_comes_with_the_package_and_is_its_build_for_processors() -> None:
    (command,) = [line for line in lines("postBuild") if " uv pip install " in line]
    assert "models" in command
    assert "torch" in {
        Requirement(text).name for text in PROJECT["optional-dependencies"]["models"]
    }
    assert " --torch-backend=cpu " in command


@pytest.mark.skipif(importlib.util.find_spec("uv") is None, reason="needs uv, of the extra `test`")
def test_uv_knows_all_that_it_is_told() -> None:
    (command,) = [line for line in lines("postBuild") if " uv pip install " in line]
    told = shlex.split(command)[1:]
    # Its help comes after what it was told was understood.
    for added, code in (("--help", 0), ("--help-with-a-typo", 2)):
        done = subprocess.run([sys.executable, *told, added], capture_output=True, check=False)  # noqa: S603
        assert done.returncode == code, done.stderr


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_for_gpus_is_installed(name: str) -> None:
    assert [line for line in lines(name) if _GPU.search(line)] == []


@pytest.mark.parametrize(
    "line", ["pip install nvidia-cublas-cu12", "torch==2.7+cu126", "whl/cu121"]
)
def test_something_for_gpus_would_be_noticed(line: str) -> None:
    assert _GPU.search(line)


def test_a_session_has_one_thread_for_each_library() -> None:
    code = "import os; print(*(f'{k}={v}' for k, v in os.environ.items()), sep='\\n')"
    told = run("start", sys.executable, "-c", code, path=os.environ["PATH"]).stdout.splitlines()
    for name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
        assert f"{name}_NUM_THREADS=1" in told


def test_a_session_runs_what_binder_gives_it_word_for_word() -> None:
    assert lines("start")[-1] == 'exec "$@"'
    code = "import sys; print(sys.argv[1:]); raise SystemExit(7)"
    done = run("start", sys.executable, "-c", code, "two words", "*", "")
    assert done.stdout == "['two words', '*', '']\n"
    assert done.returncode == 7
