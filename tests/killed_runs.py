"""Runs of the embedded model that are killed at every chunk and inside every write; a script.

    python tests/killed_runs.py FOLDER

Prints a line of JSON: how many chunks a run has, and for each way of being killed how many it had
kept and whether the resumed result equals the uninterrupted one bit for bit. Each run is a forked
process of its own, so that the model is loaded once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import xarray as xr

import disca_nb
from disca_nb import models, prompts, store

# One thread, so that a forked process has all that there are.
torch.set_num_threads(1)


def main(folder: Path) -> None:
    """Kill runs, go on with them, and print what came of it."""
    model = models.load("demo", device="cpu", batch_tokens=1200)
    choices = prompts.scenarios("balanced", per_attribute=2)
    panel = prompts.persona_panel(["JPN"])

    def run(path: Path) -> None:
        disca_nb.elicit(model, choices, panel, progress=False, store=path)

    def after(path: Path) -> xr.Dataset:
        return disca_nb.open_results(path).drop_vars("latency")

    whole = folder / "whole.zarr"
    assert forked(lambda _: None, 0, run, whole) == 0
    chunks = len(disca_nb.plan(model, choices, panel).scoring.chunks)
    found = []
    for number in range(chunks):
        for name, deadly in {"boundary": kill_after, "write": kill_inside}.items():
            path = folder / f"{name}-{number}.zarr"
            ended = forked(deadly, number, run, path)
            kept = lines(path)
            again = forked(count_chunks, path, run, path)
            same = after(path).identical(after(whole))
            new = int(path.with_suffix(".count").read_text())
            found.append([name, number, ended, kept, again, new, same])
    sys.stdout.write(json.dumps({"chunks": chunks, "killed": found}))


def forked(
    prepare: Callable[[Any], None], with_: object, run: Callable[[Path], None], path: Path
) -> int:
    """Run in a process of its own, prepared; return its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        try:
            prepare(with_)
            run(path)
        except BaseException:  # noqa: BLE001 - a child must end here, whatever happens
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def lines(path: Path) -> int:
    """Return how many chunks the journal of a run has kept whole."""
    journal = path.with_name(f"{path.name}.run") / "journal.jsonl"
    return sum(
        '"chunk"' in line
        for line in journal.read_text().splitlines(keepends=True)
        if line.endswith("\n")
    )


def kill_after(number: int) -> None:
    """Have this process die right after the chunk of that number is kept."""
    right = store.Journal.append

    def append(self: store.Journal, part: str, chunk: int, record: Mapping[str, Any]) -> None:
        right(self, part, chunk, record)
        if chunk == number:
            os.kill(os.getpid(), signal.SIGKILL)

    store.Journal.append = append  # type: ignore[method-assign]


def kill_inside(number: int) -> None:
    """Have this process die when half of the line of that chunk is written."""
    right = os.write

    def write(file: int, data: bytes) -> int:
        if f'"chunk":{number},'.encode() in bytes(data):
            right(file, bytes(data)[: len(bytes(data)) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return right(file, data)

    os.write = write  # type: ignore[assignment]


def count_chunks(path: Path) -> None:
    """Have this process write down how many chunks it has scored itself."""
    right, seen = store.Journal.append, [0]
    path.with_suffix(".count").write_text("0")

    def append(self: store.Journal, part: str, chunk: int, record: Mapping[str, Any]) -> None:
        right(self, part, chunk, record)
        seen[0] += 1
        path.with_suffix(".count").write_text(str(seen[0]))

    store.Journal.append = append  # type: ignore[method-assign]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
