"""Differences and shares that ``disca-nb consistency`` prints beside the consistencies.

All intervals resample topics, with the same draws everywhere, so that models are compared on the
same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import xarray as xr

    from disca_nb.cli._consistency_request import Request

__all__ = ["Finding", "Topics", "of_answers", "of_measures"]

_FIRST, _LAST = "given", "reversed"
_NEVER, _FAILED = 0, 2
# Rounding is no difference.
_HAIR = 1e-9


@dataclass(frozen=True)
class Finding:
    """A figure with its interval.

    Attributes
    ----------
    model : str
        Whose it is; of a difference of models both, with "minus".
    name : str
        What it is, for machines.
    measure : str
        Kind of consistency, empty for a figure of the answers themselves.
    text : str
        What it is, for people.
    value, low, high : float
        NaN where not known.
    signed : bool
        Whether it can be below 0: a difference, and not a share.
    dealt : float
        What it would be if the same answers were dealt anew, where that is not 0; else NaN.
    """

    model: str
    name: str
    measure: str
    text: str
    value: float
    low: float
    high: float
    signed: bool
    dealt: float = np.nan

    @property
    def leaves_out_zero(self) -> bool | None:
        """Whether the interval leaves out 0; None without an interval."""
        if not np.isfinite([self.low, self.high]).all():
            return None
        return bool(self.low > _HAIR or self.high < -_HAIR)


@dataclass(frozen=True)
class Topics:
    """Draws of topics.

    Attributes
    ----------
    names : ndarray of str
        Topics, sorted.
    counts : ndarray, shape (1 + draws, topics)
        How often each counts, as they are and in each draw.
    level : float
        Coverage of intervals.
    """

    names: npt.NDArray[np.str_]
    counts: npt.NDArray[np.int64]
    level: float

    @classmethod
    def drawn(cls, topics: npt.ArrayLike, wanted: Request) -> Topics:
        """Return draws of the topics that labels name.

        Examples
        --------
        >>> from types import SimpleNamespace
        >>> wanted = SimpleNamespace(n_boot=9, seed=0, level=0.95)
        >>> Topics.drawn(["tea", "bread", "tea"], wanted).counts.shape
        (10, 2)
        """
        from disca_nb.metrics.opinions.joint import question_counts

        names = np.unique(np.asarray(topics, dtype=str))
        counts = question_counts(
            len(names), n_boot=wanted.n_boot, seed=wanted.seed, level=wanted.level
        )
        return cls(names, counts, wanted.level)

    def mean(
        self, values: npt.NDArray[np.float64], topics: npt.NDArray[np.str_]
    ) -> tuple[float, float, float]:
        """Return the mean of the values that are known, each alike, with its interval.

        Parameters
        ----------
        values : ndarray, shape (n,)
            NaN where not known.
        topics : ndarray of str, shape (n,)
            The topic of each.
        """
        from disca_nb.metrics.opinions.joint import ends

        at, known = np.searchsorted(self.names, topics), np.isfinite(values)
        sums = np.bincount(at[known], values[known], len(self.names))
        sizes = np.bincount(at[known], minlength=len(self.names))
        if not known.any():
            return np.nan, np.nan, np.nan
        total, number = (self.counts * sums).sum(axis=1), (self.counts * sizes).sum(axis=1)
        draws = np.where(number > 0, total / np.maximum(number, 1), np.nan)
        low, high = ends(draws, np.array(np.count_nonzero(sizes)), level=self.level)
        return float(draws[0]), float(low), float(high)


def of_measures(result: xr.Dataset, topics: Topics) -> Iterator[Finding]:
    """Yield how much more a model wavers over a topic than over rephrasings.

    Groups of a topic are larger, and even answers without any opinion waver more in larger groups:
    so the same is told as a share of what the model's own answers have when they are dealt anew
    over the groups, where both measures are 1 for answers that hang on nothing. Coin flips would
    not do, as they never hedge.
    """
    if not {"paraphrase", "topic"} <= {*result["measure"].values.tolist()}:
        return
    labels = result["topic"].values.astype(str)
    for model in result["model"].values:
        one = result.sel(model=model)
        each = one["topic_inconsistency"].transpose("measure", "topic")
        text = "topic minus paraphrase"
        dealt = one["inconsistency_shuffled"]
        shares = each / dealt.where(dealt > _HAIR)
        told = {
            "beyond-paraphrase": (each, text),
            "beyond-paraphrase-of-shuffled": (shares, f"{text}, as shares of its answers shuffled"),
        }
        for name, (of, said) in told.items():
            values = (of.sel(measure="topic") - of.sel(measure="paraphrase")).values
            figure = topics.mean(values, labels)
            yield Finding(str(model), name, "topic", said, *figure, signed=True)


def of_answers(responses: xr.Dataset, questions: xr.Dataset, topics: Topics) -> Iterator[Finding]:
    """Yield what else is seen in the answers: a liking for what stands first, and words."""
    labels = responses["topic_name"].values.astype(str)
    for model in responses["model"].values:
        one = responses.sel(model=model)
        for each in _figures(one, questions):
            if np.isfinite(each.values).any():
                figure = topics.mean(each.values, labels)
                told = (str(model), each.name, "", each.text, *figure)
                yield Finding(*told, signed=each.signed, dealt=each.dealt)


class _Figure(NamedTuple):
    """A figure by wording; as `Finding` has it."""

    name: str
    text: str
    values: npt.NDArray[np.float64]
    signed: bool = False
    dealt: float = np.nan


def _figures(one: xr.Dataset, questions: xr.Dataset) -> Iterator[_Figure]:
    """Yield the figures of a model's answers by wording."""
    forms = one["form"].values.tolist()
    if "choice" in forms and {_FIRST, _LAST} <= {*one["order"].values.tolist()}:
        text = "probability that an option gains by standing first rather than last"
        yield _Figure("first-option", text, _gain(one, questions), signed=True)
    if "open" not in forms:
        return
    # A share can only be told of answers that are there.
    words = one.sel(form="open")
    status = words["status"].values
    there = status != _NEVER
    read = there & (status != _FAILED)
    took_none = np.where(read, words["abstained"].values.astype(float), np.nan)
    yield _Figure("abstained", "share of answers in words that took no side", took_none)
    failed = np.where(there, (status == _FAILED).astype(float), np.nan)
    text = "share of answers in words whose verdict was off the format"
    yield _Figure("off-format", text, failed)
    if "choice" in forms:
        text = "share of answers in words on another side than by letter"
        values, dealt = _other_side(one)
        yield _Figure("other-side", text, values, dealt=dealt)


def _gain(one: xr.Dataset, questions: xr.Dataset) -> npt.NDArray[np.float64]:
    """Return how much more probable the first option's stance is first than last, by wording."""
    import xarray as xr

    stance = questions["option_stance"].sel(wording=one["wording"].values).isel(option=0)
    asked = one["order_stance_prob"]
    is_first = xr.DataArray(
        asked["stance"].values[None, :] == stance.values[:, None], dims=("wording", "stance")
    )
    by_order = asked.where(is_first).sum("stance", min_count=1)
    gain = by_order.sel(order=_FIRST) - by_order.sel(order=_LAST)
    return np.asarray(gain.values, dtype=np.float64)


def _other_side(one: xr.Dataset) -> tuple[npt.NDArray[np.float64], float]:
    """Return where words take a side and letters favour another one: 1, 0, or NaN.

    Beside it stands the share that is expected if words are dealt anew over the wordings.
    """
    words, letters = (
        one["stance_prob"].sel(form=form).transpose("wording", "stance").values
        for form in ("open", "choice")
    )
    known = np.isfinite(words).any(axis=1) & np.isfinite(letters).any(axis=1)
    side, likely = (np.argmax(np.nan_to_num(each, nan=-1.0), axis=1) for each in (words, letters))
    same = (
        np.bincount(each[known], minlength=words.shape[1]) / max(known.sum(), 1)
        for each in (side, likely)
    )
    dealt = 1.0 - float(np.multiply(*same).sum())
    return np.where(known, (side != likely).astype(float), np.nan), dealt
