"""Variables of human targets and of scores against them."""

from __future__ import annotations

from collections.abc import Mapping

from disca_nb._registry.variable import Variable, share

__all__ = ["ALIGNMENT"]


def _mis(text: str) -> Variable:
    return Variable(text, low=0.0)


ALIGNMENT: Mapping[str, Variable] = {
    # Languages by country
    "share": share("share of a country's people who speak the language"),
    "total_share": Variable("sum of the shares of the languages that were asked", low=0.0),
    "population": Variable("number of inhabitants", unit="people", low=0.0),
    "n_languages": Variable("languages listed for the country", "i", "languages", 0),
    "weight": Variable("weight of a country: population times number of languages", low=0.0),
    # Human targets and alignment
    "preference": share("mean probability of sparing the counted side", "attribute"),
    "n_scenarios": Variable("scored scenarios behind a preference", "i", "scenarios", 0),
    "n_attributes": Variable("attributes behind a score", "i", "attributes", 0),
    "n_countries": Variable("countries behind a mean", "i", "countries", 0),
    "human_preference": share("share of human choices for the counted side", "attribute"),
    "human_preference_se": Variable("standard error of the human preference", low=0.0),
    "error": Variable("model preference minus human preference", low=-1.0, high=1.0),
    "mis": _mis("misalignment score: Euclidean distance of model and human preferences"),
    "jsd": share("Jensen-Shannon distance, base 2, of the preferences normalised to sum 1"),
    "pearson_r": Variable("Pearson correlation over the attributes", low=-1.0, high=1.0),
    "spearman_r": Variable("Spearman correlation over the attributes", low=-1.0, high=1.0),
    "mae": Variable("mean absolute error", unit="percentage points", low=0.0),
    "rmse": Variable("root mean squared error", unit="percentage points", low=0.0),
    "flip_rate_consensus": share("share of scenarios where consensus and final gap disagree"),
    "flip_rate_vanilla": share("share of scenarios where vanilla and final gap disagree"),
    "mis_coin_flip": _mis("misalignment of a coin flip on every scenario"),
    "mis_leave_one_out": _mis("misalignment of the other countries' mean human preference"),
    "noise_ceiling": _mis("expected misalignment of a perfect model, given the targets' errors"),
    "mis_weighted": _mis("misalignment averaged over countries by weight"),
    "mis_vanilla": _mis("misalignment of the same model without steering"),
}
