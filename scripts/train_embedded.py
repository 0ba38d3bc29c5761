"""Train the embedded synthetic model and write its folder.

    python scripts/train_embedded.py --out data/embedded

Takes about a quarter of an hour on one core. The weights depend on the processor and the version
of torch in their last bits; the corpus, the tokenizer and the configuration do not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from embedded import publish, tokenizer
from embedded.training import Recipe, train


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--rows", type=int, default=Recipe.n_rows, help="rows of the corpus")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch")
    given = parser.parse_args()

    import torch

    torch.set_num_threads(given.threads)
    recipe = Recipe(n_rows=given.rows)
    vocabulary = tokenizer.train()
    model, done = train(vocabulary, recipe)
    publish.write(given.out, vocabulary, model, recipe, done)
    print(f"{given.out}: {done.n_tokens} tokens in {done.seconds:.0f} s")


if __name__ == "__main__":
    main()
