"""Resident memory of a process and all that it started, sampled from /proc (Linux)."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measured", "family", "run_measured"]

_PROC = Path("/proc")
_KIB = 1024


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Attributes
    ----------
    code : int
        What it exited with.
    seconds : float
        By the clock, which other work on the machine makes longer.
    busy : float
        Seconds of processor time of all its processes together.
    resident : int
        Peak of the resident memory of all its processes together, in bytes. Pages that several
        processes share are counted once for each.
    proportional : int
        The same with shared pages counted once, in bytes.
    largest : int
        Peak of the largest single process, as the kernel kept it, in bytes; never below what the
        process that called had when it started the command.
    processes : int
        The most that ran at once.
    """

    code: int
    seconds: float
    busy: float
    resident: int
    proportional: int
    largest: int
    processes: int


def run_measured(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    every: float = 0.05,
) -> Measured:
    """Run a command to its end, looking at the memory of its processes as it goes.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    cwd : pathlib.Path
        Where it runs.
    env : mapping of str to str
        All of its environment.
    every : float
        Seconds between two looks.

    Returns
    -------
    Measured
    """
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, env=dict(env))  # noqa: S603
    resident = proportional = most = ended = status = 0
    while not ended:
        members = list(family(process.pid))
        resident = max(resident, sum(_status(pid, "status", "VmRSS:") for pid in members))
        shared = sum(_status(pid, "smaps_rollup", "Pss:") for pid in members)
        proportional, most = max(proportional, shared), max(most, len(members))
        time.sleep(every)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    # Nobody else may wait for a process that has been waited for.
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        code=process.returncode,
        seconds=time.monotonic() - start,
        busy=usage.ru_utime + usage.ru_stime,
        resident=resident,
        proportional=proportional,
        largest=usage.ru_maxrss * _KIB,
        processes=most,
    )


def family(ancestor: int) -> Iterator[int]:
    """Yield the numbers of a process and of all that it started, directly or not.

    Parameters
    ----------
    ancestor : int
        Number of the first process.

    Yields
    ------
    int
        Numbers of those that still run; a process whose parent has ended is not found.
    """
    children: dict[int, list[int]] = {}
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it ended meanwhile
        # The name of the program may hold blanks and brackets; the parent is the second after it.
        parent = int(text.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(path.parent.name))
    waiting = [ancestor]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += children.get(one, [])


def _status(pid: int, file: str, name: str) -> int:
    """Return a figure of one of a process's files in bytes, 0 where it has ended."""
    try:
        lines = (_PROC / str(pid) / file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * _KIB for line in lines if line.startswith(name)), 0)
