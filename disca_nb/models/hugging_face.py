"""Causal language models of Hugging Face transformers, read in batches."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from disca_nb.errors import InputError
from disca_nb.models._encoding import Encoder
from disca_nb.models._forward import option_log_probs
from disca_nb.models._head import head_format
from disca_nb.models._numbers import whole
from disca_nb.models.chat import ChatFormat
from disca_nb.models.option_tokens import OptionTokens
from disca_nb.models.protocol import OptionScores
from disca_nb.prompts import Prompt

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["HuggingFaceModel"]

_VERSIONS = ("torch", "transformers", "tokenizers")


class HuggingFaceModel:
    """A causal language model and its tokenizer; made by `disca_nb.models.load`.

    Parameters
    ----------
    network : transformers.PreTrainedModel
        On its device, in its number format.
    tokenizer : transformers.PreTrainedTokenizerBase
        Its tokenizer.
    chat : ChatFormat
        How prompts become text.
    name : str
        Label along the dimension ``model``.
    batch_size : int
        Prompts that are read at once. It changes results by rounding only.
    origin : mapping
        Where the weights are from, for the manifest.
    """

    def __init__(
        self,
        network: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        chat: ChatFormat,
        *,
        name: str,
        batch_size: int = 16,
        origin: Mapping[str, object] | None = None,
    ) -> None:
        self.network, self.tokenizer, self.chat = network, tokenizer, chat
        self.name, self.batch_size = name, whole("batch_size", batch_size)
        self._encoder = Encoder(tokenizer, templated=chat.render is not None)
        self._origin = dict(origin or {})

    def __repr__(self) -> str:
        return f"HuggingFaceModel({self.name!r}, {self._dtype} on {self.network.device})"

    @property
    def manifest(self) -> Mapping[str, object]:
        """What is needed to run the same again, as JSON can hold it."""
        return {
            "model": self.name,
            **self._origin,
            "architecture": type(self.network).__name__,
            "tokenizer_sha256": _tokenizer_hash(self.tokenizer),
            "template_sha256": hashlib.sha256(self.chat.template.encode()).hexdigest(),
            "system_role": self.chat.system_role,
            "thinking": self.chat.thinking,
            "dtype": self._dtype,
            "head": head_format(self.network),
            "attention": str(getattr(self.network.config, "_attn_implementation", "")),
            "device": str(self.network.device),
            "batch_size": self.batch_size,
            "versions": {package: version(package) for package in _VERSIONS},
        }

    @property
    def _dtype(self) -> str:
        return str(self.network.dtype).removeprefix("torch.")

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        """Return how likely each option is as the answer to each prompt.

        Parameters
        ----------
        prompts : sequence of Prompt
            What is asked, in any order.
        options : sequence of str
            The answers, the same for all prompts; an answer may have several tokens.

        Returns
        -------
        OptionScores
            Status 2 where the model's numbers overflow, 3 where its template opens a thought that
            cannot be closed. Where a tokenizer merges the prompt's last characters with an answer
            the mass is that of the merged tokens.

        Raises
        ------
        InputError
            When options cannot be told apart by their tokens, or a prompt is longer than the
            model reads or has tokens that the model does not, before anything is computed.
        ParameterError
            When a batch does not fit into memory.
        """
        _check_asked(prompts, options)
        if len(options) < 2:
            raise InputError(f"There are {len(options)} options; a choice needs at least two.")
        if not prompts or not self.chat.answerable:
            nothing = np.full((len(prompts), len(options)), np.nan)
            return OptionScores.of(nothing, answerable=np.zeros(len(prompts), dtype=bool))
        requests = self._requests(prompts, options)
        longest = [max(map(len, request.continuations)) - 1 for request in requests]
        lengths = [len(r.prefix) + more for r, more in zip(requests, longest, strict=True)]
        self._check_lengths(prompts, lengths)
        self._check_tokens(max(max(r.prefix + sum(r.continuations, ())) for r in requests))
        return OptionScores.of(option_log_probs(self.network, requests, batch_size=self.batch_size))

    def generate(self, prompts: Sequence[Prompt], *, max_new_tokens: int) -> list[str]:
        """Return the model's own answers, the likeliest token at every step.

        Parameters
        ----------
        prompts : sequence of Prompt
            What is asked.
        max_new_tokens : int
            Where an answer that does not end is cut off.

        Returns
        -------
        list of str
            The answers, without the prefixes that they follow.

        Raises
        ------
        InputError
            When a prompt and its answer are longer than the model reads.
        """
        whole("max_new_tokens", max_new_tokens)
        _check_asked(prompts, ())
        if not prompts:
            return []
        rows = self._encoder.rows([self.chat.text(prompt) for prompt in prompts])
        self._check_lengths(prompts, [len(row) + max_new_tokens for row in rows])
        self._check_tokens(max(max(row) for row in rows))
        answers = [""] * len(rows)
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            texts = self._continue([rows[i] for i in batch], max_new_tokens)
            for i, text in zip(batch, texts, strict=True):
                answers[i] = text
        return answers

    def _requests(self, prompts: Sequence[Prompt], options: Sequence[str]) -> list[OptionTokens]:
        """Return the tokens of every prompt and option."""
        return self._encoder.choices([self.chat.text(prompt) for prompt in prompts], options)

    def _check_tokens(self, highest: int) -> None:
        """Raise when the tokenizer gives a token that the model does not have."""
        known = int(self.network.get_input_embeddings().weight.shape[0])
        if highest >= known:
            raise InputError(
                f"The tokenizer of {self.name} gives the token {highest}, but the model has "
                f"{known} tokens; use the tokenizer that the model was saved with."
            )

    def _check_lengths(self, prompts: Sequence[Prompt], lengths: Sequence[int]) -> None:
        """Raise when the model cannot read a prompt to its end."""
        limit = getattr(self.network.config.get_text_config(), "max_position_embeddings", None)
        worst = int(np.argmax(lengths))
        if limit is not None and lengths[worst] > limit:
            raise InputError(
                f"The prompt {prompts[worst].user[:40]!r}… has {lengths[worst]} tokens with its "
                f"answer, but {self.name} reads at most {limit}; shorten it."
            )

    def _continue(self, rows: list[list[int]], max_new_tokens: int) -> list[str]:
        """Return the likeliest continuations of rows side by side."""
        import torch
        from transformers import GenerationConfig

        longest = max(map(len, rows))
        # Answers grow at the right end, so rows are filled up at the left, with a token that the
        # model is sure to have; it is masked.
        pad = rows[0][0]
        fill = [longest - len(row) for row in rows]
        ids = [[pad] * n + row for n, row in zip(fill, rows, strict=True)]
        mask = [[0] * n + [1] * len(row) for n, row in zip(fill, rows, strict=True)]
        end = self.network.generation_config.eos_token_id
        config = GenerationConfig(
            do_sample=False, max_new_tokens=max_new_tokens, pad_token_id=pad, eos_token_id=end
        )
        with torch.inference_mode():
            tokens = self.network.generate(
                torch.tensor(ids, device=self.network.device),
                attention_mask=torch.tensor(mask, device=self.network.device),
                generation_config=config,
            )
        ends = {end} if isinstance(end, int) else set(end or ())
        answers = [_until(row, ends) for row in tokens[:, longest:].tolist()]
        texts: list[str] = self.tokenizer.batch_decode(answers, skip_special_tokens=True)
        return texts


def _check_asked(prompts: object, options: object) -> None:
    """Raise unless prompts are prompts and options a sequence of texts."""
    for what, found in {"prompts": prompts, "options": options}.items():
        if isinstance(found, str) or not isinstance(found, Sequence):
            raise InputError(f"{what} is {found!r}; give a list, with one entry for each.")
        kind = Prompt if what == "prompts" else str
        for each in found:
            if not isinstance(each, kind):
                raise InputError(f"{what} holds {each!r}; it must hold {kind.__name__} alone.")


def _until(tokens: list[int], ends: set[int]) -> list[int]:
    """Return tokens up to the first that ends an answer, and that one."""
    place = next((i for i, token in enumerate(tokens) if token in ends), len(tokens))
    return tokens[: place + 1]


def _tokenizer_hash(tokenizer: PreTrainedTokenizerBase) -> str:
    """Return a hash of the tokenizer's whole state, empty for one without such a state."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return "" if backend is None else hashlib.sha256(backend.to_str().encode()).hexdigest()
