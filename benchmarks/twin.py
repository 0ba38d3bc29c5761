"""Compile the C twin with gcc, load it, and count its calls of vector mathematics."""

from __future__ import annotations

import ctypes
import functools
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks import rivals
from benchmarks.panels import Floats, Panel

__all__ = ["FLAGS", "load", "run_twin", "vector_calls", "why_not"]

Power: TypeAlias = Literal["exp-log", "pow"]
_SOURCE = Path(__file__).with_name("twin.c")
FLAGS = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fopenmp"]
_SETTINGS = np.array(
    [
        rivals.SIGMA_FLOOR,
        rivals.LAM,
        rivals.ETA,
        rivals.ALPHA,
        rivals.KAPPA,
        rivals.RHO,
        rivals.GATE_SCALE,
    ]
)


def why_not() -> str | None:
    """Return why the twin cannot be had here, or None."""
    if shutil.which("gcc") is None:
        return "the C twin needs gcc"
    try:
        load(4)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"the C twin does not compile here: {error}"
    return None


@functools.cache
def _folder() -> Path:
    """Return a folder that goes when Python ends."""
    keep = tempfile.TemporaryDirectory(prefix="disca-nb-twin-")
    _KEPT.append(keep)
    return Path(keep.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@functools.cache
def _compile(personas: int, power: Power) -> Path:
    """Compile the twin for a number of personas and return the library's path."""
    library = _folder() / f"twin-{personas}-{power}.so"
    options = [*FLAGS, f"-DPERSONAS={personas}", "-shared", "-fPIC"]
    options += ["-DPOW"] if power == "pow" else []
    command = ["gcc", *options, str(_SOURCE), "-o", str(library), "-lmvec", "-lm"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return library


@functools.cache
def load(personas: int, power: Power = "exp-log") -> ctypes.CDLL:
    """Return the twin's library."""
    return ctypes.CDLL(str(_compile(personas, power)))


def vector_calls(personas: int = 4, power: Power = "exp-log") -> dict[str, int]:
    """Return how often the compiled twin calls each function of libmvec, and ``exp`` alone."""
    command = ["objdump", "-d", "--no-show-raw-insn", str(_compile(personas, power))]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = re.findall(r"(?:call|jmp)\s+[0-9a-f]+ <((?:_ZGV\w+|exp|log|sin|cos|pow))@plt>", listing)
    return dict(sorted(Counter(names).items()))


def run_twin(panel: Panel, seed: int, threads: int, power: Power = "exp-log") -> rivals.Outcome:
    """Run the twin on a panel with so many OpenMP threads."""
    n_cells, personas = panel.personas.shape
    single, double = (n_cells,), (n_cells, 2)
    outcome = rivals.Outcome(*map(np.empty, (single, single, double, single, double)))
    load(personas, power).disca_twin(
        ctypes.c_long(n_cells),
        _address(panel.base),
        _address(panel.personas),
        _address(_SETTINGS),
        ctypes.c_uint64(seed),
        ctypes.c_int(threads),
        *map(_address, outcome),
    )
    return outcome


def _address(array: Floats) -> ctypes.c_void_p:
    """Return the address of an array that C may read in one go."""
    contiguous: npt.NDArray[np.float64] = np.require(array, np.float64, "C")
    if contiguous is not array:
        raise TypeError("The twin takes contiguous arrays of float64.")
    return array.ctypes.data_as(ctypes.c_void_p)
