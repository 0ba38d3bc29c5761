"""``disca-nb opinions``: whose survey answers a model's are closest to."""

from __future__ import annotations

import argparse
import shlex
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.cli._opinion_inputs import answers_to, bank_of, label_in, labels_in
from disca_nb.cli._opinion_json import as_json
from disca_nb.cli._opinion_request import DEMO, RESPONSES, Request, request
from disca_nb.cli._opinion_tables import print_tables
from disca_nb.cli._running import add_running, loaded

if TYPE_CHECKING:
    import xarray as xr

    from disca_nb.models import LanguageModel

__all__ = ["add_parser"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "opinions",
        help="compare a model's answers to survey questions with those of countries",
        description=(
            "Compares the answers of language models to survey questions with the shares of "
            "respondents in each country: similarity with joint bootstrap intervals and ranks, "
            "and beside it what responders without any opinion score. MODEL is a folder with "
            "safetensors or a model of the Hugging Face hub, which is asked; RESPONSES are "
            f"answers that were saved ({', '.join(RESPONSES)}). demo is the embedded synthetic "
            "model, with the shipped synthetic survey unless another is named. Asking needs the "
            "extra: pip install 'disca-nb[models]'."
        ),
        epilog="Example: disca-nb opinions answers.jsonl --survey survey.csv --mode common",
    )
    parser.add_argument("source", metavar="MODEL|RESPONSES|demo")
    _add_survey(parser)
    _add_asking(parser)
    add_running(parser, answers="all options")
    _add_comparison(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.set_defaults(run=run)


def _add_survey(parser: argparse.ArgumentParser) -> None:
    """Add where the countries' answers come from."""
    group = parser.add_argument_group("survey")
    group.add_argument(
        "--survey",
        action="append",
        metavar="FILE",
        help="a CSV, JSON Lines, parquet, SPSS or Stata file or a saved bank, sample (made up) or "
        "hub (GlobalOpinionQA); several give one bank with ISO codes for countries",
    )
    group.add_argument(
        "--mapping", type=Path, metavar="YAML", help="what the columns of a CSV file mean"
    )
    group.add_argument(
        "--country-column",
        metavar="NAME",
        help="of SPSS and Stata files: the column of countries, or the country of everybody",
    )
    group.add_argument(
        "--merge",
        action="append",
        metavar="NEW=A;B",
        help="put samples of one country on one row, such as 'IND=IND (Old sample);IND (New)'",
    )
    group.add_argument(
        "--drop-missing", action="store_true", help="leave out options such as don't know"
    )


def _add_asking(parser: argparse.ArgumentParser) -> None:
    """Add how a model is asked, and which of saved answers are taken."""
    group = parser.add_argument_group("asking")
    group.add_argument(
        "--promptings",
        metavar="HOW,…",
        help="default, cross-national, linguistic; of saved answers also labels, such as 'as JPN' "
        "(default: default, and linguistic with --languages; all of saved answers)",
    )
    group.add_argument(
        "--languages",
        metavar="ko=KOR,…",
        help="languages of linguistic prompting, each with the countries toward which its shift "
        "is measured, joined by +, or without any",
    )
    group.add_argument(
        "--translation",
        action="append",
        metavar="ko=CSV",
        help="the survey's reviewed translation into a language; without one its frame alone is "
        "translated",
    )
    group.add_argument(
        "--orders", metavar="HOW", help="of the options: two (default), exhaustive, or a number"
    )
    group.add_argument(
        "--absent",
        metavar="HOW",
        help="what a letter counts as that a line of saved answers lacks: error (default), zero, "
        "bound",
    )
    group.add_argument("--models", metavar="NAME,…", help="which models of saved answers")
    group.add_argument(
        "--recorded",
        action="store_true",
        help="of demo: take the answers that ship with the package; needs no PyTorch",
    )
    group.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help="save the answers (.zarr or .nc), to be given as RESPONSES; a run that was stopped "
        "goes on with the same command",
    )


def _add_comparison(parser: argparse.ArgumentParser) -> None:
    """Add what is compared."""
    group = parser.add_argument_group("comparison")
    group.add_argument(
        "--countries",
        metavar="A,B,…",
        help="which countries are compared, and asked for in cross-national prompting; with ; "
        "between labels that hold commas (default: all)",
    )
    group.add_argument(
        "--mode",
        default="all",
        metavar="MODE",
        help="questions that count: all that a country answered (default), common to all "
        "countries, paired with --reference, or all by a fit of fixed_effects",
    )
    group.add_argument("--reference", metavar="COUNTRY", help="the country of mode paired")
    group.add_argument(
        "--n-boot", type=int, default=2000, metavar="N", help="bootstrap draws (default: 2000)"
    )
    group.add_argument("--seed", type=int, default=0, metavar="N", help="seed (default: 0)")


def run(arguments: argparse.Namespace) -> None:
    """Read, ask, compare and print."""
    wanted = request(arguments)
    with warnings.catch_warnings(record=True) as caught:
        # What is warned of is a sentence to the user, in both forms of the result.
        warnings.simplefilter("always", UserWarning)
        bank = bank_of(wanted)
        result, shift = _compared(bank, wanted, partial(loaded, wanted.source, arguments))
    said = list(dict.fromkeys(" ".join(str(each.message).split()) for each in caught))
    for text in said:
        print(f"disca-nb: {text}", file=sys.stderr)
    if arguments.json:
        print(as_json(bank, result, shift, said))
        return
    print_tables(bank, result, shift, is_sample=wanted.is_sample)
    if wanted.source == DEMO:
        _print_demo(wanted)
    if wanted.out is not None:
        surveys = " ".join(f"--survey {shlex.quote(name)}" for name in wanted.surveys)
        print(f"Wrote {wanted.out}; next: disca-nb opinions {wanted.out} {surveys}")


def _compared(
    bank: xr.Dataset, wanted: Request, model: Callable[[], LanguageModel]
) -> tuple[xr.Dataset, xr.Dataset | None]:
    """Return similarities, and shifts where there are any."""
    from disca_nb.metrics.opinions import representation, steering_shift

    # Countries are known before the model is asked, which may take hours.
    countries = labels_in(bank, wanted.countries)
    reference = None if wanted.reference is None else label_in(bank, wanted.reference)
    named = {code: labels_in(bank, names) or [] for code, names in wanted.languages.items()}
    spoken = {code: labels for code, labels in named.items() if labels}
    answers = answers_to(bank, wanted, model, progress=sys.stderr.isatty())
    result = representation(
        bank,
        answers,
        mode=wanted.mode,  # type: ignore[arg-type] # checked with the request
        reference=reference,
        countries=countries,
        n_boot=wanted.n_boot,
        seed=wanted.seed,
    )
    if not _has_shift(answers, spoken):
        return result, None
    shift = steering_shift(
        bank, answers, countries_of=spoken, n_boot=wanted.n_boot, seed=wanted.seed
    )
    return result, shift


def _has_shift(answers: xr.Dataset, spoken: dict[str, list[str]]) -> bool:
    """Return whether there is a default prompting, and another that names a country."""
    kinds = answers["prompting_kind"].values.tolist()
    languages = answers["prompting_language"].values.tolist()
    named = any(
        kind == "cross-national" or (kind == "linguistic" and language in spoken)
        for kind, language in zip(kinds, languages, strict=True)
    )
    return named and kinds.count("default") == 1


def _print_demo(wanted: Request) -> None:
    """Print what the demo's languages are worth, and what else there is."""
    if wanted.languages:
        print(
            f"The model was never taught the languages {', '.join(wanted.languages)}: its answers "
            "in them show how such a comparison is made, and nothing else."
        )
    if wanted.recorded and wanted.models is None:
        print("The recorded answers are of more models, as formulas: --models 'made-up: listener'.")
