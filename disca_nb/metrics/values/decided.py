"""The entropy filter: only wordings on which the models are decided."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.datasets.values.filters import kept_wordings
from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics.values._answers import answers_of
from disca_nb.metrics.values._entropy import entropies
from disca_nb.variables import annotate

__all__ = ["keep_decided"]


def keep_decided(responses: xr.Dataset, *, max_entropy: float) -> xr.Dataset:
    """Keep the wordings on which no model hedges more than so much.

    All models keep the same wordings: those that all of them answered by choice, with an entropy
    of at most ``max_entropy``. What is kept was chosen by the answers themselves, so that its
    consistency is that of decided answers and not of the questions at large; report both.

    Parameters
    ----------
    responses : xarray.Dataset
        As for `disca_nb.metrics.values.consistency`.
    max_entropy : float
        In bits, at least 0; two stances have at most 1.

    Returns
    -------
    xarray.Dataset
        The kept wordings. ``attrs["filters"]`` (JSON) has one more entry with the numbers of
        wordings ``kept``, ``removed``, and ``unanswered`` among those removed.

    Raises
    ------
    ParameterError
        When ``max_entropy`` is no number of at least 0.
    InputError
        When there is no answer by choice, or nothing would be left.

    References
    ----------
    Moore et al. 2024, arXiv 2407.02996

    Examples
    --------
    >>> responses = xr.Dataset(
    ...     {"stance_prob": (("model", "form", "wording", "stance"), [[[[0.9, 0.1], [0.5, 0.5]]]])},
    ...     {
    ...         "model": ["m"], "form": ["choice"], "stance": ["supports", "opposes"],
    ...         "wording": ["a", "b"], "value_question": ("wording", ["q", "q"]),
    ...         "topic_name": ("wording", ["t", "t"]), "phrasing": ("wording", [0, 1]),
    ...         "wording_language": ("wording", ["en", "en"]),
    ...     },
    ... )
    >>> keep_decided(responses, max_entropy=0.5).wording.values.tolist()
    ['a']
    """
    number = isinstance(max_entropy, int | float | np.number) and not isinstance(max_entropy, bool)
    if not number or not 0.0 <= float(max_entropy) < np.inf:
        raise ParameterError(f"max_entropy is {max_entropy!r}; give bits of at least 0.")
    answers = answers_of(responses)
    if not answers.has("choice"):
        raise InputError("No model has answers by choice; ask with forms=('choice',).")
    places = answers.places("choice")
    known = answers.known[:, places].all(axis=0)
    # Rounding must not remove an even answer at the largest entropy that there is.
    bits = entropies(answers.probs[:, places], base=2.0).max(axis=0)
    kept = known & (bits <= float(max_entropy) + 1e-9)
    labels = answers.rows["wording"].to_numpy()[places]
    chosen = np.isin(responses["wording"].values, labels[kept])
    unanswered = {"unanswered": int((~known).sum())}
    return annotate(
        kept_wordings(responses, chosen, f"entropy at most {max_entropy:g} bits", unanswered)
    )
