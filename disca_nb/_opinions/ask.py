"""`ask_survey`: ask models the questions of a survey, in several ways and orders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

import xarray as xr

from disca_nb._elicit.given import Asked
from disca_nb._elicit.progress import Follow
from disca_nb._opinions.orders import Orders
from disca_nb._opinions.promptings import KINDS
from disca_nb._opinions.request import survey_request
from disca_nb._opinions.running import carried_out, warn_of_unanswered

__all__ = ["ask_survey"]


def ask_survey(
    model: Asked | Sequence[Asked],
    bank: xr.Dataset,
    *,
    promptings: str | Iterable[str] = KINDS,
    countries: str | Iterable[str] | None = None,
    languages: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    translations: Mapping[str, xr.Dataset] | None = None,
    language: str | os.PathLike[str] | None = None,
    orders: Orders = "two",
    seed: int = 0,
    min_mass: float = 0.5,
    progress: Follow = True,
    store: str | os.PathLike[str] | None = None,
) -> xr.Dataset:
    """Ask models every question of a survey, with lettered options.

    An answer is the probability of each option's letter as the next token, scaled so that all
    letters of the question sum to 1, and averaged over orders of the options so that a liking for
    a letter cancels. Each different prompt is scored once.

    With ``store`` nothing that was computed is lost: every finished batch is written to disk, and
    the same call goes on where an earlier one was stopped, by whatever. Its result is that of a
    run without a stop, bit for bit.

    Parameters
    ----------
    model : LanguageModel, str, path or sequence of these
        A model, the name or folder of one for `disca_nb.models.load`, or several.
    bank : xarray.Dataset
        Survey of `disca_nb.datasets.surveys`: ``question_text``, ``n_options`` and
        ``option_text``. Shares are not looked at.
    promptings : str or iterable of str
        Some of "default" (the question as it is), "cross-national" (how someone from a country
        would answer it) and "linguistic" (the question in another language).
    countries : str or iterable of str, optional
        Countries of the bank for cross-national prompting; all of them by default.
    languages : str, path or iterable of these
        Languages for linguistic prompting, as codes of `disca_nb.prompts.load_frames` or files;
        none by default.
    translations : mapping of str to xarray.Dataset, optional
        The bank in other languages, by code. In a language without one the frame alone is in that
        language, and question and options stay as they are; ``question_language`` says so.
    language : str or path, optional
        Frames of default and cross-national prompting; those of the bank's language by default.
    orders : {"two", "exhaustive"} or int
        Options as given and reversed; in all orders where there are at most three; or in so many
        different orders, drawn by question after the first two.
    seed : int
        Of drawn orders.
    min_mass : float
        Where all options together are less probable than this the status is 3; 0 to 1.
    progress : bool or callable
        As for `disca_nb.elicit`: a bar, none, or a function to be told.
    store : path, optional
        Where the result is saved, a ``.zarr`` store or a ``.nc`` file, as for `disca_nb.elicit`.

    Returns
    -------
    xarray.Dataset
        ``answer_prob`` (model, prompting, question, option), NaN past a question's last option
        and where nothing was scored; ``answer_mass``, the probability of all letters together, and
        ``status`` (model, prompting, question), the worst of the orders: scored, failed, low mass.
        ``order_answer_prob`` and ``order_answer_mass`` are the same by order, with options as the
        bank has them; ``option_position`` (order, question, option) is where an option stood, 0
        where a question was not shown in that order. Promptings are labelled "default", "as JPN",
        "in ko" and have ``prompting_kind``, ``prompted_country``, ``prompting_language`` and
        ``question_language``. Coordinates of the bank's questions come along; ``bank_sha256`` is
        the hash of what was asked, ``manifest`` a JSON text.

    Raises
    ------
    InputError
        When texts or options are missing, there are more options than letters, a translation is
        of another bank, languages or names of models clash, something is given that no prompting
        needs, a prompt is too long, or a model cannot be loaded.
    UnknownNameError
        For an unknown prompting, country, language or kind of orders.
    ParameterError
        When ``orders``, ``seed`` or ``min_mass`` is out of range.
    StoreError
        When ``store`` is of another run, which is told with what differs, another process writes
        it, it is damaged, or the disk is full.

    Warns
    -----
    UserWarning
        When answers failed or have little mass, with how many.

    See Also
    --------
    read_responses : answers from elsewhere in the same form.

    References
    ----------
    Durmus et al., arXiv 2306.16388, sections 2 and 3: next-token probabilities of lettered options
    under default, cross-national and linguistic prompting.

    Examples
    --------
    >>> import numpy as np
    >>> from disca_nb.models import OptionScores
    >>> class FirstLetter:
    ...     name, manifest = "first-letter", {}
    ...
    ...     def score(self, asked, options):
    ...         rest = 0.25 / (len(options) - 1)
    ...         return OptionScores.of(np.log([[0.75] + [rest] * (len(options) - 1)] * len(asked)))
    >>> bank = xr.Dataset(
    ...     coords={
    ...         "country": ["JPN"], "question": ["q1"], "option": ["1", "2"],
    ...         "question_text": ("question", ["Is tea better than coffee?"]),
    ...         "option_text": (("question", "option"), [["yes", "no"]]),
    ...         "n_options": ("question", [2]),
    ...     }
    ... )
    >>> answers = ask_survey(FirstLetter(), bank, progress=False)
    >>> answers.prompting.values.tolist()
    ['default', 'as JPN']
    >>> answers.order_answer_prob.sel(prompting="default").values.round(2).tolist()
    [[[[0.75, 0.25]], [[0.25, 0.75]]]]
    >>> answers.answer_prob.sel(prompting="default").values.round(2).tolist()
    [[[0.5, 0.5]]]
    """
    run = survey_request(
        model,
        bank,
        promptings=promptings,
        countries=countries,
        languages=languages,
        translations=translations,
        language=language,
        orders=orders,
        seed=seed,
        min_mass=min_mass,
    )
    result = carried_out(run, progress=progress, store=store)
    warn_of_unanswered(result)
    return result
