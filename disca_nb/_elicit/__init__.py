"""`elicit`: ask a model every dilemma as itself and as each persona, in both orders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import xarray as xr

from disca_nb._elicit.given import Asked
from disca_nb._elicit.progress import Follow, Progress
from disca_nb._elicit.quality import warn_of_unscored
from disca_nb._elicit.request import request
from disca_nb._elicit.running import answered
from disca_nb.prompts.frames import Exchange

__all__ = ["Progress", "elicit"]


def elicit(
    model: Asked | Sequence[Asked],
    scenarios: xr.Dataset,
    panel: xr.Dataset,
    *,
    countries: str | Iterable[str] | None = None,
    language: str | os.PathLike[str] | None = None,
    exchange: Exchange = "lines",
    min_mass: float = 0.5,
    progress: Follow = True,
    store: str | os.PathLike[str] | None = None,
) -> xr.Dataset:
    """Ask models every dilemma, as themselves and as each persona of each country.

    Every prompt is scored in the order shown (AB) and with the options exchanged (BA). A gap is
    log p(B) - log p(A), in natural logarithms, never divided by anything. A prompt that several
    countries share, as they do the base prompt, is scored once, and what many prompts begin with
    is read once (`disca_nb.plan` says how much that saves).

    With ``store`` nothing that was computed is lost: every finished batch is written to disk, and
    the same call goes on where an earlier one was stopped, by whatever. Its result is that of a
    run without a stop, bit for bit, latencies aside.

    With ``exchange="lines"`` a choice with its sides changed is the same two prompts the other way
    round, and its debiased gap the same number with the other sign: of the grid, which has every
    choice from both sides, the slice of 310 holds 155 gaps that do not follow from each other.

    Parameters
    ----------
    model : LanguageModel, str, path or sequence of these
        A model, the name or folder of one for `disca_nb.models.load`, or several. Named models
        are loaded one after the other, and each is let go before the next.
    scenarios : xarray.Dataset
        Dilemmas of `disca_nb.prompts.scenarios` or `disca_nb.datasets.scenarios.from_csv`; all
        that the registry knows of them comes along as coordinates.
    panel : xarray.Dataset
        Personas of `disca_nb.prompts.persona_panel` or one of its siblings.
    countries : str or iterable of str, optional
        Which countries of the panel; all by default.
    language : str or path, optional
        Language pack; that of the panel by default. A pack in a file of yours must be given.
    exchange : {"lines", "labels"}
        What the order BA exchanges: the two descriptions, or only their letters.
    min_mass : float
        Where both options together are less probable than this the status is 3; 0 to 1.
    progress : bool or callable
        Whether to show a bar on standard error. A function is called instead, for each model at
        the start and after each finished batch, with how far it is: the ``model``, prompts
        ``done`` and in ``total``, seconds ``elapsed`` and ``left`` (None before the first batch),
        prompts ``failed`` and of ``low_mass``. What it raises stops the run, and is raised here;
        with ``store`` all that is finished is kept.
    store : path, optional
        Where the result is saved, a ``.zarr`` store or a ``.nc`` file. Until it is whole a folder
        beside it, named after it and ending in ``.run``, keeps what is finished. A result that is
        there already is returned if this call would make the same, and refused otherwise.

    Returns
    -------
    xarray.Dataset
        ``base_order_gap`` and ``base_answer_mass`` (country, scenario, model, order), the same of
        each ``persona`` as ``persona_order_gap`` and ``persona_answer_mass``; ``base_gap``,
        ``persona_gap``, ``positional_bias`` and ``vanilla_gap`` as `disca_nb.debias` makes them;
        ``status`` (country, scenario, model), the worst of a cell's prompts: failed, low mass,
        scored; ``latency``, the time of a cell's prompts in seconds, a batch's shared equally by
        its prompts. ``persona_prompt`` is what the personas were told, the attribute
        ``base_prompt`` what the model was. Other attributes say who was asked what; ``manifest``
        is a JSON text.

    Raises
    ------
    InputError
        When a text is missing, languages or names of models clash, or a model cannot be loaded.
    UnknownNameError
        For an unknown country or exchange.
    ParameterError
        When ``min_mass`` is not between 0 and 1.
    StoreError
        When ``store`` is of another run, which is told with what differs, another process writes
        it, it is damaged, or the disk is full.

    Warns
    -----
    UserWarning
        When cells were not scored, with how many and why.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from disca_nb import prompts
    >>> from disca_nb.models import OptionScores
    >>> class Longer:
    ...     name, manifest = "longer", {}
    ...
    ...     def score(self, asked, options):
    ...         share = [len(each.user) / 1000 for each in asked]
    ...         return OptionScores.of(np.log([[1 - s, s] for s in share]))
    >>> choices = prompts.scenarios("balanced", per_attribute=2)
    >>> gaps = elicit(Longer(), choices, prompts.persona_panel(["JPN"]), progress=False)
    >>> gaps.persona_gap.dims, int(gaps.status.max())
    (('country', 'scenario', 'persona', 'model'), 1)
    """
    run = request(
        model,
        scenarios,
        panel,
        countries=countries,
        language=language,
        exchange=exchange,
        min_mass=min_mass,
    )
    result = answered(run, progress=progress, store=store)
    warn_of_unscored(result)
    return result
