"""Which questions a country is scored on: all, common, paired with a reference, or a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.opinions import joint_means
from disca_nb.kernels.two_way import two_way_effects
from disca_nb.metrics.opinions._cells import BoolArray, IntArray

__all__ = ["MODES", "Mode", "Rule", "rule_of"]

Mode: TypeAlias = Literal["all", "common", "paired", "fixed_effects"]
MODES: tuple[str, ...] = get_args(Mode)
"""Rules by which questions enter the score of a country."""


@dataclass(frozen=True)
class Rule:
    """How the scores of countries come from the similarities of their questions.

    Attributes
    ----------
    mode : str
        One of `MODES`.
    keep : ndarray, shape (questions,)
        Questions that are resampled.
    counted : ndarray, shape (countries, questions kept)
        Whether a question enters a country's score.
    reference : int or None
        Position of the country that others are paired with.
    """

    mode: Mode
    keep: BoolArray
    counted: BoolArray
    reference: int | None = None

    def chosen(self, table: FloatArray) -> FloatArray:
        """Return the similarities that count, (countries, systems, questions kept)."""
        counted = self.counted[:, None, :]
        return np.ascontiguousarray(np.where(counted, table[:, :, self.keep], np.nan))

    def scores(self, chosen: FloatArray, counts: IntArray) -> FloatArray:
        """Return the scores of every draw.

        Parameters
        ----------
        chosen : ndarray, shape (countries, systems, questions kept)
            What `chosen` returned.
        counts : ndarray, shape (draws, questions kept)
            How often each question is drawn.

        Returns
        -------
        ndarray, shape (draws, countries, systems)
            Means, or the country effects of the fit; NaN without a question.
        """
        if not chosen.shape[-1]:
            return np.full((len(counts), *chosen.shape[:2]), np.nan)
        fit = two_way_effects if self.mode == "fixed_effects" else joint_means
        return fit(chosen, counts)

    def reference_scores(self, chosen: FloatArray, counts: IntArray) -> FloatArray:
        """Return the reference's scores on the questions that each country shares with it."""
        own = np.where(np.isnan(chosen), np.nan, chosen[self.reference][None])
        return self.scores(np.ascontiguousarray(own), counts)

    def n_counted(self, chosen: FloatArray) -> IntArray:
        """Return the questions behind each country's score, (countries,) for one system."""
        return np.asarray((~np.isnan(chosen)).sum(axis=-1))


def rule_of(
    asked: BoolArray, countries: list[str], *, mode: Mode, reference: str | None = None
) -> Rule:
    """Return the rule of a mode.

    Parameters
    ----------
    asked : ndarray, shape (countries, questions)
        Where a country was asked.
    countries : list of str
        Labels of the countries.
    mode : {"all", "common", "paired", "fixed_effects"}
        Which.
    reference : str, optional
        The country that others are paired with.

    Returns
    -------
    Rule
        In the modes ``all``, ``paired`` and ``fixed_effects`` every question is resampled, also
        one that no compared country was asked, so that the draws of a country do not depend on
        which others it is compared with.

    Raises
    ------
    UnknownNameError
        For another mode, or a reference that is not compared.
    InputError
        When ``paired`` has no reference, or another mode has one.
    """
    if mode not in MODES:
        raise unknown_name("mode", mode, MODES)
    if mode == "paired" and reference is None:
        raise InputError("Mode 'paired' has no reference; name a country with reference=.")
    if mode != "paired" and reference is not None:
        raise InputError(f"Mode {mode!r} takes no reference ({reference!r}); use mode 'paired'.")
    everything = np.ones(asked.shape[1], dtype=np.bool_)
    if mode == "common":
        keep = np.asarray(asked.all(axis=0))
        return Rule(mode, keep, asked[:, keep])
    if reference is None:
        return Rule(mode, everything, asked)
    if reference not in countries:
        raise unknown_name("reference", reference, countries)
    place = countries.index(reference)
    return Rule(mode, everything, asked & asked[place], place)
