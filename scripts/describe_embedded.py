"""Measure the embedded model and write its model card.

    python scripts/describe_embedded.py

Every figure is measured through the package's public interface on the shipped weights; the
bounds are those of tests/models/test_embedded_behaviour.py.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from embedded.behaviour import ALL, Asked, Measured
from embedded.behaviour_moral import Dilemmas, of_dilemmas, of_sentences
from embedded.moral import PLACES

from disca_nb.models import load
from disca_nb.models.embedded import folder, tasks

_TEMPLATE = Path(__file__).parent / "embedded" / "model_card.md"


def main() -> None:
    """Measure and write."""
    model, place = load("demo"), folder()
    card = json.loads((place / "card.json").read_text(encoding="utf-8"))
    dilemmas, asked = Dilemmas(model), Asked(model, tasks())
    measured = [each for measure in ALL for each in measure(asked)]
    measured += [*of_dilemmas(dilemmas), *of_sentences(dilemmas)]
    vocabulary = json.loads((place / "tokenizer.json").read_text(encoding="utf-8"))
    text = _TEMPLATE.read_text(encoding="utf-8").format(
        version=card["version"],
        parameters=f"{card['n_parameters']:,}",
        vocabulary=f"{len(vocabulary['model']['vocab']):,}",
        megabytes=(place / "model.safetensors").stat().st_size / 1e6,
        rows=f"{card['corpus']['rows']:,}",
        tokens=f"{card['corpus']['tokens_seen']:,}",
        countries=len(PLACES),
        behaviours=table(measured),
        **{key: card["training"][key] for key in _TRAINING},
    )
    (place / "README.md").write_text(text, encoding="utf-8")
    for each in measured:
        print(f"{each.value:8.3f}  {'' if each.holds else 'OUT OF BOUNDS: '}{each.text}")


_TRAINING = ("seconds", "threads", "processor_seconds", "torch", "rate", "rows_per_batch")


def table(measured: list[Measured]) -> str:
    """Return the figures with their bounds as a table in Markdown."""
    lines = ["| what | measured | at least | at most |", "|---|---|---|---|"]
    for each in measured:
        low, high = (
            f"{bound:.2g}" if np.isfinite(bound) else "" for bound in (each.low, each.high)
        )
        lines.append(f"| {each.text} | {each.value:.3f} | {low} | {high} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
