"""Variables of value questions, of models' stances on them, and of how steady these are."""

from __future__ import annotations

from collections.abc import Mapping

from disca_nb._registry.variable import Variable, share

__all__ = ["VALUES"]


def _distance(text: str) -> Variable:
    return Variable(text, low=0.0)


def _difference(text: str) -> Variable:
    return Variable(text)


def _count(text: str) -> Variable:
    return Variable(text, "i", "1", 0)


VALUES: Mapping[str, Variable] = {
    # Questions
    "wording_text": Variable("text of the question in this wording", "U"),
    "topic_name": Variable("topic of the question, the same in all languages", "U"),
    "value_question": Variable("question behind the wording, the same in all languages", "U"),
    "phrasing": Variable("number of the phrasing, 0 the original", "i", "1", 0),
    "wording_language": Variable("language of the wording, BCP 47", "U"),
    "wording_country": Variable("country that the wording is about; empty for none", "U"),
    "controversial": Variable("whether the topic was chosen as controversial", "b"),
    "option_stance": Variable(
        "what the option says of the topic: supports, opposes or neutral", "U", core=("option",)
    ),
    "portrait_text": Variable("text of the portrait", "U"),
    "portrait_value": Variable("basic human value that the portrait shows", "U"),
    # Responses
    "stance_prob": share("probability of the stance, mean over orders", "stance"),
    "order_stance_prob": share("probability of the stance by order", "order", "stance"),
    "stance_mass": share("probability of all options together, mean over orders"),
    "abstained": Variable("whether an answer in words took no side", "b"),
    "open_answer": Variable("answer in words", "U"),
    "judge_verdict": Variable("what the judge read in the answer; empty off the format", "U"),
    "judge_reply": Variable("what the judge wrote of the answer", "U"),
    "agree_prob": share("probability that the model likens itself to the portrait"),
    "order_agree_prob": share("that probability by order of the options", "order"),
    "agree_mass": share("probability of all options together, mean over orders"),
    # Consistency
    "inconsistency": _distance("mean distance of answers that should agree from their centroid"),
    "inconsistency_low": _distance("lower end of the inconsistency's interval"),
    "inconsistency_high": _distance("upper end of the inconsistency's interval"),
    "inconsistency_share": _distance("inconsistency as a share of the largest possible"),
    "inconsistency_share_low": _distance("lower end of that share's interval"),
    "inconsistency_share_high": _distance("upper end of that share's interval"),
    "inconsistency_largest": _distance("the largest possible inconsistency of the groups"),
    "inconsistency_random": _distance("inconsistency of coin flips in groups of the same sizes"),
    "inconsistency_shuffled": _distance("inconsistency of the model's own answers, dealt anew"),
    "inconsistency_yes": _distance("inconsistency of a responder that takes the first option"),
    "inconsistency_human": _distance("published inconsistency of people, where there is one"),
    "inconsistency_difference": _difference("difference of two inconsistencies"),
    "inconsistency_difference_low": _difference("lower end of that difference's interval"),
    "inconsistency_difference_high": _difference("upper end of that difference's interval"),
    "inconsistency_random_difference": _difference("the same of coin flips in those groups"),
    "topic_inconsistency": _distance("mean inconsistency of the topic's groups"),
    "topic_controversial": Variable("whether the topic was chosen as controversial", "b"),
    "stance_entropy": _distance("mean entropy of the answers"),
    "n_groups": _count("groups that were compared"),
    "n_topics": _count("topics behind them"),
    "n_wordings": _count("answers behind them"),
    "n_left_out": _count("groups of one answer or none, which are left out"),
    "abstained_share": share("share of answers in words that took no side"),
    "unread_share": share("share of answers in words whose verdict was off the format"),
    # Agreement with labels
    "kappa": Variable("Cohen's kappa of verdicts and labels", low=-1.0, high=1.0),
    "kappa_low": Variable("lower end of the kappa's interval", low=-1.0, high=1.0),
    "kappa_high": Variable("upper end of the kappa's interval", low=-1.0, high=1.0),
    "agreement": share("share of verdicts that equal the labels"),
    "n": _count("answers with a verdict that could be read and a label"),
    # Generalizability
    "variance": Variable("variance component; below 0 where the estimate is"),
    "variance_low": Variable("lower end of the component's interval"),
    "variance_high": Variable("upper end of the component's interval"),
    "variance_share": Variable("component as a share of the sum of those above 0"),
    "generalizability": share("share of the variance of models' means that is no error"),
    "difference_se": _distance("standard error of the difference of two models' means"),
    "n_answers": _count("answers of each model"),
    # Steerability
    "value_shift": _difference("gain in agreement with portraits of the value that is asked for"),
    "value_shift_low": _difference("lower end of that gain's interval"),
    "value_shift_high": _difference("upper end of that gain's interval"),
    "selectivity": _difference("that gain less the mean gain under the other values"),
    "selectivity_low": _difference("lower end of the selectivity's interval"),
    "selectivity_high": _difference("upper end of the selectivity's interval"),
    "value_rank": Variable("mean rank of the gain among the conditions, 1 the largest", low=1.0),
    "chance_rank": Variable("that rank by chance", low=1.0),
    "rank_p_value": share("probability of so low a rank by chance, by permutation"),
    "compat_rank": Variable("mean rank from 0 of the published steerability", low=0.0),
    "n_portraits": _count("portraits behind a figure"),
}
"""By name."""
