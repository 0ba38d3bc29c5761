"""What ``disca-nb opinions`` was asked for, checked as far as it can be without any file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from disca_nb.cli._running import orders_in, running_options
from disca_nb.errors import ParameterError, unknown_name

__all__ = ["DEMO", "RESPONSES", "SAMPLE", "Request", "names_in", "request"]

DEMO, SAMPLE = "demo", "sample"
RESPONSES = (".jsonl", ".ndjson", ".nc", ".zarr")
"""Endings of saved answers."""

_KINDS = ("default", "cross-national", "linguistic")
_ABSENT = ("error", "zero", "bound")
# The demo asks for two countries, and in the languages that are spoken there.
_SPOKEN = {"de": ["DEU"], "ko": ["KOR"]}


@dataclass(frozen=True)
class Request:
    """The command line.

    Attributes
    ----------
    source : str
        Model, path of saved answers, or demo.
    recorded : bool
        Whether the demo's answers that ship are taken.
    surveys : list of str
        Files or names.
    mapping : Path or None
        What the columns of a CSV file mean.
    country_column : str or None
        Column of countries of SPSS and Stata files.
    merge : dict
        New label to the labels of samples.
    drop : str or None
        "missing", or None.
    promptings : list of str or None
        As named; None for what is usual.
    prompted : list of str or None
        Countries of cross-national prompting; None for all.
    languages : dict
        Language to the countries whose it is.
    translations : dict
        Language to the survey's translation.
    orders : str or int
        Orders of the options.
    absent : str
        What a letter counts as that saved answers lack.
    models : list of str or None
        Which of saved answers; None for all.
    out : Path or None
        Where answers are saved.
    countries : list of str or None
        Countries that are compared; None for all.
    mode : str
        Which questions count.
    reference : str or None
        The country of mode paired.
    n_boot, seed : int
        Bootstrap draws and their seed.
    min_mass : float
        Below this probability of all options together an answer is marked.
    """

    source: str
    recorded: bool
    surveys: list[str]
    mapping: Path | None
    country_column: str | None
    merge: dict[str, list[str]]
    drop: str | None
    promptings: list[str] | None
    prompted: list[str] | None
    languages: dict[str, list[str]]
    translations: dict[str, str]
    orders: str | int
    absent: str
    models: list[str] | None
    out: Path | None
    countries: list[str] | None
    mode: str
    reference: str | None
    n_boot: int
    seed: int
    min_mass: float

    @property
    def is_saved(self) -> bool:
        """Whether answers are read and not asked for."""
        return self.recorded or Path(self.source).suffix.lower() in RESPONSES

    @property
    def is_sample(self) -> bool:
        """Whether the survey is the shipped sample."""
        return self.surveys == [SAMPLE]

    @property
    def kinds(self) -> list[str]:
        """Ways in which a model is asked."""
        usual = ["default", *(["linguistic"] if self.languages else [])]
        return usual if self.promptings is None else self.promptings


def request(arguments: argparse.Namespace) -> Request:
    """Return the command line's meaning.

    Raises
    ------
    ParameterError
        For an option that does nothing here, lacks something, or is out of its range.
    UnknownNameError
        For a mode or prompting that is not known.
    """
    found = Request(
        source=arguments.source,
        recorded=arguments.recorded,
        surveys=arguments.survey or [],
        mapping=arguments.mapping,
        country_column=arguments.country_column,
        merge=_pairs(arguments.merge or [], "--merge", ";"),
        drop="missing" if arguments.drop_missing else None,
        promptings=names_in(arguments.promptings),
        prompted=names_in(arguments.countries),
        languages=_languages(arguments.languages),
        translations=_translations(arguments.translation or []),
        orders=orders_in(arguments.orders),
        absent=arguments.absent or "error",
        models=names_in(arguments.models),
        out=arguments.out,
        countries=names_in(arguments.countries),
        mode=arguments.mode,
        reference=arguments.reference,
        n_boot=arguments.n_boot,
        seed=arguments.seed,
        min_mass=arguments.min_mass,
    )
    found = _demo(found) if found.source == DEMO and found.surveys in ([], [SAMPLE]) else found
    _check_comparison(found)
    _check_useless(arguments, found)
    if not found.surveys:
        raise ParameterError("No survey was named; use --survey FILE, or --survey sample.")
    if found.absent not in _ABSENT:
        raise unknown_name("way with --absent", found.absent, _ABSENT)
    if not found.is_saved:
        _check_asking(found)
    return found


def names_in(text: str | None) -> list[str] | None:
    """Return the names of a list, divided by semicolons where there are any, else by commas.

    Examples
    --------
    >>> names_in("JPN, USA"), names_in("Korea, South;Japan"), names_in(None)
    (['JPN', 'USA'], ['Korea, South', 'Japan'], None)
    """
    if text is None:
        return None
    return [name.strip() for name in text.split(";" if ";" in text else ",") if name.strip()]


def _pairs(texts: Sequence[str], option: str, separator: str) -> dict[str, list[str]]:
    """Return what texts of the form NEW=A;B say."""
    found = {}
    for text in texts:
        name, sign, values = (part.strip() for part in text.partition("="))
        parts = [value.strip() for value in values.split(separator) if value.strip()]
        if not (name and sign and parts):
            raise ParameterError(f"{option} is {text!r}; write NAME=VALUE.")
        found[name] = parts
    return found


def _languages(text: str | None) -> dict[str, list[str]]:
    """Return languages with the countries whose they are."""
    named = names_in(text) or []
    spoken = _pairs([each for each in named if "=" in each], "--languages", "+")
    codes = [each.partition("=")[0].strip() for each in named]
    return {code: spoken.get(code, []) for code in codes}


def _translations(texts: Sequence[str]) -> dict[str, str]:
    """Return the files of translations; a path is taken whole."""
    return {code: paths[0] for code, paths in _pairs(texts, "--translation", "\0").items()}


def _demo(found: Request) -> Request:
    """Return the request with what the demo has where nothing was said."""
    from dataclasses import replace

    kinds = list(_KINDS) if found.promptings is None else found.promptings
    spoken = _SPOKEN if "linguistic" in kinds else {}
    return replace(
        found,
        surveys=[SAMPLE],
        promptings=kinds,
        languages=found.languages or spoken,
        prompted=found.prompted or [code for codes in _SPOKEN.values() for code in codes],
    )


def _check_comparison(found: Request) -> None:
    """Raise before the work for a comparison that cannot be made."""
    from disca_nb.kernels import check_seed
    from disca_nb.metrics.bootstrap import check_draws
    from disca_nb.metrics.opinions.modes import MODES

    if found.mode not in MODES:
        raise unknown_name("mode", found.mode, MODES)
    if found.mode == "paired" and found.reference is None:
        raise ParameterError("Mode paired has no reference; name a country with --reference.")
    if found.mode != "paired" and found.reference is not None:
        raise ParameterError(
            f"--reference {found.reference} does nothing in mode {found.mode}; use --mode paired."
        )
    check_draws("n_boot", found.n_boot)
    check_seed(found.seed)


def _check_asking(found: Request) -> None:
    """Raise for promptings that a model cannot be asked under."""
    for name in found.kinds:
        if name not in _KINDS:
            raise unknown_name("prompting", name, _KINDS)
    if "linguistic" in found.kinds and not found.languages:
        raise ParameterError("Linguistic prompting has no language; name some with --languages.")
    if found.languages and "linguistic" not in found.kinds:
        named = ",".join(found.languages)
        raise ParameterError(
            f"--languages {named} does nothing without linguistic among --promptings; add it."
        )


def _check_useless(arguments: argparse.Namespace, found: Request) -> None:
    """Raise for an option that the answers have no use for."""
    asking = {"--orders": arguments.orders, "--translation": arguments.translation}
    reading = {"--absent": arguments.absent, "--models": arguments.models}
    if found.is_saved and (given := running_options(arguments)):
        raise ParameterError(f"{given[0]} does nothing with saved answers; leave it out.")
    if found.recorded and (found.source != DEMO or not found.is_sample):
        raise ParameterError("--recorded is of the demo alone; use disca-nb opinions demo.")
    for option, value in (asking if found.is_saved else reading).items():
        if value is not None:
            kind = "saved answers" if found.is_saved else "a model that is asked"
            raise ParameterError(f"{option} does nothing with {kind}; leave it out.")
