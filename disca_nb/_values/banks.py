"""Value questions as they are asked: as one survey bank for each language."""

from __future__ import annotations

import xarray as xr

from disca_nb.datasets.values.schema import checked_questions, questions_hash
from disca_nb.errors import UnknownNameError, shorten
from disca_nb.prompts.survey_frames import frame_languages

__all__ = ["bank_of", "banks_of", "checked_questions", "languages_of", "questions_hash"]

_KNOWN = ("name", "source", "notice", "synthetic")
# Of texts in several languages, in BCP 47.
_MANY = "mul"


def banks_of(questions: xr.Dataset) -> dict[str, xr.Dataset]:
    """Return value questions as banks of `disca_nb.ask_survey`, one for each language.

    Parameters
    ----------
    questions : xarray.Dataset
        As `checked_questions` returns.

    Returns
    -------
    dict of str to xarray.Dataset
        By language, in order of appearance; ``question`` holds the labels of wordings.

    Raises
    ------
    UnknownNameError
        For a language that has no survey frames.
    """
    spoken = questions["wording_language"]
    return {
        language: bank_of(questions.isel(wording=(spoken == language).values))
        for language in languages_of(questions)
    }


def languages_of(questions: xr.Dataset) -> list[str]:
    """Return the languages of questions in order of appearance, all of which have frames."""
    spoken = questions["wording_language"].values.tolist()
    known = frame_languages()
    found = list(dict.fromkeys(map(str, spoken)))
    for language in found:
        if language not in known:
            raise UnknownNameError(
                f"{spoken.count(language)} of the wordings are in {language!r}, which has no "
                f"survey frames; leave them out, or use one of {shorten(known, len(known))}."
            )
    return found


def bank_of(questions: xr.Dataset) -> xr.Dataset:
    """Return value questions as one survey bank, whose language is theirs if they have one alone.

    Parameters
    ----------
    questions : xarray.Dataset
        As `checked_questions` returns.

    Returns
    -------
    xarray.Dataset
        ``question`` holds the labels of wordings.
    """
    spoken = set(questions["wording_language"].values.tolist())
    texts = questions["option_text"].transpose("wording", "option")
    coords = {
        "question": questions["wording"].values,
        "option": questions["option"].values,
        "question_text": ("question", questions["wording_text"].values),
        "n_options": ("question", questions["n_options"].values),
        "option_text": (("question", "option"), texts.values),
    }
    about = {name: questions.attrs[name] for name in _KNOWN if name in questions.attrs}
    language = str(spoken.pop()) if len(spoken) == 1 else _MANY
    return xr.Dataset(coords=coords, attrs={**about, "language": language})
