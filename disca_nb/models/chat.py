"""From a prompt to the text that a model reads: chat template, system role and answer channel.

What a template can do is found once, on a made-up conversation: whether it shows a system text,
how its generation prompt ends, and what stands between that and an answer. The first token has to
be an answer, so thinking is turned off where the template has a switch, or a thought that it opens
is closed at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from disca_nb.errors import InputError, shorten
from disca_nb.models._dates import DATE, frozen
from disca_nb.models._thinking import SWITCHES, answer_channel
from disca_nb.prompts import Prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["PLAIN", "ChatFormat", "chat_format"]

PLAIN = "plain"
"""Instead of a template: system text, user turn and answer prefix joined by line breaks."""

Messages: TypeAlias = list[dict[str, str]]
Render: TypeAlias = Callable[[Messages], str]

_SYSTEM, _USER, _ANSWER = "qxsystemxq", "qxuserxq", "qxanswerxq"


@dataclass(frozen=True)
class ChatFormat:
    """How prompts become text for one model.

    Attributes
    ----------
    template : str
        The Jinja template, or "plain".
    render : callable or None
        Makes text of messages; None for "plain".
    system_role : bool
        Whether system texts have a place of their own; otherwise they head the user's turn.
    thinking : str
        What is done about it: "none", "switched off", "closed", "prefilled" or "open".
    start : str
        What stands before every answer, so that it is one.
    """

    template: str
    render: Render | None = None
    system_role: bool = True
    thinking: str = "none"
    start: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the first token can be an answer."""
        return self.thinking != "open"

    def text(self, prompt: Prompt) -> str:
        """Return what the model reads, up to where its answer begins."""
        if self.render is None:
            parts = [prompt.system] * bool(prompt.system)
            return "\n".join([*parts, prompt.user, prompt.prefix])
        user, messages = prompt.user, []
        if prompt.system and self.system_role:
            messages.append({"role": "system", "content": prompt.system})
        elif prompt.system:
            user = f"{prompt.system}\n\n{user}"
        messages.append({"role": "user", "content": user})
        return self.render(messages) + self.start + prompt.prefix


def chat_format(
    tokenizer: PreTrainedTokenizerBase | None, chat_template: str | None, name: str
) -> ChatFormat:
    r"""Return how a tokenizer's chat template, or one given instead, makes text of prompts.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase or None
        Tokenizer of the model; "plain" needs none.
    chat_template : str or None
        A Jinja template instead of the tokenizer's own, or "plain" for none.
    name : str
        Name of the model, for messages.

    Returns
    -------
    ChatFormat

    Raises
    ------
    InputError
        When there is no template, several without a default, or one that does not show the
        user's turn.

    Examples
    --------
    >>> chat_format(None, "plain", "base").text(Prompt("", "Tea or coffee?", "Answer: "))
    'Tea or coffee?\nAnswer: '
    """
    if chat_template == PLAIN or tokenizer is None:
        return ChatFormat(PLAIN)
    template = _template(tokenizer, chat_template, name)
    render = _renderer(tokenizer, template, switch=False)
    asked = [{"role": "user", "content": _USER}]
    text = render(asked)
    if _USER not in text:
        raise InputError(
            f"The chat template leaves the user's turn out (it gives {text[:60]!r}); give another "
            "with chat_template=."
        )
    switched = _tried(_renderer(tokenizer, template, switch=True), asked) not in {None, text}
    thinking, start = answer_channel(template, text.rpartition(_USER)[2], switched=switched)
    if not start:
        start = _space(tokenizer, template, text)
    return ChatFormat(template, render, _shows_system(render), thinking, start)


def _template(tokenizer: PreTrainedTokenizerBase, given: str | None, name: str) -> str:
    """Return the template to be used: the one given, or the tokenizer's own."""
    if given is not None and not given.strip():
        raise InputError('The chat template is empty; write one, or give "plain" for none.')
    own = tokenizer.chat_template
    if given is not None:
        return given
    if not own:
        raise InputError(
            f"{name} has no chat template; give chat_template= a Jinja template, or "
            'chat_template="plain" for a base model.'
        )
    if isinstance(own, Mapping) and "default" not in own:
        raise InputError(
            f"{name} has the chat templates {shorten(own)} and none is the default; give one of "
            "their texts with chat_template=."
        )
    return str(own["default"] if isinstance(own, Mapping) else own)


def _renderer(
    tokenizer: PreTrainedTokenizerBase, template: str, *, switch: bool, asks: bool = True
) -> Render:
    """Return a function that makes text of messages.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        For the special tokens.
    template : str
        The template.
    switch : bool
        Whether the model may think, where the template can be told.
    asks : bool
        Whether the text ends where the model's turn begins.
    """
    still, variables = frozen(template), _variables(template, switch=switch)

    def render(messages: Messages) -> str:
        try:
            text: Any = tokenizer.apply_chat_template(
                messages,
                chat_template=still,
                tokenize=False,
                add_generation_prompt=asks,
                **variables,
            )
        except Exception as error:  # noqa: BLE001 - a foreign program, which may raise anything
            reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        else:
            return str(text)
        raise InputError(
            f"The chat template cannot show a user's turn ({reason}); give another with "
            "chat_template=."
        )

    return render


def _tried(render: Render, messages: Messages) -> str | None:
    """Return the text of messages, or None where the template does not take them."""
    try:
        return render(messages)
    except InputError:
        return None


def _shows_system(render: Render) -> bool:
    """Return whether the template takes a system text and prints it."""
    system = {"role": "system", "content": _SYSTEM}
    text = _tried(render, [system, {"role": "user", "content": _USER}])
    return text is not None and _SYSTEM in text


def _space(tokenizer: PreTrainedTokenizerBase, template: str, asked: str) -> str:
    """Return the white space that the template puts before an answer of the model.

    ``asked`` is what it makes of a user's turn. Some formats end it with "[/INST]" and begin the
    answer with a space: the answer without it would be other tokens than the model has learnt.
    """
    messages = [{"role": "user", "content": _USER}, {"role": "assistant", "content": _ANSWER}]
    whole = _tried(_renderer(tokenizer, template, switch=False, asks=False), messages)
    if whole is None or not whole.startswith(asked):
        return ""
    between, found, _ = whole.removeprefix(asked).partition(_ANSWER)
    return between if found and between.isspace() else ""


def _variables(template: str, *, switch: bool) -> Mapping[str, object]:
    """Return what the template is told: whether to think, and a date that stays the same."""
    found: dict[str, object] = {
        name: switch for name in SWITCHES if re.search(rf"\b{name}\b", template)
    }
    if "date_string" in template:
        found["date_string"] = DATE.strftime("%d %b %Y")
    return found
