"""One survey question: the model's answer as bars beside those of a few countries."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np
import xarray as xr

from disca_nb.plots._alt import told
from disca_nb.plots._answers import Answers, answers_of
from disca_nb.plots._look import (
    brief,
    canvas,
    colour_of,
    fitted_legend,
    ink,
    palette,
    tidy,
)
from disca_nb.plots._opinion_parts import MODEL, UNIFORM
from disca_nb.plots._phrases import counted
from disca_nb.plots._rows import letters_for
from disca_nb.plots._single import set_title

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.typing import ColorType

    from disca_nb.kernels._types import FloatArray

__all__ = ["describe_question", "plot_question"]

# Bars are told apart by what is drawn in them too; the model's are whole.
_HATCHES = ("///", "...", "xxx", "\\\\\\", "++")
# Height in inches of a bar, and of what stands above and below all of them.
_BAR, _AROUND = 0.16, 2.5
_DASHED: Literal["--"] = "--"
_LONGEST_TEXT = 240
# Options that are all told; of more the three largest.
_TOLD = 5


def plot_question(
    bank: xr.Dataset,
    answers: xr.Dataset,
    question: str,
    *,
    countries: Iterable[str] | None = None,
    model: str | None = None,
    prompting: str | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how a model and a few countries answer one question, option by option.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers, of `disca_nb.datasets.surveys`.
    answers : xarray.Dataset
        What `disca_nb.ask_survey` or `disca_nb.read_responses` returned.
    question : str
        Label of the question.
    countries : iterable of str, optional
        Up to five; by default the country that the model was asked to answer for, the closest to
        the model, one in the middle, and the farthest.
    model, prompting : str, optional
        As for `disca_nb.plots.plot_representation`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; by default model, prompting and the question.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. The legend has each country's similarity to the model
        (1 − Jensen–Shannon distance, base 2) and the uniform answer's; a line marks the latter.

    Raises
    ------
    InputError
        For a bank by groups, and where the model or a country named did not answer.
    ParameterError
        For too many countries.
    UnknownNameError
        For a question, country, model or prompting that is not there.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import xarray as xr
    >>> options = {"option": ["1", "2"], "option_text": ("option", ["Yes", "No"]), "n_options": 2}
    >>> labels = {"question": "Q1", "question_text": "Is it?", **options}
    >>> bank = xr.Dataset(
    ...     {"survey_share": (("country", "option"), [[0.6, 0.4], [0.2, 0.8]])},
    ...     {"country": ["JPN", "USA"], **labels},
    ... )
    >>> answers = xr.Dataset({"answer_prob": ("option", [0.5, 0.5])}, {"model": "m", **labels})
    >>> [text.get_text() for text in plot_question(bank, answers, "Q1").get_yticklabels()]
    ['Yes', 'No']
    """
    known = answers_of(
        bank, answers, question, countries=countries, model=model, prompting=prompting
    )
    names = ["model", *known.countries]
    rows = np.arange(len(known.options))
    target = canvas(ax, 9.0, _AROUND + _BAR * (len(names) + 1) * rows.size)
    target.axvline(known.uniform, color=ink(), linestyle=_DASHED, linewidth=1.2)
    _bars(target, known)
    size = letters_for(target, rows.size * (len(names) + 1) // 2)
    labels = [_wrapped(text) for text in known.options]
    target.set_yticks(rows, labels, parse_math=False, fontsize=size)
    target.set_ylim(rows.size - 0.4, -0.6)
    target.set_xlim(0.0, min(1.0, 1.12 * float(max(known.answer.max(), known.shares.max()))))
    target.set_xlabel("share of respondents, or probability of the model's answer")
    tidy(target)
    target.spines["left"].set_visible(False)
    target.tick_params(axis="y", length=0)
    set_title(target, _title(known) if title is None else [title])
    fitted_legend(target, _handles(known))
    text = describe_question(
        bank, answers, question, countries=countries, model=model, prompting=prompting
    )
    return told(target, text)


def describe_question(
    bank: xr.Dataset,
    answers: xr.Dataset,
    question: str,
    *,
    countries: Iterable[str] | None = None,
    model: str | None = None,
    prompting: str | None = None,
) -> str:
    """Say in words what `plot_question` draws, as alternative text.

    Parameters
    ----------
    bank, answers, question, countries, model, prompting
        As for `plot_question`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, ParameterError, UnknownNameError
        As `plot_question`.

    Examples
    --------
    >>> import xarray as xr
    >>> options = {"option": ["1", "2"], "option_text": ("option", ["Yes", "No"]), "n_options": 2}
    >>> labels = {"question": "Q1", "question_text": "Is it?", **options}
    >>> bank = xr.Dataset(
    ...     {"survey_share": (("country", "option"), [[0.6, 0.4], [0.2, 0.8]])},
    ...     {"country": ["JPN", "USA"], **labels},
    ... )
    >>> answers = xr.Dataset({"answer_prob": ("option", [0.5, 0.5])}, {"model": "m", **labels})
    >>> print(describe_question(bank, answers, "Q1").split("; ")[1])
    JPN (similarity 0.915, a uniform answer's 0.915): “Yes” 60 %, “No” 40 %
    """
    known = answers_of(
        bank, answers, question, countries=countries, model=model, prompting=prompting
    )
    rows = [f"{known.title}: {_told(known, known.answer)}"]
    pairs = zip(known.similarity, known.uniform_similarity, strict=True)
    for name, share, (alike, flat) in zip(known.countries, known.shares, pairs, strict=True):
        beside = f"similarity {alike:.3f}, a uniform answer's {flat:.3f}"
        rows.append(f"{name} ({beside}): {_told(known, share)}")
    parts = [
        f"Answers to {known.question}, “{' '.join(known.text.split())}”. {'; '.join(rows)}.",
        f"A uniform answer gives each of {counted(len(known.options), 'option')} "
        f"{known.uniform:.0%}.".replace("%", " %"),
    ]
    if np.isfinite(known.mass):
        parts.append(f"The model gave the options {known.mass:.3f} of its probability.")
    removed = [
        f"{name} {share:.3f}"
        for name, share in zip(known.countries, known.removed, strict=True)
        if share > 0.0
    ]
    parts += [f"Removed from the survey: {', '.join(removed)}."] if removed else []
    more = counted(known.left_out, "country", "countries")
    parts += [f"Asked too, and not shown: {more}."] if known.left_out else []
    return " ".join(parts)


def _bars(ax: Axes, known: Answers) -> None:
    """Draw the bars of each option, the model's first, and their numbers."""
    rows = [known.answer, *known.shares]
    thick = 0.84 / len(rows)
    size = min(letters_for(ax, len(rows) * len(known.options)), 8.0)
    for j, (values, (colour, hatch)) in enumerate(zip(rows, _looks(len(rows)), strict=True)):
        places = np.arange(len(known.options), dtype=np.float64) + (j - (len(rows) - 1) / 2) * thick
        bars = ax.barh(
            places, values, 0.92 * thick, color=colour, edgecolor=ax.get_facecolor(), hatch=hatch
        )
        bars.set_label(known.title if j == 0 else known.countries[j - 1])
        _numbers(ax, places, values, size)


def _numbers(ax: Axes, places: FloatArray, values: FloatArray, size: float) -> None:
    """Write each bar's percentage at its end, readable across the line of the uniform answer."""
    from matplotlib.patheffects import withStroke

    around = withStroke(linewidth=2.0, foreground=ax.get_facecolor())
    for place, value in zip(places, values, strict=True):
        ax.annotate(
            f"{100.0 * value:.0f}",
            (value, place),
            xytext=(3.0, 0.0),
            textcoords="offset points",
            va="center",
            fontsize=size,
            path_effects=[around],
        )


def _looks(number: int) -> list[tuple[ColorType, str]]:
    """Return colour and hatch of the model and of each country."""
    # The first colour is the model's.
    rest = palette(number + 1)[1:]
    hatches = _HATCHES[: number - 1]
    return [(colour_of(MODEL), ""), *zip(rest, hatches, strict=False)]


def _handles(known: Answers) -> list[Artist]:
    """Return what explains the bars and the line."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    names = ["model"] + [
        f"{brief(name)}, similarity {alike:.3f} (uniform {flat:.3f})"
        for name, alike, flat in zip(
            known.countries, known.similarity, known.uniform_similarity, strict=True
        )
    ]
    bars = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=name)
        for name, (colour, hatch) in zip(names, _looks(len(names)), strict=True)
    ]
    return [*bars, Line2D([], [], color=ink(), linestyle=_DASHED, label=UNIFORM.label)]


def _title(known: Answers) -> list[str]:
    """Return the lines of the title: who answers, and what."""
    mass = f", options' mass {known.mass:.2f}" if np.isfinite(known.mass) else ""
    text = textwrap.shorten(" ".join(known.text.split()), _LONGEST_TEXT, placeholder=" …")
    return [f"{known.title}{mass}", f"{known.question}: {text}"]


def _wrapped(text: str) -> str:
    """Return an option in at most two lines."""
    return textwrap.fill(brief(text, 56), 30)


def _told(known: Answers, shares: FloatArray) -> str:
    """Return the shares of options in words."""
    parts = [
        f"“{' '.join(text.split())}” {100.0 * share:.0f} %"
        for text, share in zip(known.options, shares, strict=True)
    ]
    if len(parts) <= _TOLD:
        return ", ".join(parts)
    return f"mostly {', '.join(parts[i] for i in np.argsort(-shares, kind='stable')[:3])}"
