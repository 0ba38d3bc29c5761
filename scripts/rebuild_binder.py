"""Rebuild Binder's environment from binder/ alone and run the quickstart in it on one core.

    python scripts/rebuild_binder.py

A fresh virtual environment stands for the one that Binder prepares; binder/postBuild runs in it as
Binder would run it, in the repository's root, and binder/start starts the notebook. Linux only.
uv is told where pip finds packages here. Where it cannot get PyTorch's builds for processors,
postBuild runs without asking for them; where the pinned Python is not there, the one at hand takes
its place; the script says either. It fails when the build or the notebook does, when libraries for
GPUs came along although builds without them were to be had, or above 1.5 GB.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pip_settings import for_uv
from process_memory import Measured, run_measured

ROOT = Path(__file__).parent.parent
BINDER = ROOT / "binder"
QUICKSTART = ROOT / "notebooks" / "00_quickstart.ipynb"
LIMIT = 1_500_000_000
"""Most resident memory of all processes together, in bytes."""

_FOR_PROCESSORS = "--torch-backend=cpu"
_GPU = re.compile(r"^(nvidia|cuda|triton|pytorch-triton)\b")
_NOT_PASSED_ON = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "MPLBACKEND")


def pinned() -> str:
    """Return the version of Python that runtime.txt names, as ``3.11``."""
    text = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip()
    found = re.fullmatch(r"python-(\d+\.\d+)", text)
    if found is None:
        sys.exit(f"binder/runtime.txt says {text!r}; it must name a version, as python-3.11.")
    return found[1]


def interpreter(version: str) -> str:
    """Return a Python of this version, or this one where there is none, which is said."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    other = shutil.which(f"python{version}")
    if here == version:
        print(f"Python {version}, as pinned.")
        return sys.executable
    # A shim of a version manager may be there without the version.
    if other is not None and _says([other, "-c", "print(1)"]) == "1":
        print(f"Python {version}, as pinned ({other}).")
        return other
    print(f"Python {here}: the pinned {version} is not on this machine.")
    return sys.executable


def build_script(text: str, *, obtained: bool) -> str:
    """Return postBuild as it stands, or without its wish for builds that cannot be had."""
    if text.count(f"{_FOR_PROCESSORS} ") != 1:
        sys.exit(f"binder/postBuild must ask once for PyTorch's builds with {_FOR_PROCESSORS}.")
    if obtained:
        print("PyTorch's build for processors, as binder/postBuild asks.")
        return text
    print(f"binder/postBuild runs without {_FOR_PROCESSORS}: PyTorch is what pip would find.")
    return text.replace(f"{_FOR_PROCESSORS} ", "")


def obtainable(uv: Sequence[str], python: Path, env: Mapping[str, str]) -> bool:
    """Return whether uv gets PyTorch's builds for processors; print why where it does not."""
    command = [*uv, "pip", "install", "--dry-run", "--no-cache", "--python", str(python)]
    done = subprocess.run(  # noqa: S603
        [*command, _FOR_PROCESSORS, "torch"],
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"PyTorch's builds for processors cannot be had; uv says:\n{done.stderr.strip()}")
    return done.returncode == 0


def verdict(took: Measured, limit: int = LIMIT) -> list[str]:
    """Return what is wrong with a run of the notebook; nothing where all is well."""
    wrong = []
    if took.code != 0:
        wrong.append(f"The notebook failed with code {took.code}.")
    if took.resident > limit:
        wrong.append(f"Resident memory reached {_mb(took.resident)}, above {_mb(limit)}.")
    return wrong


def main() -> None:
    """Build, run, print, and exit with what is wrong."""
    with tempfile.TemporaryDirectory(prefix="disca-binder-") as name:
        work = Path(name)
        python = interpreter(pinned())
        subprocess.run([python, "-m", "venv", str(work / "env")], check=True)  # noqa: S603
        env = _environment(work)
        wrong = _build(work, env)
        took = _quickstart(work, env)
    print(
        f"{QUICKSTART.name} on one core: {took.seconds:.0f} s by the clock, {took.busy:.0f} s of "
        "processor time."
    )
    print(
        f"Peak resident memory: {_mb(took.resident)} of all {took.processes} processes together "
        f"({_mb(took.proportional)} with shared pages counted once), {_mb(took.largest)} of the "
        f"largest alone; the limit is {_mb(LIMIT)}."
    )
    wrong += verdict(took)
    sys.exit("\n".join(wrong) or None)


def _environment(work: Path) -> dict[str, str]:
    """Return this process's environment with the fresh one first and no settings of the user's."""
    kept = {name: text for name, text in os.environ.items() if name not in _NOT_PASSED_ON}
    own = {name: str(work / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    own |= {name: str(work / name) for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    path = os.pathsep.join([str(work / "env" / "bin"), os.environ["PATH"]])
    return {**kept, **own, "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _build(work: Path, env: Mapping[str, str]) -> list[str]:
    """Run postBuild in the repository's root; return what it should not have installed."""
    python = work / "env" / "bin" / "python"
    env = {**for_uv(_says([str(python), "-m", "pip", "config", "list"], env)), **env}
    obtained = obtainable(_uv_beside(work, python, env), python, env)
    text = (BINDER / "postBuild").read_text(encoding="utf-8")
    script = work / "postBuild"
    script.write_text(build_script(text, obtained=obtained), encoding="utf-8")
    script.chmod(0o755)
    subprocess.run([str(script)], cwd=ROOT, env=env, check=True)  # noqa: S603
    listed = _says([str(python), "-m", "pip", "list", "--format=json"], env)
    versions = {each["name"].lower(): each["version"] for each in json.loads(listed)}
    print(f"Installed: {len(versions)} packages, torch {versions.get('torch', 'missing')}.")
    return libraries_for_gpus(versions, obtained=obtained)


def libraries_for_gpus(installed: Iterable[str], *, obtained: bool) -> list[str]:
    """Say what came for GPUs; return it as wrong where builds without it were to be had."""
    found = sorted(name for name in installed if _GPU.match(name))
    message = f"Libraries for GPUs were installed: {', '.join(found)}."
    if found and obtained:
        return [message]
    print(message if found else "No libraries for GPUs were installed.")
    return []


def _uv_beside(work: Path, python: Path, env: Mapping[str, str]) -> list[str]:
    """Install uv outside the fresh environment, which postBuild alone fills; return its path."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--target", str(work / "uv"), "uv"]
    subprocess.run(command, env=dict(env), check=True)  # noqa: S603
    return [str(work / "uv" / "bin" / "uv")]


def _quickstart(work: Path, env: Mapping[str, str]) -> Measured:
    """Execute a copy of the quickstart through binder/start, on one core and offline."""
    shutil.copy(QUICKSTART, work)
    # Processes inherit it; nothing of this one is measured.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    command = [str(BINDER / "start"), "jupyter", "nbconvert", "--to", "notebook", "--execute"]
    command += ["--ExecutePreprocessor.timeout=180", "--inplace", QUICKSTART.name]
    return run_measured(command, cwd=work, env={**env, "DISCA_NB_OFFLINE": "1"})


def _says(command: list[str], env: Mapping[str, str] | None = None) -> str:
    """Return what a command prints, empty when it fails."""
    given = None if env is None else dict(env)
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() if done.returncode == 0 else ""


def _mb(size: int) -> str:
    """Return a number of bytes as megabytes."""
    return f"{size / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
