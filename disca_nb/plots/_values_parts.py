"""What figures of value consistency share: measures, floors, axes of shares, wrapped labels."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._look import LETTER, ROLES, Role, brief
from disca_nb.plots._opinion_parts import is_synthetic, whose
from disca_nb.plots._phrases import counted
from disca_nb.plots._rows import letters_for, rows_of
from disca_nb.plots._single import made_up, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "FLOORS",
    "SHORT",
    "apart",
    "fitting",
    "in_rows",
    "is_narrow",
    "letters_of",
    "measure_text",
    "models_of",
    "named",
    "on_shares",
    "scale_of",
    "span",
    "title_over",
    "wrap_label",
]

FLOORS: Mapping[str, Role] = {
    "inconsistency_random": ROLES["mis_coin_flip"]._replace(label="coin flips"),
    "inconsistency_shuffled": Role(None, "d", "own answers, shuffled"),
    "inconsistency_yes": Role(None, "1", "always the first option"),
    "inconsistency_human": ROLES["human"]._replace(label="people, published"),
}
"""What stands beside every inconsistency."""

SHORT: Mapping[str, str] = {
    "inconsistency_random": "coin flips",
    "inconsistency_shuffled": "shuffled",
    "inconsistency_yes": "first option",
    "inconsistency_human": "people",
}
"""Names of floors where there is little room."""

_MEASURES: Mapping[str, str] = {
    "paraphrase": "wordings of a question",
    "topic": "answers on a topic",
    "topic-between": "questions of a topic",
    "use-case": "choice and own words",
    "multilingual": "languages",
}
# Below this width in inches rows have their measure's name alone.
_NARROW = 5.0
_ENDS = {0.0: "0\nall the same", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1\nfarthest apart"}
# Letters of a name that are shown at most, and where there is little room.
_LONGEST, _FEW = 36, 20
# Height of a line in letters; share of a figure's height that one of its axes has before labels
# are laid out, and of the axes' that `_rows` takes rows to have.
_LINE, _OWN, _ROOM = 1.3, 0.77, 0.8


def is_narrow(ax: Axes) -> bool:
    """Return whether axes have little room from left to right."""
    return bool(ax.bbox.width / ax.figure.dpi < _NARROW)


def measure_text(measure: str, ax: Axes | None = None) -> str:
    """Return the name of a measure, with what it compares where the axes have room.

    Examples
    --------
    >>> measure_text("multilingual")
    'multilingual (languages)'
    """
    bare = measure not in _MEASURES or (ax is not None and is_narrow(ax))
    return measure if bare else f"{measure} ({_MEASURES[measure]})"


def apart(names: Sequence[str], ax: Axes | None = None) -> list[str]:
    """Return names short enough for rows, of which no two become the same.

    Examples
    --------
    >>> long = "an-organisation/a-model-with-a-long-name-{}b-instruct-4bit"
    >>> apart(["short", "shorter"]), apart([long.format(1), long.format(30)])
    (['short', 'shorter'], ['…1b-instruct-4bit', '…30b-instruct-4bit'])
    """
    longest = _FEW if ax is not None and is_narrow(ax) else _LONGEST
    start = _shared(names)
    end = _shared([name[start:][::-1] for name in names])
    ways = [
        list(names),
        [f"…{name[start:]}" for name in names],
        [f"…{name[start : len(name) - end]}…" for name in names],
    ]
    tries = [[brief(name, longest) for name in way] for way in ways]
    tries.insert(1, [_cut(name, longest) for name in names])
    for short in tries:
        if len(set(short)) == len(set(names)):
            return short
    return [brief(f"{i + 1}. {name}", longest) for i, name in enumerate(names)]


def _cut(name: str, longest: int) -> str:
    """Return a name in one line without its end where it is long."""
    text = " ".join(name.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _shared(names: Sequence[str]) -> int:
    """Return with how many letters all names begin."""
    return sum(1 for _ in takewhile(lambda each: len(set(each)) == 1, zip(*names, strict=False)))


def fitting(ax: Axes | None, rows: int, top: int | None, lines: float) -> int:
    """Return how many of so many rows are drawn, beside so many lines of other text.

    Raises
    ------
    ParameterError
        For ``top`` below 1.
    """
    shown = rows_of(ax, rows, top)
    if ax is None or top is not None:
        return shown
    return max(1, min(shown, int(rows_of(ax, 10**6, None) / _crowded(ax, lines))))


def letters_of(ax: Axes, rows: int, lines: float) -> float:
    """Return the size of letters at which so many rows fit beside so many lines of other text."""
    return letters_for(ax, math.ceil(rows * _crowded(ax, lines)))


def _crowded(ax: Axes, lines: float) -> float:
    """Return how much lower the axes become than `_rows` takes them to be."""
    import matplotlib.pyplot as plt

    inches = ax.bbox.height / ax.figure.dpi
    # In narrow axes lines are broken; rows keep a quarter of the axes, however many the lines.
    lines *= 1.6 if is_narrow(ax) else 1.0
    left = max(inches / _OWN - lines * _LINE * plt.rcParams["font.size"] / 72.0, 0.25 * inches)
    return float(max(1.0, _ROOM * inches / left))


def models_of(result: xr.Dataset, model: str | Sequence[str] | None) -> xr.Dataset:
    """Return the models asked for, all by default, on a dimension of their own.

    Raises
    ------
    InputError
        For a selection without models.
    UnknownNameError
        For a model that is not there.
    """
    if "model" not in result.dims:
        label = str(result["model"].values) if "model" in result.coords else "model"
        result = result.assign_coords(model=label).expand_dims("model")
    known = [str(name) for name in result["model"].values]
    asked = known if model is None else [model] if isinstance(model, str) else list(model)
    if not asked:
        raise InputError("The selection holds no model; select at least one.")
    for name in asked:
        if name not in known:
            raise unknown_name("model", name, known)
    return result.isel(model=[known.index(name) for name in asked])


def named(several: xr.Dataset) -> str:
    """Return the model, or how many there are, and whether they or their answers are made up."""
    if several.sizes["model"] == 1:
        return whose(several.isel(model=0))
    # Of models joined from a file that is synthetic as a whole, names say it of some only.
    mark = ", synthetic data" if is_synthetic(several) else made_up(several)
    return counted(several.sizes["model"], "model") + mark


def scale_of(result: xr.Dataset) -> str:
    """Return what an inconsistency is: a distance or a divergence, its base, and whose it is."""
    kind = str(result.attrs.get("kind", "distance"))
    published = bool(result.attrs.get("compat"))
    base = result.attrs.get("base")
    number = math.e if published or base == "e" else float(2.0 if base is None else base)
    log = "natural logarithm" if math.isclose(number, math.e, rel_tol=1e-6) else f"base {number:g}"
    whose_way = ", as in Moore et al. 2024" if published else ""
    return f"mean Jensen–Shannon {kind} from the centroid, {log}{whose_way}"


def in_rows(several: xr.Dataset, name: str, *dims: str) -> FloatArray:
    """Return a variable over these dimensions, NaN throughout where the dataset lacks it."""
    whole = [several.sizes[dim] for dim in dims]
    if name not in several:
        return np.full(whole, np.nan)
    if extra := [str(dim) for dim in several[name].dims if dim not in dims]:
        raise InputError(f"{name} is by {extra[0]} too; select one with .sel({extra[0]}=…).")
    own = [dim for dim in dims if dim in several[name].dims]
    values = several[name].transpose(*own).values.astype(np.float64)
    sizes = [several.sizes[dim] if dim in own else 1 for dim in dims]
    return np.broadcast_to(values.reshape(sizes), whole).copy()


def on_shares(ax: Axes) -> list[str]:
    """Give the horizontal axis the whole range of a share, and return what it says of its ends.

    The ends are named where they are, or where there is little room in the axis' name.
    """
    ax.set_xlim(-0.02, 1.02)
    if is_narrow(ax):
        ax.set_xticks([0.0, 0.5, 1.0], ["0", "", "1"])
        return ["0: all the same, 1: farthest apart"]
    ax.set_xticks(list(_ENDS), list(_ENDS.values()))
    return []


def wrap_label(ax: Axes, lines: Iterable[str]) -> float:
    """Name the horizontal axis in lines no wider than it is, and return the pad of a legend."""
    import matplotlib.pyplot as plt

    small = is_narrow(ax)
    inches = ax.bbox.width / ax.figure.dpi
    letters = int(72.0 * inches / (LETTER * plt.rcParams["font.size"]))
    broken = [part for line in lines for part in textwrap.wrap(line, max(24, letters))]
    ax.set_xlabel("\n".join(broken), parse_math=False, fontsize="small" if small else "medium")
    return 2.0 + (1.2 if small else 1.45) * len(broken)


def title_over(ax: Axes, lines: Iterable[str], size: float) -> None:
    """Put a title above the headings of columns, whose letters are of a size in points."""
    set_title(ax, lines)
    text = ax.get_title(loc="left")
    look = {"fontsize": "small" if is_narrow(ax) else "medium", "parse_math": False}
    ax.set_title(text, look, loc="left", pad=6.0 + _LINE * size)


def span(values: FloatArray, digits: int = 3) -> str:
    """Return the range of numbers that are known, one number where they are all alike.

    Examples
    --------
    >>> import numpy as np
    >>> span(np.array([0.5, np.nan])), span(np.array([0.25, 0.5]), digits=2)
    ('0.500', '0.25 to 0.50')
    """
    known = values[np.isfinite(values)]
    low, high = f"{known.min():.{digits}f}", f"{known.max():.{digits}f}"
    return low if low == high else f"{low} to {high}"
