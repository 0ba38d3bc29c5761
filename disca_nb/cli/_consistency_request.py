"""What ``disca-nb consistency`` was asked for, checked as far as it can be without any file."""

from __future__ import annotations

import argparse
import math
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from disca_nb.cli._opinion_request import DEMO, RESPONSES, names_in
from disca_nb.cli._running import orders_in, running_options
from disca_nb.errors import ParameterError, unknown_name

__all__ = ["DEMO", "FORMS", "MEASURES", "RESPONSES", "Request", "command", "request"]

FORMS = ("choice", "open")
MEASURES = ("paraphrase", "topic", "topic-between", "use-case", "multilingual")
_ABSENT = ("error", "zero", "bound")
_SAVED = (".nc", ".zarr")
_BASES = {"2": 2.0, "e": math.e}


@dataclass(frozen=True)
class Request:
    """The command line.

    Attributes
    ----------
    source : str
        Model, path of saved answers, or demo.
    recorded : bool
        Whether the demo's answers that ship are taken.
    questions : list of str
        Files, folders or names.
    languages : list of str or None
        Languages of the questions; None for all.
    forms : list of str or None
        Forms of the answers; None for all of saved answers.
    judge : str or None
        Who reads answers in words; None for the model itself.
    orders : str or int
        Orders of the options.
    absent : str
        What a letter counts as that saved answers lack.
    models : list of str or None
        Which of saved answers; None for all.
    out : Path or None
        Where answers are saved.
    measures : list of str or None
        Kinds of consistency; None for all that the answers allow.
    compat : str or None
        "moore2024", or None.
    base : float or None
        Of the logarithm; None for the default of the rules asked for.
    labels : Path or None
        People's labels of answers in words.
    difference : tuple of str or None
        Two models, the first minus the second.
    n_boot, seed : int
        Bootstrap draws and their seed.
    level : float
        Coverage of the intervals.
    min_mass : float
        Below this probability of all options together an answer is marked.
    """

    source: str
    recorded: bool
    questions: list[str]
    languages: list[str] | None
    forms: list[str] | None
    judge: str | None
    orders: str | int
    absent: str
    models: list[str] | None
    out: Path | None
    measures: list[str] | None
    compat: str | None
    base: float | None
    labels: Path | None
    difference: tuple[str, str] | None
    n_boot: int
    seed: int
    level: float
    min_mass: float

    @property
    def is_saved(self) -> bool:
        """Whether answers are read and not asked for."""
        return self.recorded or Path(self.source).suffix.lower() in RESPONSES


def request(arguments: argparse.Namespace) -> Request:
    """Return the command line's meaning.

    Raises
    ------
    ParameterError
        For an option that does nothing here, lacks something, or is out of its range.
    UnknownNameError
        For a form or measure that is not known.
    """
    found = Request(
        source=arguments.source,
        recorded=arguments.recorded,
        questions=arguments.questions or [],
        languages=names_in(arguments.languages),
        forms=names_in(arguments.forms),
        judge=arguments.judge,
        orders=orders_in(arguments.orders),
        absent=arguments.absent or "error",
        models=names_in(arguments.models),
        out=arguments.out,
        measures=names_in(arguments.measures),
        compat="moore2024" if arguments.compat else None,
        base=_base(arguments.base, compat=arguments.compat),
        labels=arguments.labels,
        difference=_difference(arguments.difference),
        n_boot=arguments.n_boot,
        seed=arguments.seed,
        level=arguments.level,
        min_mass=arguments.min_mass,
    )
    found = _completed(found)
    _check_names(found)
    _check_numbers(found)
    _check_useless(arguments, found)
    if not found.questions:
        raise ParameterError("No questions were named; use --questions FILE, or sample.")
    return found


def command(wanted: Request) -> str:
    """Return the command that reads the answers that were saved."""
    named = " ".join(f"--questions {shlex.quote(name)}" for name in wanted.questions)
    return f"disca-nb consistency {shlex.quote(str(wanted.out))} {named}"


def _completed(found: Request) -> Request:
    """Return the request with what is usual where nothing was said."""
    if found.source == DEMO:
        found = replace(found, questions=found.questions or [DEMO])
        own = found.questions == [DEMO] and found.forms is None
        found = replace(found, forms=list(FORMS)) if own and not found.recorded else found
    if not found.is_saved and found.forms is None:
        found = replace(found, forms=["choice"])
    return found


def _base(text: str | None, *, compat: bool) -> float | None:
    """Return the base of the logarithm, None for the measure's own."""
    if text is None:
        return None
    if text not in _BASES:
        raise ParameterError(f"--base is {text!r}; write 2 or e.")
    if compat and text != "e":
        raise ParameterError(f"--base {text} does nothing with --compat, whose base is e; drop it.")
    return _BASES[text]


def _difference(text: str | None) -> tuple[str, str] | None:
    """Return the two models of a difference."""
    names = names_in(text)
    if names is None:
        return None
    if len(names) != 2 or names[0] == names[1]:
        raise ParameterError(f"--difference is {text!r}; name two models, as A,B.")
    return names[0], names[1]


def _check_names(found: Request) -> None:
    """Raise for a name that is not known, or that stands twice."""
    listed = (
        ("form", found.forms, FORMS),
        ("measure", found.measures, MEASURES),
        ("model", found.models, None),
        ("language", found.languages, None),
    )
    for kind, names, known in listed:
        for name in names or []:
            if known is not None and name not in known:
                raise unknown_name(kind, name, known)
        if names is not None and (not names or len(set(names)) < len(names)):
            raise ParameterError(f"--{kind}s is {','.join(names)!r}; name each {kind} once.")
    if found.absent not in _ABSENT:
        raise unknown_name("way with --absent", found.absent, _ABSENT)


def _check_numbers(found: Request) -> None:
    """Raise for numbers out of their range, and for answers that cannot be saved."""
    from disca_nb.kernels import check_seed
    from disca_nb.metrics.bootstrap import check_draws

    check_draws("n_boot", found.n_boot)
    check_seed(found.seed)
    if not 0.0 < found.level < 1.0:
        raise ParameterError(f"level is {found.level!r}; it must be a number between 0 and 1.")
    if found.out is not None and found.out.suffix.lower() not in _SAVED:
        raise ParameterError(f"--out is {str(found.out)!r}; end it in .nc or .zarr.")


def _check_useless(arguments: argparse.Namespace, found: Request) -> None:
    """Raise for an option that the answers have no use for."""
    asking = {"--orders": arguments.orders, "--judge": arguments.judge}
    reading = {
        "--absent": arguments.absent,
        "--models": arguments.models,
        "--difference": arguments.difference,
    }
    if found.is_saved and (given := running_options(arguments)):
        raise ParameterError(f"{given[0]} does nothing with saved answers; leave it out.")
    if found.recorded and (found.source != DEMO or found.questions != [DEMO]):
        raise ParameterError("--recorded is of the demo alone; use disca-nb consistency demo.")
    for option, value in (asking if found.is_saved else reading).items():
        if value is not None:
            kind = "saved answers" if found.is_saved else "a model that is asked"
            raise ParameterError(f"{option} does nothing with {kind}; leave it out.")
    if found.absent != "error" and (found.recorded or Path(found.source).suffix.lower() in _SAVED):
        raise ParameterError("--absent is of JSON Lines alone; leave it out.")
    _check_forms(found)


def _check_forms(found: Request) -> None:
    """Raise for what the forms that were named have no use for, or leave no room for."""
    if found.forms is None:
        return
    if found.forms == ["open"]:
        raise ParameterError(
            "--forms is 'open', which no measure compares alone; write choice,open."
        )
    if "open" in found.forms:
        return
    for option, value in (("--judge", found.judge), ("--labels", found.labels)):
        if value is not None:
            raise ParameterError(
                f"{option} does nothing without open among --forms; add it, as choice,open."
            )
    if "use-case" in (found.measures or []):
        raise ParameterError("Measure use-case needs both forms; write --forms choice,open.")
