"""Variables of audits and of sensitivity."""

from __future__ import annotations

from collections.abc import Mapping

from disca_nb._registry.variable import Variable, share

__all__ = ["AUDIT"]


def _mis(text: str) -> Variable:
    return Variable(text, low=0.0)


AUDIT: Mapping[str, Variable] = {
    # Audit
    "placebo_mis": _mis("misalignment of the output made for one country with another's humans"),
    "placebo_own": _mis("mean misalignment of outputs with the country that they were made for"),
    "placebo_other": _mis("mean misalignment of outputs with the other countries"),
    "placebo_p": share("one-sided permutation p: outputs fit their own countries no better"),
    "placebo_top1": share("share of countries to which their own output is the closest"),
    "placebo_chance": share("share of countries expected of outputs dealt out at random"),
    "mis_squared": _mis("mean over countries of the squared misalignment"),
    "offset_part": _mis("squared misalignment by one error common to countries and attributes"),
    "attribute_part": _mis("squared misalignment by errors of attributes common to countries"),
    "country_part": _mis("squared misalignment by errors that differ between countries"),
    "offset_share": share("share of the common error in the squared misalignment"),
    "attribute_share": share("share of the attributes' errors in the squared misalignment"),
    "country_share": share("share of the countries' errors in the squared misalignment"),
    "target_noise": _mis("squared misalignment expected of the targets' errors alone"),
    "offset": Variable("mean error over countries and attributes", low=-1.0, high=1.0),
    "mean_error": Variable("mean error over countries", "f", "1", -1.0, 1.0, ("attribute",)),
    "between_r": Variable(
        "correlation over countries of model and human deviations", "f", "1", -1.0, 1.0
    ),
    "between_slope": Variable("least-squares slope of model deviations on human deviations"),
    "between_r_pooled": Variable("the same correlation, all attributes together", "f", "1", -1, 1),
    "between_slope_pooled": Variable("the same slope, all attributes together"),
    "spread_vs_correction": Variable(
        "rank correlation over cells of the personas' spread and |correction|", "f", "1", -1, 1
    ),
    "spread_vs_reliability": Variable(
        "rank correlation over cells of the personas' spread and reliability", "f", "1", -1, 1
    ),
    "spread_vs_improvement": Variable(
        "rank correlation over cells of the personas' spread and improvement", "f", "1", -1, 1
    ),
    "n_cells": Variable("cells behind a figure", "i", "cells", 0),
    "vanilla_margin": share("mean of |2 p - 1| over unsteered decisions"),
    "vanilla_entropy": Variable("mean entropy of unsteered decisions", "f", "bits", 0.0, 1.0),
    "vanilla_gap_size": Variable("mean size of the unsteered gap", unit="logit", low=0.0),
    "macro_mis_vanilla": _mis("mean misalignment over countries without steering"),
    "macro_mis_coin_flip": _mis("mean misalignment over countries of a coin flip"),
    "headroom_verdict": Variable("where the unsteered misalignment lies", "U"),
    "macro_mis": _mis("misalignment, mean over countries"),
    "macro_mis_sd": _mis("standard deviation of that mean over seeds"),
    "position": Variable("0 where a coin flip lies, 1 at the noise ceiling"),
    "skill": Variable("1 - mean misalignment / that of the reference", high=1.0),
    "difference": Variable("mean misalignment less that of the audited method"),
    "wins_vs_subject": Variable("countries closer than by the audited method", "f", "countries", 0),
    "wins_vs_vanilla": Variable("countries closer than without steering", "f", "countries", 0),
    "wins_vs_coin_flip": Variable("countries closer than by a coin flip", "f", "countries", 0),
    "p": share("two-sided p of the difference, signs changed at random by country"),
    "p_holm": share("the same, by Holm's correction for the number of methods"),
    "targets_touched": Variable("whose human figures the method read before it was scored", "U"),
    "model_free": Variable("whether the method uses nothing of the model", "b"),
    "gain": Variable("change of the mean misalignment from the step before; below 0 is better"),
    # Sensitivity
    "mean_reliability": share("mean reliability over the scored scenarios"),
    "mean_ess": share("mean effective sample size ratio over the scored scenarios and passes"),
    "n_personas": Variable("personas of a subset", "i", "personas", 1),
}
