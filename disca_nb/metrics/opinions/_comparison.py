"""The compared countries of a bank with the rule of their scores, system by system."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.opinions import average_ranks
from disca_nb.metrics.opinions._cells import Cells, IntArray
from disca_nb.metrics.opinions._labels import Variables, labelled, provenance
from disca_nb.metrics.opinions._tell import tell
from disca_nb.metrics.opinions.floors import FLOORS, floor_table, known_populations
from disca_nb.metrics.opinions.joint import block_size, ends, question_counts, rank_correlation
from disca_nb.metrics.opinions.modes import Mode, Rule, rule_of
from disca_nb.metrics.opinions.similarity import naming, system_table
from disca_nb.models.protocol import LOW_MASS
from disca_nb.variables import annotate

__all__ = ["Comparison"]

_HIGH = 0.8
# Scores are ranked to so many digits: of a fit, equal ones differ by rounding.
_DIGITS = 12


class Comparison:
    """The compared countries of a bank, with the rule that their scores follow."""

    def __init__(
        self,
        cells: Cells,
        countries: Sequence[str] | None,
        mode: Mode,
        reference: str | None,
        measure: str,
        base: float,
    ) -> None:
        places = cells.country_places(countries)
        floors = floor_table(cells, measure, base)[places]
        self.all = cells
        self.cells = cells.of_countries(places)
        self.distance = (measure, base)
        asked = self.cells.asked
        self.n_common = int(asked.all(axis=0).sum())
        self.rule: Rule = rule_of(asked, self.cells.countries, mode=mode, reference=reference)
        self.floors = self.rule.chosen(floors)
        if mode == "common" and not self.n_common:
            _warn_nothing_common(self.cells)

    def result(self, bank: xr.Dataset, *, n_boot: int, seed: int, level: float) -> xr.Dataset:
        """Return the scores with their labels."""
        counts = question_counts(int(self.rule.keep.sum()), n_boot=n_boot, seed=seed, level=level)
        known = self._n_questions(counts)
        step = block_size(len(counts), len(self.cells.countries))
        parts = [
            self._block(slice(start, start + step), counts, known, level)
            for start in range(0, len(self.cells.probs), step)
        ]
        shape = self.cells.systems
        variables: Variables = {}
        for name in parts[0]:
            values = np.concatenate([part[name] for part in parts], axis=-1)
            dims: tuple[str, ...] = ("country", "model", "prompting")[2 - values.ndim :]
            variables[name] = (dims, values.reshape(*values.shape[:-1], *shape))
        variables |= {name: (("country",), each) for name, each in self._floors(counts).items()}
        variables["n_questions"] = (("country",), known)
        if "status" in self.cells.answers:
            status = self.cells.answers["status"].transpose("model", "prompting", "question")
            low = (status.to_numpy() == LOW_MASS).sum(axis=-1)
            variables["n_low_mass"] = (("model", "prompting"), low)
        attrs = {
            **provenance(self.cells),
            **naming(*self.distance),
            **self._facts(),
            "n_boot": n_boot,
            "seed": seed,
            "level": level,
        }
        result = annotate(labelled(variables, self.cells, bank).assign_attrs(attrs))
        if self.rule.mode == "all":
            _warn_like_uniform(result)
        return result

    def _n_questions(self, counts: IntArray) -> IntArray:
        """Return how many questions are behind each country's score."""
        uniform = self.floors[:, :1]
        scored = ~np.isnan(self.rule.scores(uniform, counts[:1])[0, :, 0])
        return np.where(scored, self.rule.n_counted(uniform[:, 0]), 0)

    def _floors(self, counts: IntArray) -> dict[str, FloatArray | IntArray]:
        """Return the trivial responders' scores by country, of the questions as they are."""
        scores = self.rule.scores(self.floors, counts[:1])[0]
        floors: dict[str, FloatArray | IntArray] = {}
        floors |= {f"similarity_{name}": scores[:, i] for i, name in enumerate(FLOORS)}
        for i, name in enumerate(FLOORS[2:], start=2):
            floors[f"n_questions_{name}"] = self.rule.n_counted(self.floors[:, i])
        return floors

    def _block(
        self, systems: slice, counts: IntArray, known: IntArray, level: float
    ) -> dict[str, FloatArray]:
        """Return the figures of some systems, (countries, systems) or (systems,)."""
        table = system_table(self.cells, self.cells.probs[systems], *self.distance)
        # The uniform responder goes along: with the same questions, a fit is solved once for all.
        chosen = np.concatenate([self.rule.chosen(table), self.floors[:, :1]], axis=1)
        scores = self.rule.scores(chosen, counts)
        ranked, result = scores, {}
        figures = {"similarity": scores[:, :, :-1], "excess": scores[:, :, :-1] - scores[:, :, -1:]}
        if self.rule.mode == "paired":
            beside = self.rule.reference_scores(chosen, counts)
            ranked = scores - beside
            result["similarity_reference"] = beside[0, :, :-1].copy()
            figures["similarity_difference"] = ranked[:, :, :-1]
        else:
            deviation = scores - _mean_of_countries(scores)
            figures["similarity_deviation"] = deviation[:, :, :-1]
        ranked = np.round(ranked, _DIGITS)
        figures["rank"] = average_ranks(ranked[:, :, :-1], axis=1)
        for name, draws in figures.items():
            is_rank = name == "rank"
            low, high = ends(draws, known[:, None], level=level, widen=not is_rank, ranks=is_rank)
            # A copy, as a view would keep all draws of every block.
            result |= {name: draws[0].copy(), f"{name}_low": low, f"{name}_high": high}
        return result | _correlation(ranked, counts.shape[1], level)

    def _facts(self) -> dict[str, str | int]:
        """Return what the result says of how it was made."""
        unknown = np.isnan(known_populations(self.all))
        facts: dict[str, str | int] = {
            "mode": self.rule.mode,
            "n_common": self.n_common,
            "n_without_population": int(unknown.sum()),
        }
        if self.rule.reference is not None:
            facts["reference"] = self.cells.countries[self.rule.reference]
        return facts


def _correlation(ranked: FloatArray, n_questions: int, level: float) -> dict[str, FloatArray]:
    """Return the rank correlation of each system with the last, which is uniform."""
    draws = rank_correlation(ranked[:, :, :-1], ranked[:, :, -1:])
    low, high = ends(draws, np.array(n_questions), level=level, widen=False)
    return {"spearman_uniform": draws[0].copy(), "spearman_low": low, "spearman_high": high}


def _mean_of_countries(scores: FloatArray) -> FloatArray:
    """Return the mean score of the countries that have one, in each draw."""
    known = ~np.isnan(scores)
    size = known.sum(axis=1, keepdims=True)
    total = np.where(known, scores, 0.0).sum(axis=1, keepdims=True)
    return np.asarray(total / np.where(size > 0, size, np.nan))


def _warn_nothing_common(cells: Cells) -> None:
    """Say that the compared countries share no question, and which has the fewest."""
    counts = cells.asked.sum(axis=1)
    fewest = int(counts.argmin())
    text = (
        f"No question was answered by all {counts.size} compared countries; the fewest, "
        f"{counts[fewest]}, by {cells.countries[fewest]!r}. Name fewer countries with countries=, "
        "or use mode 'paired' or 'fixed_effects'."
    )
    tell(text)


def _warn_like_uniform(result: xr.Dataset) -> None:
    """Say where the ranking of countries is nearly that of a responder without opinions."""
    rho = result["spearman_uniform"].stack(system=("model", "prompting"))
    high = rho[np.abs(rho.values) >= _HIGH]
    if not high.size:
        return
    worst = high[int(np.abs(high.values).argmax())]
    model, prompting = worst["system"].item()
    text = (
        f"The ranking of {result.sizes['country']} countries by {model} ({prompting}) has a "
        f"Spearman correlation of {worst.item():.2f} with that of a responder that is uniform over "
        f"the options, and {high.size} of {rho.size} rankings have one of .8 or more in size; "
        "read the excess, and the modes 'common' and 'fixed_effects'."
    )
    tell(text)
