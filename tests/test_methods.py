"""The methods paragraphs: each sentence where it applies, and nowhere else."""

from __future__ import annotations

import pytest
import xarray as xr
from written import RESULTS, written

from disca_nb import methods
from disca_nb.errors import InputError

SCORED = {
    *("reported", "vanilla", "scores", "one country", "three countries", "matched"),
    *("own targets", "given", "rival", "steered rival", "compare", "one of compare"),
    *("logged compare", "two methods", "languages", "grid", "audit", "audit of one"),
}
AUDITS = {"audit", "audit of one"}
SYNTHETIC = set(RESULTS) - {
    *("nothing", "unknown source", "divided by own", "given", "recorded passes", "reported"),
    *("logged compare", "languages"),
}
ELICITED = SYNTHETIC | {"divided by own"}
IN_ENGLISH = ELICITED | {"unknown source", "given"}
FRESH = {
    *("monte-carlo", "ema", "scores", "one country", "three countries", "steered rival"),
    *("compare", "grid", *AUDITS),
}
LOGGED = {"recorded passes", "logged compare"}
SEEDED = {"monte-carlo", "steered rival", "compare"}
MORAL_MACHINE = SCORED - {"own targets", "languages"}
# Every sentence by a part of it, with the results that it is about and no other.
SENTENCES: dict[str, set[str]] = {
    "scenarios (labels of model, country, scenario)": {
        *("gaps", "unknown source", "divided by own", "monte-carlo", "recorded passes", "ema"),
    },
    "5 countries (BRA, CHN, DEU, EGY, IND)": set(RESULTS)
    - {"nothing", "one country", "three countries", "languages"},
    "1 country (BRA)": {"one country"},
    "3 countries (labels of model, n_countries)": {"three countries"},
    "2 models (first, second)": {"audit"},
    "scenarios a country (variable n_scenarios)": SCORED - {"languages", "three countries"},
    "The panel has 4 personas, young, middle, older, all (": {
        *("gaps", "unknown source", "divided by own", "monte-carlo", "ema"),
    },
    "4 personas, known by rank alone: rank_1, rank_2, rank_3, rank_4 (": {"recorded passes"},
    "The source of the data is: synthetic": SYNTHETIC,
    "The source of the data is: run.csv (attribute source)": {
        "recorded passes",
        "reported",
        "logged compare",
    },
    "does not say where its data come from": {"nothing", "unknown source", "given", "languages"},
    "Scenarios are from: MultiTP grid in the words of disca_nb, balanced (": ELICITED,
    "Personas are from: World Values Survey wave 7": ELICITED,
    "The language of the prompts is en (label of language)": IN_ENGLISH,
    "Gaps were elicited from a live model": ELICITED,
    "(BA: the two descriptions change places and the letters stay)": ELICITED,
    "a probability of at least 0.5 in each of its prompts (attribute min_mass)": ELICITED,
    "different prompts, each once, in the run that elicited the gaps": ELICITED,
    "synthetic-demo was run with: source embedded, architecture LlamaForCausalLM": ELICITED
    - AUDITS,
    "Human preferences are from: Awad": MORAL_MACHINE,
    "Human preferences are from: mine.csv (attribute targets).": {"own targets"},
    "It holds neither gaps nor decisions": {"nothing"},
    "The gaps are not steered": {"gaps", "unknown source", "divided by own"},
    "How the decisions were made is not recorded": {"given", "languages"},
    "Variant 'vanilla'": {"vanilla", "compare", "one of compare", "logged compare"},
    "Variant 'debiased'": {"matched", "logged compare"},
    "Variant 'consensus'": {"own targets", "compare"},
    "Variant 'paper'": {
        *("monte-carlo", "scores", "one country", "three countries", "steered rival", "compare"),
        *("logged compare", "two methods", "grid", *AUDITS),
    },
    "mean effective sample size ratio over ρ, at most 1 (variant) [DISCA2026].": {
        *("monte-carlo", "scores", "one country", "three countries", "steered rival", "compare"),
        *("logged compare", "two methods", "grid", *AUDITS),
    },
    "smallest effective sample size ratio": {"recorded passes", "two methods"},
    "moving average over a country's scenarios": {"ema"},
    "are those that the recorded run logged, not recomputed": {"reported"},
    "Variant 'temperature-debiased': it is none that disca_nb.steer knows": {"rival"},
    "Captions of the variants are": {"compare", "logged compare", "two methods"},
    "Gaps are not divided": SYNTHETIC,
    "divided by the released code's temperature": {"recorded passes", "reported", "logged compare"},
    "divided by category temperatures: own": {"divided by own"},
    "The correction is made of the passes that the run logged": LOGGED,
    "A pass draws candidates": FRESH,
    "[DISCA2026; TverskyKahneman1992]": FRESH,
    "The gate multiplies": FRESH | LOGGED,
    "limit of many candidates": FRESH - SEEDED,
    "to a tolerance of 1e-07 σ": FRESH - SEEDED,
    "Random numbers have the seed": SEEDED,
    "the seed 7 ": {"steered rival"},
    "the seed 5 ": {"compare"},
    "Settings are σ adaptive (the standard deviation of the personas, at least σ_min), σ_min 0.3, "
    "λ 0.7, η": FRESH - {"monte-carlo"},
    "Settings are σ 0.25, λ 0.7, η 0.5, α 0.88, κ 2.25, ρ 0.1, f 1.5 (no persona's value falls "
    "below −f), s 0.04, K 64, M 2 (attributes sigma, lam, eta,": {"monte-carlo"},
    "Settings are σ as logged, ρ 0.1, s 0.04 (attributes sigma, rho, gate_scale)": LOGGED,
    "η varies over eta_grid (eta_grid: 0.2, ": {"grid"},
    "Option B has probability 1/(1 + exp(−gap/0.5))": set(RESULTS)
    - {
        *("nothing", "gaps", "unknown source", "divided by own", "monte-carlo", "reported"),
        *("given", "rival", "languages"),
    },
    "Option B has probability 1/(1 + exp(−gap/2.0))": {"monte-carlo"},
    "Probabilities of reported are as they were logged": {"reported"},
    "Probabilities of vanilla are as they were logged": {"logged compare"},
    "Nothing in the result is compared": set(RESULTS) - SCORED,
    "Misalignment is the Euclidean distance": SCORED,
    "over 6 attributes: Species, Gender": SCORED - {"languages"},
    "A human preference is (1 + e)/2": MORAL_MACHINE,
    "numbers of characters pooled": SCORED - {"languages", "matched"},
    "weighted by how many more characters": {"matched"},
    "by MultiTP's rules with unanswered zero or omit, renormalize no or yes": {"languages"},
    "Mean misalignment over": SCORED,
    "; and 2 more (variable mis)": {"grid"},
    "the base prompt without steering": SCORED
    - {"vanilla", "one of compare", "given", "languages"},
    "a coin flip 0.": SCORED - {"languages"},
    "the mean of the other countries' people 0.": SCORED - {"languages"},
    "a perfect model, given the standard errors": SCORED - {"languages", "own targets"},
    "The decisions without steering are those that the run logged": {"reported", "logged compare"},
    "are 95 % intervals": SCORED - {"one country", "three countries"},
    "are 90 % intervals of a bootstrap that resamples countries, 60 draws with seed 3 (attributes "
    "n_boot, bootstrap_seed).": {"three countries"},
    "2,000 draws with seed 0 (disca_nb.macro).": SCORED
    - {"one country", "three countries", *AUDITS},
    "Human figures read before scoring: 4 other countries; held out at a time: one country "
    "(attributes targets_touched, folds)": {"rival"},
    "Human figures read before scoring: none": {"steered rival"},
    "For first disca-paper stands beside 4 rivals": AUDITS,
    "For second disca-paper stands beside 4 rivals": {"audit"},
    "Human figures that disca-paper read before it was scored: none (audit.ledger)": AUDITS,
    "Outputs of first score 0.": AUDITS,
    "Data that their source calls synthetic": SYNTHETIC,
    "A notice that results of synthetic-demo carry reads: The model is a small": ELICITED,
    "Personas of EGY are worded from synthetic value profiles": IN_ENGLISH
    - {"one country", "three countries"},
    "Which persona is which is not known": {"recorded passes"},
    "1 of 60 cells have no score": {"recorded passes"},
    "The moving average of 'released+ema' makes decisions depend on the order": {"ema"},
    "Where the log is the released code's": {"reported"},
    "Passes at random have sampling noise": SEEDED,
    "does not tell an offset": SCORED,
    "Correlations rest on 6 points": SCORED - {"languages"},
    "another choice of them changes it": SCORED - {"languages"},
    "With so few countries": {"three countries"},
    "self-selected visitors": MORAL_MACHINE,
    "no noise ceiling of BRA, CHN": {"own targets"},
    "Oracles of first": AUDITS,
    "The gaps were elicited with disca_nb": ELICITED,
    "of the steps that made it the result keeps no versions": set(RESULTS) - ELICITED,
    "This text was written by disca_nb": set(RESULTS),
}


@pytest.mark.parametrize("phrase", SENTENCES)
def test_a_sentence_stands_where_it_applies_and_nowhere_else(phrase: str) -> None:
    assert {name for name in RESULTS if phrase in written(name).text} == SENTENCES[phrase]


def test_opinions_are_refused_with_what_tells_of_them() -> None:
    answers = xr.Dataset({"answer_prob": ("option", [0.5])}, {"option": ["1"]})
    with pytest.raises(InputError, match=r"holds answer_prob, .*opinions\.describe\(result\)"):
        methods(answers)
