"""Causal language models of Hugging Face transformers, read in batches."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from disca_nb.errors import InputError, PromptTooLongError
from disca_nb.models._agreement import check_side_by_side, why_not_shared
from disca_nb.models._cache import input_device
from disca_nb.models._encoding import Encoder
from disca_nb.models._generation import continued
from disca_nb.models._head import head_format
from disca_nb.models._numbers import whole
from disca_nb.models._plan import BatchPlan, Unanswerable, scored
from disca_nb.models.batches import batches
from disca_nb.models.chat import ChatFormat
from disca_nb.models.option_tokens import OptionTokens
from disca_nb.models.protocol import OptionScores, ScoringPlan
from disca_nb.prompts import Prompt

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["HuggingFaceModel"]

_VERSIONS = ("torch", "transformers", "tokenizers")
# Tokens that are read at once, and what starting a pass costs in tokens; elsewhere is where
# thousands of tokens take as long as one.
_BUDGET, _BUDGET_ELSEWHERE = 4_096, 32_768
_CALL, _CALL_ELSEWHERE = 64, 1_024
# Prompts that are too long and named one by one.
_NAMED = 3


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
    batch_tokens : int, optional
        Tokens that are read at once, beginnings counted for every prompt; by default 4,096 on the
        processor and 32,768 elsewhere. It changes results by rounding only.
    share_prefixes : bool
        Whether the tokens with which many prompts begin are read only once. Models that cannot
        take up a beginning, and those that then give something else, read every prompt in full.
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
        batch_tokens: int | None = None,
        share_prefixes: bool = True,
        origin: Mapping[str, object] | None = None,
    ) -> None:
        self.network, self.tokenizer, self.chat = network, tokenizer, chat
        self.name = name
        self._on_processor = input_device(network).type == "cpu"
        default = _BUDGET if self._on_processor else _BUDGET_ELSEWHERE
        self.batch_tokens = whole("batch_tokens", default if batch_tokens is None else batch_tokens)
        self._encoder = Encoder(tokenizer, templated=chat.render is not None)
        self._origin = dict(origin or {})
        check_side_by_side(network, name)
        self._unshared = self._why_not_shared() if share_prefixes else "by choice"

    def __repr__(self) -> str:
        return f"HuggingFaceModel({self.name!r}, {self._dtype} on {self.network.device})"

    @property
    def manifest(self) -> Mapping[str, object]:
        """What is needed to run the same again, as JSON can hold it."""
        return {
            "model": self.name,
            **self._origin,
            "architecture": type(self.network).__name__,
            "config_sha256": _config_hash(self.network),
            "tokenizer_sha256": _tokenizer_hash(self.tokenizer),
            "template_sha256": hashlib.sha256(self.chat.template.encode()).hexdigest(),
            "system_role": self.chat.system_role,
            "thinking": self.chat.thinking,
            "dtype": self._dtype,
            "head": head_format(self.network),
            "attention": str(getattr(self.network.config, "_attn_implementation", "")),
            "device": str(input_device(self.network)),
            "device_name": _device_name(self.network),
            "batch_tokens": self.batch_tokens,
            "shared_prefixes": f"no: {self._unshared}" if self._unshared else "yes",
            "versions": {package: version(package) for package in _VERSIONS},
        }

    @property
    def _dtype(self) -> str:
        return str(self.network.dtype).removeprefix("torch.")

    def plan(self, prompts: Sequence[Prompt], options: Sequence[str]) -> ScoringPlan:
        """Return in which batches the model will score prompts; nothing is read yet.

        Parameters
        ----------
        prompts : sequence of Prompt
            What is asked, in any order; prompts of the same tokens are scored once.
        options : sequence of str
            The answers, the same for all prompts; an answer may have several tokens.

        Returns
        -------
        ScoringPlan
            With ``chunks``, ``describe()`` and ``score(chunk)``.

        Raises
        ------
        InputError
            When options cannot be told apart by their tokens, or prompts are longer than the model
            reads or have tokens that the model does not.
        """
        _check_asked(prompts, options)
        if len(options) < 2:
            raise InputError(f"There are {len(options)} options; a choice needs at least two.")
        if not self.chat.answerable:
            return Unanswerable(len(prompts), len(options))
        requests = self._encoder.choices([self.chat.text(prompt) for prompt in prompts], options)
        self._check_lengths(prompts, [request.tokens for request in requests])
        self._check_tokens(max((request.highest for request in requests), default=0))
        known: dict[OptionTokens, int] = {}
        places = [known.setdefault(request, len(known)) for request in requests]
        different = list(known)
        cut = batches(
            different,
            budget=self.batch_tokens,
            call=_CALL if self._on_processor else _CALL_ELSEWHERE,
            shared=not self._unshared,
        )
        return BatchPlan(
            self.network, different, places, cut, said=self._said, budget=self.batch_tokens
        )

    def score(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        """Return how likely each option is as the answer to each prompt.

        Parameters
        ----------
        prompts, options
            As for `plan`.

        Returns
        -------
        OptionScores
            Status 2 where the model's numbers overflow, 3 where its template opens a thought that
            cannot be closed. Where a tokenizer merges the prompt's last characters with an answer
            the mass is that of the merged tokens.

        Raises
        ------
        InputError
            As for `plan`, before anything is computed.
        ParameterError
            When a single prompt does not fit into memory.
        """
        return scored(self.plan(prompts, options), len(prompts), len(options))

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
        return continued(
            self.network,
            self.tokenizer,
            rows,
            max_new_tokens=max_new_tokens,
            budget=self.batch_tokens,
        )

    @property
    def _said(self) -> str:
        """A clause on whether beginnings are shared."""
        return (
            f"every prompt is read in full: {self._unshared}"
            if self._unshared
            else "common beginnings are read once"
        )

    def _why_not_shared(self) -> str:
        """Return why beginnings are not shared, empty where they are; warn where they should be."""
        reason, surprising = why_not_shared(self.network)
        if surprising:
            warnings.warn(f"{self.name}: {reason}; every prompt is read in full.", stacklevel=3)
        return reason

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
        if limit is None or max(lengths, default=0) <= limit:
            return
        long = {i: number for i, number in enumerate(lengths) if number > limit}
        named = [
            f"{prompts[i].user[:40]!r}… has {long[i]}"
            for i in sorted(long, key=lambda i: -long[i])[:_NAMED]
        ]
        more = f", and {len(long) - _NAMED} more are too long" if len(long) > _NAMED else ""
        raise PromptTooLongError(
            f"{self.name} reads at most {limit} tokens, but with its answer the prompt "
            f"{', the prompt '.join(named)}{more}; shorten them.",
            long,
            limit,
        )


def _check_asked(prompts: object, options: object) -> None:
    """Raise unless prompts are prompts and options a sequence of texts."""
    for what, found in {"prompts": prompts, "options": options}.items():
        if isinstance(found, str) or not isinstance(found, Sequence):
            raise InputError(f"{what} is {found!r}; give a list, with one entry for each.")
        kind = Prompt if what == "prompts" else str
        for each in found:
            if not isinstance(each, kind):
                raise InputError(f"{what} holds {each!r}; it must hold {kind.__name__} alone.")


def _tokenizer_hash(tokenizer: PreTrainedTokenizerBase) -> str:
    """Return a hash of the tokenizer's whole state, or of its vocabulary alone."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    state = (
        json.dumps(tokenizer.get_vocab(), sort_keys=True) if backend is None else backend.to_str()
    )
    return hashlib.sha256(state.encode()).hexdigest()


def _config_hash(network: PreTrainedModel) -> str:
    """Return a hash of what a model computes beside its weights; its path is no part of it."""
    config = {
        name: value
        for name, value in network.config.to_dict().items()
        if name not in {"_name_or_path", "transformers_version"}
    }
    return hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()


def _device_name(network: PreTrainedModel) -> str:
    """Return which processor or accelerator it is, as far as results hang on it."""
    import torch

    if spread := getattr(network, "hf_device_map", None):
        return f"spread: {json.dumps(spread, sort_keys=True, default=str)}"
    device = input_device(network)
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return str(torch.backends.cpu.get_cpu_capability()) if device.type == "cpu" else device.type
