"""Variables of surveys, of models' answers to them, and of the similarity of the two."""

from __future__ import annotations

from collections.abc import Mapping

from disca_nb._registry.variable import Variable, share

__all__ = ["OPINIONS"]


def _similarity(text: str, *core: str) -> Variable:
    # Without a range: the fit of fixed effects may leave 0 to 1.
    return Variable(f"{text} (1 - distance, of Jensen and Shannon unless said)", core=core)


def _difference(text: str) -> Variable:
    return Variable(text)


def _correlation(text: str) -> Variable:
    return Variable(text, low=-1.0, high=1.0)


def _rank(text: str) -> Variable:
    return Variable(text, low=1.0)


def _ratio(text: str) -> Variable:
    return Variable(text, low=0.0)


OPINIONS: Mapping[str, Variable] = {
    # Surveys
    "question_text": Variable("text of the survey question", "U"),
    "question_topic": Variable("topic of the survey question", "U"),
    "survey": Variable("survey that asked the question", "U"),
    "wave": Variable("wave of that survey; empty where not said", "U"),
    "n_options": Variable("number of the question's options", "i", "options", 1),
    "ordinal": Variable("whether the question's options have an order", "b"),
    "option_text": Variable(
        "text of the option; empty past the question's last", "U", core=("option",)
    ),
    "survey_share": share("share of the country's respondents who chose the option", "option"),
    "respondents": Variable("respondents of the country behind the shares", unit="people", low=0.0),
    "removed_share": share("share of answers that were removed, such as don't know"),
    "weight_used": Variable("weight behind the question's shares, where questions differ", "U"),
    # Answers of models
    "prompting_kind": Variable("default, cross-national or linguistic", "U"),
    "prompted_country": Variable("country that the model was asked to answer for, or none", "U"),
    "prompting_language": Variable("language that the model was asked in", "U"),
    "answer_prob": share("probability of the option, renormalised, mean over orders", "option"),
    "answer_mass": share("probability of all options together, mean over orders"),
    "order_answer_prob": share(
        "probability of the option by order of the options", "order", "option"
    ),
    "order_answer_mass": share("probability of all options together by order", "order"),
    "option_position": Variable(
        "place of the option in that order, from 1; 0 where it was not shown", "i", "1", 0
    ),
    "question_language": Variable("language of question and options as they were asked", "U"),
    # Similarity
    "similarity": _similarity("similarity of a model's answers and a country's"),
    "similarity_low": _similarity("lower end of the similarity's interval"),
    "similarity_high": _similarity("upper end of the similarity's interval"),
    "similarity_uniform": _similarity("similarity of a responder that is uniform over the options"),
    "similarity_first": _similarity("similarity of a responder that takes the first option"),
    "similarity_others": _similarity("similarity of the mean of the other countries"),
    "similarity_population": _similarity("similarity of the other countries' mean by population"),
    "similarity_reference": _similarity("similarity of the reference on the shared questions"),
    "similarity_difference": _difference("similarity minus the reference's on the same questions"),
    "similarity_difference_low": _difference("lower end of that difference's interval"),
    "similarity_difference_high": _difference("upper end of that difference's interval"),
    "similarity_deviation": _difference("similarity minus the mean of the compared countries"),
    "similarity_deviation_low": _difference("lower end of that deviation's interval"),
    "similarity_deviation_high": _difference("upper end of that deviation's interval"),
    "excess": _difference("similarity minus that of the uniform responder"),
    "excess_low": _difference("lower end of the excess's interval"),
    "excess_high": _difference("upper end of the excess's interval"),
    "rank": _rank("rank of the country, 1 the most similar"),
    "rank_low": _rank("lower end of the rank's interval"),
    "rank_high": _rank("upper end of the rank's interval"),
    "n_questions": Variable("questions behind a score", "i", "questions", 0),
    "n_questions_others": Variable(
        "questions that another country answered as well", "i", "questions", 0
    ),
    "n_questions_population": Variable(
        "questions that a country with a known population answered as well", "i", "questions", 0
    ),
    "n_low_mass": Variable("answers of low mass among those compared", "i", "questions", 0),
    "spearman_uniform": _correlation("rank correlation over countries with the uniform responder"),
    "spearman_low": _correlation("lower end of the rank correlation's interval"),
    "spearman_high": _correlation("upper end of the rank correlation's interval"),
    # Shift under a prompting
    "shift": _difference("gain toward the prompted country minus the mean gain toward the others"),
    "shift_low": Variable("lower end of the shift's interval"),
    "shift_high": Variable("upper end of the shift's interval"),
    "shift_toward": _difference("gain in similarity to the prompted country"),
    "shift_elsewhere": _difference("mean gain in similarity to the other countries"),
    "shift_uniform": _difference("shift if answers became uniform under the prompting"),
    # Views, spread and ceiling
    "answer_entropy": Variable("entropy of the model's answer", unit="bit", low=0.0),
    "survey_entropy": Variable("entropy of the country's answers", unit="bit", low=0.0),
    "answer_top": share("probability of the model's likeliest option"),
    "survey_top": share("share of the country's most frequent option"),
    "dispersion_ratio": _ratio("spread of the model's answers over that of the surveys'"),
    "dispersion_low": _ratio("lower end of the dispersion ratio's interval"),
    "dispersion_high": _ratio("upper end of the dispersion ratio's interval"),
    "dispersion_uniform": _ratio("the same ratio of a responder that is uniform over the options"),
    "answer_spread": Variable("spread of the model's answers, mean over questions", low=0.0),
    "survey_spread": Variable("spread of the surveys' answers, mean over questions", low=0.0),
    "n_pairs": Variable("pairs of countries on a question behind a score", "i", "pairs", 0),
    "question_ceiling": _similarity("the ceiling question by question"),
    "ceiling_perfect": _similarity("similarity expected of a model that holds the shares exactly"),
    "ceiling": _similarity("similarity expected of another sample of the same people"),
    "ceiling_low": _similarity("lower end of the ceiling's interval"),
    "ceiling_high": _similarity("upper end of the ceiling's interval"),
}
