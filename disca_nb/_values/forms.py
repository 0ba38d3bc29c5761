"""What `ask_values` is given beside questions: forms of answers, and who reads those in words."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence

import xarray as xr

from disca_nb._elicit.given import Asked, several
from disca_nb.datasets._table import each_once
from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.models.protocol import FAILED, LanguageModel

__all__ = ["CHOICE", "FORMS", "OPEN", "check_writers", "forms_of", "judge_of", "warn_of_unread"]

CHOICE, OPEN = FORMS = ("choice", "open")
"""Forms of answers: a letter of an option, or words that a judge reads."""


def forms_of(given: str | Iterable[str]) -> list[str]:
    """Return the forms that are meant, in the order in which they stand in a result.

    Raises
    ------
    InputError
        When there is none.
    UnknownNameError
        For another form.

    Examples
    --------
    >>> forms_of(["open", "choice"])
    ['choice', 'open']
    """
    names = each_once(given, "forms")
    for name in names:
        if name not in FORMS:
            raise unknown_name("form", name, FORMS)
    if not names:
        raise InputError(f"There are 0 forms; choose some of {', '.join(FORMS)}.")
    return [form for form in FORMS if form in names]


def judge_of(judge: Asked | None, forms: Sequence[str]) -> Asked | None:
    """Return the judge, or raise where there is nothing to judge."""
    if judge is None:
        return None
    (found,) = several(judge)
    if OPEN not in forms:
        name = found.name if isinstance(found, LanguageModel) else str(found)
        raise InputError(
            f"The judge {name!r} has no answers in words to read; add {OPEN!r} to forms, or leave "
            "judge out."
        )
    return found


def check_writers(models: Sequence[Asked]) -> None:
    """Raise unless models that are loaded write answers in words."""
    for each in models:
        if isinstance(each, LanguageModel) and not callable(getattr(each, "generate", None)):
            raise InputError(
                f"The model {each.name!r} has no method generate, by which it would write words; "
                f"leave {OPEN!r} out of forms, or give another judge."
            )


def warn_of_unread(result: xr.Dataset) -> None:
    """Warn where a judge's verdicts are off the format.

    Parameters
    ----------
    result : xarray.Dataset
        Responses with the form "open".

    Warns
    -----
    UserWarning
        One sentence for all models.
    """
    failed = (result["status"].sel(form=OPEN) == FAILED).sum("wording")
    counts = zip(result["model"].values.tolist(), failed.values.tolist(), strict=True)
    said = [f"{name} ({count} of {result.sizes['wording']})" for name, count in counts if count]
    if said:
        warnings.warn(
            f"Verdicts on answers in words are off the format: {shorten(said, 5)}; such answers "
            "have status 2 and no stance, and judge_reply says what the judge wrote.",
            stacklevel=3,
        )
