"""Values of models: value questions and portraits asked, and answers from elsewhere read."""

from disca_nb._values.asking import ask_values
from disca_nb._values.portraits import ask_portraits
from disca_nb._values.reading import read_value_responses

__all__ = ["ask_portraits", "ask_values", "read_value_responses"]
