"""What a chat template does about thinking: the first token after its end has to be an answer.

Judged by what templates print, not by the words that they contain: a switch counts if it changes
the text, a tag if nothing closes it.
"""

from __future__ import annotations

import re

__all__ = ["SWITCHES", "answer_channel"]

SWITCHES = ("enable_thinking", "thinking")
"""Variables by which templates turn thinking off."""

_THOUGHT = r"[\w:]*(?:think|thought|reason)[\w:]*"
_TAG = re.compile(
    rf"(?P<open>[<\[◁])(?P<slash>/?)(?P<name>{_THOUGHT})(?P<close>[>\]▷])", re.IGNORECASE
)
# How these are closed is not to be guessed.
_MARK = re.compile(rf"<\|(?P<name>{_THOUGHT})\|>\s*$|\banalysis<\|message\|>\s*$", re.IGNORECASE)
_CLOSING = re.compile(r"(?:^|_)(?:end|close|no|stop)(?:_|$)", re.IGNORECASE)
_EMPTY_THOUGHT = "<think>\n\n</think>\n\n"
_FINAL_CHANNEL = "<|channel|>final<|message|>"


def answer_channel(template: str, tail: str, *, switched: bool) -> tuple[str, str]:
    r"""Return what is done about thinking, and what is put before the answer.

    Parameters
    ----------
    template : str
        The template.
    tail : str
        What it puts after the user's turn, with thinking turned off where it has a switch.
    switched : bool
        Whether the switch changes what it prints.

    Returns
    -------
    tuple of (str, str)
        "none", "switched off", "closed", "prefilled" or "open", and a text.

    Examples
    --------
    >>> answer_channel("", "<|assistant|><think>\n", switched=False)
    ('closed', '\n</think>\n\n')
    >>> answer_channel("", "<|START_THINKING|>", switched=False)
    ('open', '')
    """
    if tag := _unclosed(tail):
        break_ = "\n" if tail.endswith("\n") else "\n\n"
        return "closed", f"{break_}{tag['open']}/{tag['name']}{tag['close']}\n\n"
    mark = _MARK.search(tail)
    if mark and not _CLOSING.search(mark["name"] or ""):
        return "open", ""
    if "<|channel|>" in template and "<|channel|>" not in tail:
        return "prefilled", _FINAL_CHANNEL
    if switched:
        return "switched off", ""
    if "</think>" in template and "</think>" not in tail:
        return "prefilled", _EMPTY_THOUGHT
    return "none", ""


def _unclosed(tail: str) -> re.Match[str] | None:
    """Return the tag of a thought that is still open at the end, if there is one."""
    found = None
    for tag in _TAG.finditer(tail):
        closing = tag["slash"] or _CLOSING.search(tag["name"])
        found = None if closing else tag
    return found
