"""Variables of dilemmas, personas and the answers of models."""

from __future__ import annotations

from collections.abc import Mapping

from disca_nb._registry.variable import Variable, gap, share

__all__ = ["DILEMMAS"]

DILEMMAS: Mapping[str, Variable] = {
    # Scenarios
    "category": Variable("attribute that the scenario contrasts", "U"),
    "preferred_on_right": Variable("whether option B is the side that the attribute counts", "b"),
    "n_left": Variable("number of characters in option A", "i", "characters", 0),
    "n_right": Variable("number of characters in option B", "i", "characters", 0),
    "category_temperature": Variable("divisor of the gaps by attribute", low=0.0),
    "option_a": Variable("text of option A", "U"),
    "option_b": Variable("text of option B", "U"),
    "country_name": Variable("name of the country", "U"),
    "prompt": Variable("text of the question as it was asked", "U"),
    "paraphrase": Variable("number of the question's wording", "i", "1", 0),
    # Value profiles and personas
    "profile_mean": Variable("mean of the value", core=("profile_item",)),
    "n_respondents": Variable("respondents behind a mean", "i", "people", 0),
    "item_low": Variable("low end of the value's scale"),
    "item_high": Variable("high end of the value's scale"),
    "item_direction": Variable("1 where more is more, -1 where more is less", "i", "1", -1, 1),
    "profile_source": Variable("wvs, synthetic or own: where the personas' values come from", "U"),
    "source_label": Variable("name of the value in its source", "U"),
    "source_item": Variable("survey items behind the value; empty where not documented", "U"),
    "persona_prompt": Variable("system prompt of the persona", "U", core=("persona",)),
    # Choices read from a model's own words
    "answer": Variable("left, right, either, neither, confused or unread", "U"),
    "chosen": share("0 for option A, 1 for option B, NaN without a choice"),
    # Gaps: log-odds of option B against option A, so positive prefers B
    "status": Variable("0 never run, 1 scored, 2 failed, 3 low answer mass", "i", "1", 0, 3),
    "vanilla_gap": gap("gap of the base prompt in the order shown, before any division"),
    "base_order_gap": gap("gap of the base prompt by order of the options", "order"),
    "persona_order_gap": gap("gap of each persona by order of the options", "persona", "order"),
    "base_answer_mass": share("probability of both options together, base prompt", "order"),
    "persona_answer_mass": share(
        "probability of both options together, each persona", "persona", "order"
    ),
    "base_gap": gap("debiased gap of the base prompt, (AB - BA) / 2"),
    "persona_gap": gap("debiased gap of each persona, (AB - BA) / 2", "persona"),
    "positional_bias": gap("positional bias of the base prompt, (AB + BA) / 2"),
    "latency": Variable("time of a cell's prompts, a batch's shared equally", unit="s", low=0.0),
    "consensus_gap": gap("mean of the personas' debiased gaps"),
}
