"""Surveys of the embedded model that are killed at chunks and inside writes; a script.

    python tests/killed_surveys.py FOLDER

Prints a line of JSON, as `killed_runs.py` does, whose ways of dying it uses.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from killed_runs import count_chunks, forked, kill_after, kill_inside, lines
from small_surveys import small_bank

import disca_nb
from disca_nb import models
from disca_nb.models import embedded

# One thread, so that a forked process has all that there are.
torch.set_num_threads(1)


def main(folder: Path) -> None:
    """Kill runs, go on with them, and print what came of it."""
    model = models.load("demo", device="cpu", batch_tokens=700)
    entries = [embedded.tasks()["survey"][i] for i in (0, 5, 9)]
    bank = small_bank({e["id"]: (e["question"], e["options"]) for e in entries}, ["JPN", "USA"])

    def run(path: Path) -> None:
        disca_nb.ask_survey(model, bank, progress=False, store=path)

    # What a run imports and compiles is there before the first process forks off.
    disca_nb.ask_survey(model, bank.isel(question=[0]), progress=False)
    disca_nb.save_results(bank, folder / "bank.nc")
    whole = folder / "whole.nc"
    assert forked(lambda _: None, 0, run, whole) == 0
    expected = disca_nb.open_results(whole)
    manifest = json.loads(expected.attrs["manifest"])["models"][model.name]
    chunks = manifest["plan"]["chunks"]
    found = []
    for number, name in ((0, "boundary"), (1, "write"), (chunks - 1, "boundary")):
        path = folder / f"{name}-{number}.nc"
        ended = forked({"boundary": kill_after, "write": kill_inside}[name], number, run, path)
        kept = lines(path)
        again = forked(count_chunks, path, run, path)
        same = disca_nb.open_results(path).identical(expected)
        new = int(path.with_suffix(".count").read_text())
        found.append([name, number, ended, kept, again, new, same])
    options = [group["options"] for group in manifest["plan"]["groups"]]
    sys.stdout.write(json.dumps({"chunks": chunks, "options": options, "killed": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
