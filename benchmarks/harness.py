"""The rival that most evaluations run on: lm-evaluation-harness, given the same network and texts.

https://github.com/EleutherAI/lm-evaluation-harness
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.made_up_prompts import OPTIONS
from benchmarks.panels import Floats

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["Harness", "why_not"]


def why_not() -> str | None:
    """Return why the rival is absent, or None when it is there."""
    return None if find_spec("lm_eval") else "lm-evaluation-harness is not installed"


class Harness:
    """Scores texts by ``HFLM.loglikelihood``, the answers of a text with one forward pass.

    Parameters
    ----------
    network, tokenizer
        Loaded, the same as the other contestants'.
    """

    def __init__(self, network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self._network, self._tokenizer = network, tokenizer
        self._made: Any = None

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens that it makes of texts."""
        made = self._model(1)
        return [made.tok_encode(text) for text in texts]

    def seconds(self, texts: Sequence[str], sizes: Sequence[int]) -> Mapping[int, float]:
        """Return how long some texts take in batches of each size."""
        found = {}
        for size in sizes:
            start = time.perf_counter()
            self.gaps(texts, size)
            found[size] = time.perf_counter() - start
        return found

    def gaps(self, texts: Sequence[str], batch_size: int) -> Floats:
        """Return log p(B) − log p(A) of each text, shape (texts,)."""
        from lm_eval.api.instance import Instance

        asked = [
            Instance(request_type="loglikelihood", doc={}, arguments=(text, option), idx=i)
            for text in texts
            for i, option in enumerate(OPTIONS)
        ]
        found = self._model(batch_size).loglikelihood(asked, disable_tqdm=True)
        return np.diff(np.array([value for value, _ in found]).reshape(-1, len(OPTIONS)))[:, 0]

    def _model(self, batch_size: int) -> Any:  # noqa: ANN401 - it has no types
        """Return the harness's own model with batches of a size."""
        # Its warnings are not ours to mend, and here warnings are errors.
        with warnings.catch_warnings(action="ignore"):
            from lm_eval.models.huggingface import HFLM

            if self._made is None or self._made.batch_size != batch_size:
                self._made = HFLM(
                    pretrained=self._network, tokenizer=self._tokenizer, batch_size=batch_size
                )
        return self._made
