"""Opinions of models: survey questions asked, translated, and answers from elsewhere read."""

from disca_nb._opinions.ask import ask_survey
from disca_nb._opinions.responses import read_responses
from disca_nb._opinions.translated import read_translation
from disca_nb._opinions.translation import TranslationReport, translate_survey

__all__ = [
    "TranslationReport",
    "ask_survey",
    "read_responses",
    "read_translation",
    "translate_survey",
]
