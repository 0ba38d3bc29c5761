"""What a model is asked: one system text, one user turn and the beginning of its answer."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Prompt"]


@dataclass(frozen=True)
class Prompt:
    """One request to a model, before any chat template.

    Attributes
    ----------
    system : str
        System text; empty for none.
    user : str
        The user's turn.
    prefix : str
        How the assistant's turn begins; the options are scored as what follows it.

    Examples
    --------
    >>> Prompt("You are a helpful assistant.", "Tea or coffee?").prefix
    ''
    """

    system: str
    user: str
    prefix: str = ""
