"""The audit's comparison: how far every rival lies from the audited method, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.metrics.audit_report import Audit, ModelAudit
from disca_nb.plots._alt import told
from disca_nb.plots._legends import legend_below
from disca_nb.plots._look import LINES, ROLES, canvas, ink, palette, tidy
from disca_nb.plots._phrases import counted, label_text, signed
from disca_nb.plots._single import heading, set_title
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_forest", "plot_forest"]

_NEEDED = (
    *("difference", "p_holm", "macro_mis", "noise_ceiling", "targets_touched", "model_free"),
)
_KINDS = {"model": "o", "model-free": "s", "oracle": "D", "audited": "*"}
_DOUBT = 0.05


class _Row(NamedTuple):
    """A method: its difference from the audited one, the interval, and whether Holm finds it."""

    name: str
    kind: str
    difference: float
    low: float
    high: float
    found: bool

    @property
    def text(self) -> str:
        """Difference and interval in words."""
        interval = f" [{signed(self.low, 3)}, {signed(self.high, 3)}]"
        return signed(self.difference, 3) + (interval if np.isfinite(self.low) else "")


class _Forest(NamedTuple):
    """All methods, the closest to the humans first, and what is told about them.

    ``ceiling`` is the noise ceiling less the audited method's score, in which all differences are.
    """

    rows: list[_Row]
    subject: str
    mis: float
    ceiling: float
    n_countries: int
    title: list[str]
    left_out: list[str]


def plot_forest(
    audit: Audit | ModelAudit | xr.Dataset, *, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Draw every rival's misalignment less that of the audited method, with 95 % intervals.

    Parameters
    ----------
    audit : Audit, ModelAudit or xarray.Dataset
        What `disca_nb.audit` returned, for one model, or its ``methods``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model and steering of the audited method by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Methods left of 0 are closer to the humans than the audited
        one. Marks are filled where Holm's corrected p is below 0.05; oracles, which have seen what
        they are scored on, are not tested.

    Raises
    ------
    InputError
        For the audit of several models, or one without any difference.

    References
    ----------
    Holm 1979, https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["BRA", "JPN", "USA"])
    >>> report = disca_nb.audit(panel, rivals=[], n_boot=50, n_permutations=50)
    >>> sorted(label.get_text() for label in plot_forest(report).get_yticklabels())
    ['coin-flip (model-free)', 'disca-paper (audited)']
    """
    known = _known(audit)
    rows = range(len(known.rows))
    ax = canvas(ax, 9.0, 2.2 + 0.28 * len(rows))
    ax.axvline(0.0, color=ink(), linewidth=1.0, alpha=0.6)
    if np.isfinite(known.ceiling):
        line, label = LINES["noise_ceiling"], ROLES["noise_ceiling"].label
        ax.axvline(known.ceiling, color=ink(), linestyle=line, linewidth=1.4, label=label)
    for at, row in enumerate(known.rows):
        _draw(ax, at, row)
    labels = [
        f"{label_text(row.name)}{'' if row.kind == 'model' else f' ({row.kind})'}"
        for row in known.rows
    ]
    ax.set_yticks(rows, labels)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlabel(
        f"mean misalignment (MIS) less that of {label_text(known.subject)}; left is closer\n"
        "at the right: difference [95 % interval]"
    )
    ax.tick_params(axis="y", length=0)
    tidy(ax)
    ax.spines["left"].set_visible(False)
    set_title(ax, known.title if title is None else [title])
    _legend(ax)
    return told(ax, describe_forest(audit))


def describe_forest(audit: Audit | ModelAudit | xr.Dataset) -> str:
    """Say in words what `plot_forest` draws, as alternative text.

    Parameters
    ----------
    audit : Audit, ModelAudit or xarray.Dataset
        As for `plot_forest`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_forest`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["BRA", "JPN", "USA"])
    >>> report = disca_nb.audit(panel, rivals=[], n_boot=50, n_permutations=50)
    >>> describe_forest(report).split(" (")[0]
    'Mean misalignment of 1 method less that of disca-paper'
    """
    known = _known(audit)
    others = [row for row in known.rows if row.kind != "audited"]
    tested = [row for row in others if row.kind != "oracle"]
    closer = [f"{row.name} {row.text}" for row in tested if row.found and row.difference < 0.0]
    farther = [f"{row.name} {row.text}" for row in tested if row.found and row.difference > 0.0]
    oracles = [f"{row.name} {row.text}" for row in others if row.kind == "oracle"]
    alike = len(tested) - len(closer) - len(farther)
    parts = [
        f"significantly closer to the humans (Holm p < {_DOUBT}): {shorten(closer)}",
        f"significantly farther: {shorten(farther)}",
        f"{counted(alike, 'method')} without a significant difference",
    ]
    parts += [f"coin flip {row.text}" for row in tested if row.name == "coin-flip"]
    parts += [f"oracles: {shorten(oracles)}"] if oracles else []
    parts += [f"noise ceiling {signed(known.ceiling, 3)}"] if np.isfinite(known.ceiling) else []
    parts += [f"left out without a score: {shorten(known.left_out)}"] if known.left_out else []
    return (
        f"Mean misalignment of {counted(len(others), 'method')} less that of {known.subject} "
        f"({known.mis:.3f}; {known.title[0]}, {counted(known.n_countries, 'country', 'countries')})"
        f": {'; '.join(parts)}."
    )


def _known(audit: Audit | ModelAudit | xr.Dataset) -> _Forest:
    """Return the methods of one model's audit."""
    methods = _methods(audit)
    subject, names = str(methods.attrs["subject"]), [str(name) for name in methods["rival"].values]
    rows = [_row(methods.isel(rival=i), name, subject) for i, name in enumerate(names)]
    drawn = sorted(
        (row for row in rows if np.isfinite(row.difference)), key=lambda row: row.difference
    )
    if len(drawn) < 2:
        raise InputError(
            f"The audit has {counted(len(drawn), 'method')} with a score in every country; a "
            "figure needs the audited one and another."
        )
    mis = methods["macro_mis"].sel(rival=subject).item()
    return _Forest(
        drawn,
        subject,
        mis,
        methods["noise_ceiling"].mean("country", skipna=False).item() - mis,
        methods.sizes["country"],
        heading(methods.assign_coords(model=str(methods.attrs.get("model", "model")))),
        [row.name for row in rows if not np.isfinite(row.difference)],
    )


def _methods(audit: Audit | ModelAudit | xr.Dataset) -> xr.Dataset:
    """Return the table of methods, whatever holds it."""
    if isinstance(audit, Audit):
        if len(audit.models) != 1:
            names = shorten(audit.models)
            raise InputError(f"The audit is of several models ({names}); take one, as audit[…].")
        (audit,) = audit.models.values()
    methods = audit.methods if isinstance(audit, ModelAudit) else audit
    validate(methods, *_NEEDED)
    lacking = [name for name in ("difference_low", "difference_high") if name not in methods]
    if lacking:
        raise InputError(f"The dataset lacks {lacking[0]}; give what disca_nb.audit returned.")
    if "subject" not in methods.attrs:
        raise InputError(
            "The dataset does not say which method was audited; give what disca_nb.audit returned."
        )
    return methods


def _row(one: xr.Dataset, name: str, subject: str) -> _Row:
    """Return one method."""
    kind = "model-free" if bool(one["model_free"]) else "model"
    if "oracle" in str(one["targets_touched"].values):
        kind = "oracle"
    if name == subject:
        kind = "audited"
    difference, low, high, p = (
        one[key].item() for key in ("difference", "difference_low", "difference_high", "p_holm")
    )
    return _Row(name, kind, difference, low, high, bool(p < _DOUBT))


def _draw(ax: Axes, at: int, row: _Row) -> None:
    """Draw one method: whiskers, mark, and the numbers beside them."""
    if row.kind == "audited":
        ax.plot(0.0, at, _KINDS[row.kind], color=ink(), markersize=11, zorder=3)
        return
    colour = palette(2)[0 if row.difference < 0.0 else 1]
    ax.hlines(at, row.low, row.high, color=colour, linewidth=1.6)
    (mark,) = ax.plot(row.difference, at, _KINDS[row.kind], color=colour, markersize=7, zorder=3)
    if not row.found:
        mark.set_markerfacecolor(ax.get_facecolor())
    ax.annotate(
        row.text,
        (1.02, at),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize="small",
        annotation_clip=False,
    )


def _legend(ax: Axes) -> None:
    """Say below what marks and lines stand for."""
    marks = {
        "uses the model": ("o", ink()),
        "model-free": ("s", ink()),
        "oracle, not tested": ("D", "none"),
        f"filled: Holm p < {_DOUBT}": ("o", ink()),
        "hollow: no difference found": ("o", "none"),
    }
    handles = [
        ax.plot([], [], marker, color=ink(), markerfacecolor=face, label=label)[0]
        for label, (marker, face) in marks.items()
    ]
    lines = [line for line in ax.get_lines() if line.get_label() == "noise ceiling"]
    legend_below(ax, 3, pad=6.2, handles=[*handles, *lines])
