"""Language models that score answers: one protocol, one file for each way to reach them."""

from disca_nb.models.hugging_face import HuggingFaceModel
from disca_nb.models.loading import load
from disca_nb.models.protocol import LanguageModel, OptionScores, ScoringPlan

__all__ = ["HuggingFaceModel", "LanguageModel", "OptionScores", "ScoringPlan", "load"]
