"""``disca-nb consistency``: how steadily a model holds its opinions."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.cli._consistency_inputs import in_languages, labels_of, questions_of, responses_to
from disca_nb.cli._consistency_json import as_json
from disca_nb.cli._consistency_request import DEMO, RESPONSES, Request, command, request
from disca_nb.cli._consistency_study import study
from disca_nb.cli._consistency_tables import print_tables
from disca_nb.cli._running import add_running, loaded
from disca_nb.metrics.opinions._tell import tell

if TYPE_CHECKING:
    import xarray as xr

    from disca_nb.cli._consistency_study import Study
    from disca_nb.models import LanguageModel

__all__ = ["add_parser"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "consistency",
        help="say how steadily a model holds its opinions over wordings, topics, forms, languages",
        description=(
            "Measures how far answers lie apart that should agree: those to the rephrasings of a "
            "question, to the questions of a topic, by letter and in words, and in several "
            "languages; with intervals over topics, as a share of the largest possible value, and "
            "beside what coin flips score in groups of the same sizes. MODEL is a folder with "
            "safetensors or a model of the Hugging Face hub, which is asked; RESPONSES are answers "
            f"that were saved ({', '.join(RESPONSES)}). demo is the embedded synthetic model, with "
            "its own questions unless others are named. Asking needs the extra: pip install "
            "'disca-nb[models]'."
        ),
        epilog="Example: disca-nb consistency answers.jsonl --questions questions.jsonl",
    )
    parser.add_argument("source", metavar="MODEL|RESPONSES|demo")
    _add_questions(parser)
    _add_asking(parser)
    add_running(parser, answers="all options")
    _add_comparison(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.set_defaults(run=run)


def _add_questions(parser: argparse.ArgumentParser) -> None:
    """Add where the questions come from."""
    group = parser.add_argument_group("questions")
    group.add_argument(
        "--questions",
        action="append",
        metavar="FILE",
        help="a JSON Lines file, or a folder of such files, in the form of ValueConsistency; "
        "sample (own-worded, en, ko, de) or demo (the embedded model's); several are joined",
    )
    group.add_argument(
        "--languages", metavar="en,ko,…", help="languages of the questions (default: all)"
    )


def _add_asking(parser: argparse.ArgumentParser) -> None:
    """Add how a model is asked, and which of saved answers are taken."""
    group = parser.add_argument_group("asking")
    group.add_argument(
        "--forms",
        metavar="FORM,…",
        help="of the answers: choice (by letter), open (in words, whose stance a judge reads) "
        "(default: choice, of the demo both; all of saved answers)",
    )
    group.add_argument(
        "--judge", metavar="MODEL", help="who reads answers in words (default: the model itself)"
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
        "--measures",
        metavar="NAME,…",
        help="paraphrase, topic, topic-between, use-case, multilingual (default: all that the "
        "answers allow)",
    )
    group.add_argument(
        "--compat",
        action="store_true",
        help="as published by Moore et al. 2024: natural logarithms, every answer counts alike",
    )
    group.add_argument(
        "--base", metavar="B", help="of the logarithm: 2 (default) or e (that of --compat)"
    )
    group.add_argument(
        "--labels",
        type=Path,
        metavar="CSV",
        help="people's labels of the answers in words, columns wording and label (and model): how "
        "far the judge agrees with them",
    )
    group.add_argument(
        "--difference",
        metavar="A,B",
        help="two models, such as a base model and its chat model: A minus B on what both answered",
    )
    group.add_argument(
        "--n-boot", type=int, default=2000, metavar="N", help="bootstrap draws (default: 2000)"
    )
    group.add_argument("--seed", type=int, default=0, metavar="N", help="seed (default: 0)")
    group.add_argument(
        "--level",
        type=float,
        default=0.95,
        metavar="P",
        help="coverage of the intervals (default: 0.95)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Read, ask, compare and print."""
    wanted = request(arguments)
    with warnings.catch_warnings(record=True) as caught:
        # What is warned of is a sentence to the user, in both forms of the result.
        warnings.simplefilter("always", UserWarning)
        found = _studied(wanted, arguments)
    said = list(dict.fromkeys(" ".join(str(each.message).split()) for each in caught))
    for text in said:
        print(f"disca-nb: {text}", file=sys.stderr)
    if arguments.json:
        print(as_json(found, said))
        return
    print_tables(found)
    if wanted.out is not None:
        print(f"Wrote {wanted.out}; next: {command(wanted)}")


def _studied(wanted: Request, arguments: argparse.Namespace) -> Study:
    """Return all that is said of the answers."""
    questions = questions_of(wanted)
    asked = in_languages(questions, wanted)
    # A file of labels at fault is found before the model is asked, which may take hours.
    labels = labels_of(wanted)

    def model(name: str) -> LanguageModel:
        return loaded(name, arguments)

    _tell_untaught(asked, wanted)
    responses = responses_to(questions, wanted, model, progress=sys.stderr.isatty())
    return study(asked, responses, labels, wanted)


def _tell_untaught(asked: xr.Dataset, wanted: Request) -> None:
    """Warn that the demo's model knows a single language, where it is asked in others."""
    others = sorted({*asked["wording_language"].values.tolist()} - {"en"})
    if wanted.source == DEMO and others:
        tell(
            f"The synthetic model was never taught the languages {', '.join(others)}: its answers "
            "in them show how such a comparison is made, and nothing else."
        )
