"""From a prompt to the text that a model reads: chat template, system role and answer channel.

What a template can do is found once, on a made-up conversation: whether it shows a system text,
and how its generation prompt ends. The first token after it has to be an answer, so thinking is
turned off where the template has a switch, or a thought that it opens is closed at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from disca_nb.errors import InputError
from disca_nb.prompts import Prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["PLAIN", "ChatFormat", "chat_format"]

PLAIN = "plain"
"""Instead of a template: system text, user turn and answer prefix joined by line breaks."""

Render: TypeAlias = Callable[[list[dict[str, str]]], str]

_SYSTEM, _USER = "qxsystemxq", "qxuserxq"
# Templates that print the date would make the same prompt another one tomorrow.
_DATE = dt.date(2024, 7, 26)
_NOW = re.compile(r"strftime_now\(\s*(?P<quote>['\"])(?P<form>.*?)(?P=quote)\s*\)")
_SWITCHES = ("enable_thinking", "thinking")
_OPEN_TAG = re.compile(r"(?P<open>[<\[])(?P<name>[\w:]*(?i:think)[\w:]*)(?P<close>[>\]])\s*$")
_OTHER_THOUGHT = re.compile(r"(?i:think|thought|reason|analysis)\w*(?:\|>|<\|message\|>)\s*$")
_EMPTY_THOUGHT = "<think>\n\n</think>\n\n"
_FINAL_CHANNEL = "<|channel|>final<|message|>"


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
        When there is no template, or it does not show the user's turn.

    Examples
    --------
    >>> chat_format(None, "plain", "base").text(Prompt("", "Tea or coffee?", "Answer: "))
    'Tea or coffee?\nAnswer: '
    """
    if chat_template == PLAIN or tokenizer is None:
        return ChatFormat(PLAIN)
    own = tokenizer.chat_template
    if chat_template is None and not own:
        raise InputError(
            f"{name} has no chat template; give chat_template= a Jinja template, or "
            'chat_template="plain" for a base model.'
        )
    template: str = chat_template or tokenizer.get_chat_template()
    variables = _variables(template)
    frozen = _NOW.sub(lambda call: repr(_DATE.strftime(call["form"])), template)

    def render(messages: list[dict[str, str]]) -> str:
        text: Any = tokenizer.apply_chat_template(
            messages,
            chat_template=frozen,
            tokenize=False,
            add_generation_prompt=True,
            **variables,
        )
        return str(text)

    thinking, start = _answer_channel(template, _tail(render))
    return ChatFormat(template, render, _shows_system(render), thinking, start)


def _tail(render: Render) -> str:
    """Return what the template puts after the user's turn."""
    from jinja2 import TemplateError

    try:
        text = render([{"role": "user", "content": _USER}])
    except (TemplateError, TypeError, ImportError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise InputError(
            f"The chat template cannot show a user's turn ({reason}); give another with "
            "chat_template=."
        ) from None
    if _USER not in text:
        raise InputError(
            f"The chat template leaves the user's turn out (it gives {text[:60]!r}); give another "
            "with chat_template=."
        )
    return text.rpartition(_USER)[2]


def _shows_system(render: Render) -> bool:
    """Return whether the template takes a system text and prints it."""
    from jinja2 import TemplateError

    system = {"role": "system", "content": _SYSTEM}
    try:
        return _SYSTEM in render([system, {"role": "user", "content": _USER}])
    except (TemplateError, TypeError):
        return False


def _variables(template: str) -> Mapping[str, object]:
    """Return what the template is told: no thinking, and a date that stays the same."""
    found: dict[str, object] = {
        name: False for name in _SWITCHES if re.search(rf"\b{name}\b", template)
    }
    if "date_string" in template:
        found["date_string"] = _DATE.strftime("%d %b %Y")
    return found


def _answer_channel(template: str, tail: str) -> tuple[str, str]:
    """Return what is done about thinking, and what is put before the answer.

    Parameters
    ----------
    template : str
        The template.
    tail : str
        What it puts after the user's turn.
    """
    if tag := _OPEN_TAG.search(tail):
        break_ = "\n" if tail.endswith("\n") else "\n\n"
        return "closed", f"{break_}{tag['open']}/{tag['name']}{tag['close']}\n\n"
    if _OTHER_THOUGHT.search(tail):
        return "open", ""
    if "<|channel|>" in template and "<|channel|>" not in tail:
        return "prefilled", _FINAL_CHANNEL
    if "enable_thinking" in template:
        return "switched off", ""
    if "</think>" in template and "</think>" not in tail:
        return "prefilled", _EMPTY_THOUGHT
    return "none", ""
