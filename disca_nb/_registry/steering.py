"""Variables of steered gaps, of one cell's landscape, and of what published runs logged."""

from __future__ import annotations

from collections.abc import Mapping

from disca_nb._registry.variable import Variable, gap, share

__all__ = ["STEERING"]


def _density(text: str, *core: str) -> Variable:
    return Variable(text, unit="1/logit", low=0.0, core=core)


STEERING: Mapping[str, Variable] = {
    # Steering
    "sigma": Variable("search width of the importance sampling", unit="logit", low=0.0),
    "pass_correction": gap("correction of each pass before the gate", "pass_id"),
    "pass_variance": Variable("variance of a single pass", unit="logit^2", low=0.0),
    "ess": share("effective sample size ratio of each pass", "pass_id"),
    "reliability": share("reliability of the passes, exp(-V / s)"),
    "correction": gap("correction after the gate"),
    "anchor_weight": share("weight of the consensus in the final gap"),
    "micro_gap": gap("gap before the moving average"),
    "average_gap": gap("moving average after this scenario"),
    "average_weight": share("weight of the moving average in the final gap"),
    "final_gap": gap("steered gap"),
    "p_right": share("probability of option B"),
    "p_spare": share("probability of sparing the side that the attribute counts"),
    # Landscape of one cell
    "utility": Variable("worth of a candidate to the panel", core=("candidate",)),
    "consensus_value": Variable("value of the consensus' own gain", core=("candidate",)),
    "persona_value": Variable("value of each persona's gain", core=("persona", "candidate")),
    "proposal_density": _density("density that candidates are drawn from", "candidate"),
    "weight_density": _density("density of the candidates by their weights", "candidate"),
    "weight_mean": gap("mean of the candidates by their weights"),
    "limit": gap("correction of a pass with infinitely many candidates, before the gate"),
    "ess_ratio": share("effective sample size ratio of such a pass"),
    "node_at": gap("correction at the node", "node"),
    "node_weight": Variable("weight of the node", unit="logit", core=("node",)),
    "node_density": _density("density of the candidates by their weights, at the node", "node"),
    "kink_at": gap("correction at the kink", "kink"),
    "kink_text": Variable("what meets at the kink", "U", core=("kink",)),
    "kink_of_gain": Variable("whether a gain is zero at the kink", "b", core=("kink",)),
    # What a published run logged
    "recorded_correction": gap("logged correction of each pass", "pass_id"),
    "recorded_ess": share("logged effective sample size ratio of each pass", "pass_id"),
    "recorded_reliability": share("logged reliability"),
    "recorded_anchor_weight": share("logged weight of the consensus"),
    "recorded_micro_gap": gap("logged gap before the moving average"),
    "recorded_average_gap": gap("logged moving average after this scenario"),
    "recorded_p_right": share("logged probability of option B"),
    "recorded_p_spare": share("logged probability of sparing the counted side"),
    "recorded_vanilla_p_right": share("logged probability of option B, base prompt"),
    "recorded_vanilla_p_spare": share("logged probability of sparing, base prompt"),
    "initial_average": gap("moving average before the first scenario"),
    "initial_step": Variable("steps of the moving average before the first scenario", low=0),
}
