"""Write data/values_demo.nc: answers of synthetic models to the embedded model's value questions.

    python scripts/make_values_demo.py

`synthetic-demo` is the embedded language model, asked for a letter in two orders of the options,
and for an answer in words, which it judges itself. The others are formulas that show what each
measure of consistency makes of a model whose steadiness is known:

- `made-up: steady` takes one stance for each topic, always, in every form.
- `made-up: always yes` answers "yes" wherever it stands, whatever that says of the topic.
- `made-up: coin flips` takes a stance at random for each wording and form.
- `made-up: talker-base` and `made-up: talker-chat` lean alike on every topic and question, in
  log-odds of support, and waver with the phrasing by normal numbers that are the same but for
  their size: the base model's are four times those of the chat model, and so is its liking for the
  option that comes first. In words they take the likelier side after wavering once more, or none
  where the log-odds are near zero.

All random numbers are keyed by labels. Run it again whenever the model, its tasks or the prompts
change.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from embedded.draws import normal
from make_opinions_demo import write

from disca_nb._values import ask_values
from disca_nb.datasets.values.shipped import embedded_questions

TARGET = Path(__file__).parent.parent / "data" / "values_demo.nc"
KEY = "made-up values"
WAVER, LIKING = {"talker-base": 2.0, "talker-chat": 0.5}, {"talker-base": 1.2, "talker-chat": 0.3}
"""Sizes of what changes with the phrasing, and of the liking for the first option, in logits."""

LEAN, AGREED, QUESTION = 1.5, 2.5, 0.5
UNDECIDED = 0.3
UNCERTAIN = "UNCERTAIN"


@dataclass(frozen=True)
class Asked:
    """What a formula knows of a wording."""

    wording: str
    topic: str
    question: str
    controversial: bool
    yes: str


Choice = Callable[[Asked, str], float]
"""The probability of "supports" in an order of the options, given or reversed."""

Said = Callable[[Asked], str]
"""The stance of the answer in words, or `UNCERTAIN`."""


def lean(asked: Asked) -> float:
    """Return the log-odds of supporting a topic before anything else; high where all agree."""
    size = LEAN if asked.controversial else 0.3
    return float(normal(KEY, "lean", asked.topic, scale=size)[0]) + (
        0.0 if asked.controversial else AGREED
    )


def stance(supports: bool) -> str:
    """Return the name of a side."""
    return "supports" if supports else "opposes"


def steady(asked: Asked, _: str = "") -> float:
    """Return the side of the topic."""
    return float(lean(asked) > 0)


def always_yes(asked: Asked, _: str = "") -> float:
    """Return what yes says of the topic."""
    return float(asked.yes == "supports")


def coin(asked: Asked, form: str) -> float:
    """Return a side at random; both orders of the options are one answer."""
    return float(normal(KEY, "coin", form, asked.wording)[0] > 0)


def talker(name: str, asked: Asked) -> float:
    """Return the log-odds of support in one phrasing."""
    of_question = normal(KEY, "question", asked.question, scale=QUESTION)[0]
    return lean(asked) + float(of_question + WAVER[name] * normal(KEY, "waver", asked.wording)[0])


def talker_choice(name: str) -> Choice:
    """Return how a talker chooses."""

    def choice(asked: Asked, order: str) -> float:
        first_supports = (asked.yes == "supports") == (order == "given")
        logit = talker(name, asked) + (LIKING[name] if first_supports else -LIKING[name])
        return float(1.0 / (1.0 + np.exp(-logit)))

    return choice


def talker_said(name: str) -> Said:
    """Return what a talker says."""

    def said(asked: Asked) -> str:
        more = WAVER[name] * normal(KEY, "in words", asked.wording)[0] / 2.0
        logit = talker(name, asked) + float(more)
        return UNCERTAIN if abs(logit) < UNDECIDED else stance(logit > 0)

    return said


MADE_UP: Mapping[str, tuple[Choice, Said]] = {
    "made-up: steady": (steady, lambda asked: stance(steady(asked) > 0)),
    "made-up: always yes": (always_yes, lambda asked: asked.yes),
    "made-up: coin flips": (
        lambda asked, _: coin(asked, "choice"),
        lambda asked: stance(coin(asked, "open") > 0),
    ),
    **{f"made-up: {name}": (talker_choice(name), talker_said(name)) for name in WAVER},
}


def asked_of(questions: xr.Dataset) -> list[Asked]:
    """Return what formulas know of each wording; the first option is yes."""
    names = ("wording", "topic_name", "value_question", "controversial")
    columns = [questions[name].values.tolist() for name in names]
    first = questions["option_stance"].transpose("wording", "option").values[:, 0].tolist()
    return [Asked(*each) for each in zip(*columns, first, strict=True)]


def sentence(asked: Asked, said: str) -> str:
    """Return an answer in words that takes a side, as the embedded model would say it."""
    if said == UNCERTAIN:
        return "I cannot say."
    return "I say yes." if said == asked.yes else "I say no."


def made_up(name: str, answers: xr.Dataset) -> xr.Dataset:
    """Return a formula's answers in the form of the embedded model's."""
    choice, said = MADE_UP[name]
    rows = asked_of(answers)
    orders = answers["order"].values.tolist()
    supports = np.array([[choice(each, order) for each in rows] for order in orders])
    by_order = np.stack([supports, 1.0 - supports], axis=-1)
    words = [said(each) for each in rows]
    sided = np.array([[float(each == side) for side in ("supports", "opposes")] for each in words])
    sided[np.array(words) == UNCERTAIN] = np.nan
    one = answers.isel(model=[0]).assign_coords(model=[name])
    one = one.sel(form=["choice", "open"], stance=["supports", "opposes"])
    form = ("model", "form", "wording")
    mass = np.stack([np.ones(len(rows)), np.full(len(rows), np.nan)])[None]
    texts = {
        "open_answer": [sentence(*each) for each in zip(rows, words, strict=True)],
        "judge_verdict": words,
        "judge_reply": [""] * len(rows),
    }
    changed = {
        "stance_prob": ((*form, "stance"), np.stack([by_order.mean(axis=0), sided])[None]),
        "stance_mass": (form, mass),
        "status": (form, np.ones((1, 2, len(rows)), dtype=one["status"].dtype)),
        "abstained": (form, np.array([[False] * len(rows), np.array(words) == UNCERTAIN])[None]),
        "order_stance_prob": (("model", "order", "wording", "stance"), by_order[None]),
        **{key: (("model", "wording"), np.array([text], dtype=str)) for key, text in texts.items()},
        "abstained_share": ("model", [float(np.mean(np.array(words) == UNCERTAIN))]),
        "unread_share": ("model", [0.0]),
    }
    return one.assign(changed)


def build() -> xr.Dataset:
    """Return the answers of all models."""
    answers = ask_values("demo", embedded_questions(), forms=("choice", "open"), progress=False)
    made = [made_up(name, answers) for name in MADE_UP]
    result = xr.concat([answers, *made], dim="model", combine_attrs="override")
    formulas = f"{', '.join(MADE_UP)} by the formulas of scripts/make_values_demo.py"
    return result.assign_attrs(
        synthetic=1,
        source=f"{answers.attrs['source']}; {formulas}",
        notice=f"{answers.attrs['notice']} Models whose names begin with made-up are formulas.",
    )


def main() -> None:
    """Ask, work out the formulas, and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TARGET, help="file to write")
    write(build(), parser.parse_args().out)


if __name__ == "__main__":
    main()
