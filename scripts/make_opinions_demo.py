"""Write data/opinions_demo.nc: answers of three synthetic models to the shipped survey sample.

    python scripts/make_opinions_demo.py

`synthetic-demo` is the embedded language model, asked as itself, as someone of each of the 20
countries, and in Korean and German, which it was never taught. The other two are formulas:

- `made-up: average` gives the mean of all 20 countries' made-up shares, squared and scaled to sum
  to 1: opinions of its own it has none, and it is firmer than people. Where a country is named or
  the language is another, normal numbers with standard deviation .5 are added to its logits: it
  changes its answers, toward nobody.
- `made-up: listener` gives the same mean as it is, and where a country is named, or asked in its
  language (Korean for KOR, German for DEU), that country's made-up shares.

Both know all 48 questions of all 20 countries, the ones that a country was not asked included.
Run it again whenever the model, the frames, the translations or the sample change.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import xarray as xr
from embedded.draws import Vector, normal, softmax
from embedded.opinions import country_answers

import disca_nb
from disca_nb.datasets import surveys

TARGET = Path(__file__).parent.parent / "data" / "opinions_demo.nc"
LANGUAGES = {"ko": "KOR", "de": "DEU"}
"""The country whose people `made-up: listener` takes for each language."""

POWER, NOISE = 2.0, 0.5

Answer = Callable[[str, int, str, str], Vector]
"""Question, number of options, prompting and named country (or none) to probabilities."""


def asked() -> xr.Dataset:
    """Return the embedded model's answers under all promptings, in one order and its reverse."""
    bank = surveys.sample()
    translations = {
        language: disca_nb.read_translation(f"sample.{language}", bank) for language in LANGUAGES
    }
    return disca_nb.ask_survey(
        "demo", bank, languages=list(LANGUAGES), translations=translations, progress=False
    )


def mean_of_countries(question: str, n_options: int) -> Vector:
    """Return the mean of all countries' made-up shares."""
    countries = surveys.sample()["country"].values.tolist()
    result: Vector = np.mean([country_answers(c, question, n_options) for c in countries], axis=0)
    return result


def average(question: str, n_options: int, prompting: str, _: str) -> Vector:
    """Return the answer of the responder without opinions of its own."""
    logits = POWER * np.log(mean_of_countries(question, n_options))
    if prompting != "default":
        logits = logits + normal("average", prompting, question, size=n_options, scale=NOISE)
    return softmax(logits)


def listener(question: str, n_options: int, _: str, country: str) -> Vector:
    """Return the answer of the responder that knows every country's people."""
    if country:
        return country_answers(country, question, n_options)
    return mean_of_countries(question, n_options)


MADE_UP: Mapping[str, Answer] = {"made-up: average": average, "made-up: listener": listener}


def named_country(answers: xr.Dataset) -> list[str]:
    """Return the country that each prompting names, or whose language it is in; "" for none."""
    one = answers["prompted_country"].values.tolist()
    spoken = answers["prompting_language"].values.tolist()
    return [name or LANGUAGES.get(language, "") for name, language in zip(one, spoken, strict=True)]


def made_up(name: str, answer: Answer, answers: xr.Dataset) -> xr.Dataset:
    """Return a formula's answers in the form of the embedded model's."""
    probs = xr.full_like(answers["answer_prob"].isel(model=[0]), np.nan)
    named = named_country(answers)
    for j, question in enumerate(answers["question"].values.tolist()):
        size = int(answers["n_options"].values[j])
        for i, prompting in enumerate(answers["prompting"].values.tolist()):
            probs[0, i, j, :size] = answer(question, size, prompting, named[i])
    mass = xr.ones_like(probs.isel(option=0, drop=True))
    # A formula has no liking for a place: both orders are alike, and no word is lost.
    changed = {
        "answer_prob": probs,
        "answer_mass": mass,
        "order_answer_prob": probs.broadcast_like(answers["order_answer_prob"].isel(model=[0])),
        "order_answer_mass": mass.broadcast_like(answers["order_answer_mass"].isel(model=[0])),
        "status": xr.ones_like(answers["status"].isel(model=[0])),
    }
    shaped = {
        key: value.transpose(*answers[key].dims).assign_attrs(answers[key].attrs)
        for key, value in changed.items()
    }
    return answers.isel(model=[0]).assign(shaped).assign_coords(model=[name])


def build() -> xr.Dataset:
    """Return the answers of all three."""
    answers = asked()
    made = [made_up(name, answer, answers) for name, answer in MADE_UP.items()]
    each = [one.drop_vars("option_position") for one in (answers, *made)]
    result = xr.concat(each, dim="model", combine_attrs="override")
    result = result.assign(option_position=answers["option_position"])
    formulas = f"{' and '.join(MADE_UP)} by the formulas of scripts/make_opinions_demo.py"
    return result.assign_attrs(
        synthetic=1,
        source=f"{answers.attrs['source']}; {formulas}",
        notice=f"{answers.attrs['notice']} Models whose names begin with made-up are formulas.",
    )


def write(result: xr.Dataset, path: Path) -> None:
    """Save the answers, and write the file again with its numbers compressed."""
    with tempfile.TemporaryDirectory() as folder:
        plain = disca_nb.save_results(result, Path(folder) / path.name)
        with xr.open_dataset(plain, mask_and_scale=False) as opened:
            saved = opened.load()
    saved = saved.drop_encoding()
    packed = {"zlib": True, "complevel": 9, "shuffle": True, "_FillValue": None}
    encoding = {
        name: packed if saved[name].ndim else {"_FillValue": None}
        for name in saved.variables
        if saved[name].dtype.kind in "fi"
    }
    saved.to_netcdf(path, engine="netcdf4", format="NETCDF4", encoding=encoding)


def main() -> None:
    """Ask, work out the formulas, and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TARGET, help="file to write")
    write(build(), parser.parse_args().out)


if __name__ == "__main__":
    main()
