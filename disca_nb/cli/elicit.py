"""``disca-nb elicit``: ask a language model and save its gaps."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.cli._tables import split_names
from disca_nb.errors import DataFileError, ParameterError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["add_parser"]

_STATUS = {1: "scored", 3: "low answer mass", 2: "failed"}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "elicit",
        help="ask a language model dilemmas, as itself and as personas, and save its gaps",
        description=(
            "Scores every dilemma under a neutral system prompt and under the personas of each "
            "country, in both orders of the options. MODEL is demo (the embedded synthetic model), "
            "a folder with safetensors, or a model of the Hugging Face hub; HF_TOKEN is the token "
            "of gated ones. Needs the extra: pip install 'disca-nb[models]'."
        ),
        epilog="Example: disca-nb elicit demo --countries USA,JPN --out results.zarr",
    )
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help=".zarr or .nc")
    _add_questions(parser)
    _add_running(parser)
    parser.set_defaults(run=run)


def _add_questions(parser: argparse.ArgumentParser) -> None:
    """Add what is asked, and of whom."""
    group = parser.add_argument_group("questions")
    group.add_argument(
        "--countries",
        type=split_names,
        metavar="USA,JPN,…",
        help="which countries (default: all of a personas file; needed without one)",
    )
    group.add_argument(
        "--scenarios",
        default="slice",
        metavar="WHAT",
        help="full (460), slice (310, default), balanced, or a CSV of id, option_a, option_b, "
        "attribute, preferred",
    )
    group.add_argument(
        "--per-attribute", type=int, metavar="N", help="scenarios of each attribute for balanced"
    )
    group.add_argument(
        "--seed", type=int, metavar="N", help="seed of slice and balanced (default: 0)"
    )
    group.add_argument(
        "--personas", type=Path, metavar="CSV", help="own personas: country, persona, text"
    )
    group.add_argument(
        "--fourth", metavar="WHAT", help="last persona: all (default), utilitarian, or a text"
    )
    group.add_argument(
        "--exchange", default="lines", metavar="WHAT", help="what BA exchanges: lines or labels"
    )
    group.add_argument(
        "--language", default="en", metavar="WHAT", help="code, or a language pack in JSON"
    )


def _add_running(parser: argparse.ArgumentParser) -> None:
    """Add how the model is run."""
    group = parser.add_argument_group("running")
    group.add_argument("--revision", metavar="R", help="branch, tag or commit on the hub")
    group.add_argument("--device", metavar="D", help="such as cpu or cuda:0")
    group.add_argument("--dtype", metavar="D", help="float32, bfloat16, float16 or auto")
    group.add_argument(
        "--batch-size", type=int, default=16, metavar="N", help="prompts read at once (default 16)"
    )
    group.add_argument(
        "--min-mass",
        type=float,
        default=0.5,
        metavar="P",
        help="below this probability of A and B together a cell is marked (default: 0.5)",
    )
    group.add_argument(
        "--chat-template", metavar="WHAT", help="a file with a Jinja template, or plain for none"
    )


def run(arguments: argparse.Namespace) -> None:
    """Ask, save and print."""
    from disca_nb._elicit import elicit
    from disca_nb._elicit.given import check_mass
    from disca_nb.models import load
    from disca_nb.results import check_free, save_results

    path: Path = arguments.out
    # What the command line alone can say comes before a model that takes minutes to load.
    check_free(path)
    check_mass(arguments.min_mass)
    template = _template(arguments.chat_template)
    scenarios, panel = _scenarios(arguments), _panel(arguments)
    # Whose values are made up is to be known before hours of work, not after.
    print(f"Personas: {panel.attrs['persona_source']}.", flush=True)
    model = load(
        arguments.model,
        revision=arguments.revision,
        device=arguments.device,
        dtype=arguments.dtype,
        batch_size=arguments.batch_size,
        chat_template=template,
    )
    start = time.perf_counter()
    results = elicit(
        model,
        scenarios,
        panel,
        countries=arguments.countries,
        language=arguments.language,
        exchange=arguments.exchange,
        min_mass=arguments.min_mass,
    )
    seconds = time.perf_counter() - start
    save_results(results, path)
    _print(results, seconds, path)


def _scenarios(arguments: argparse.Namespace) -> xr.Dataset:
    """Return the dilemmas that the command line names."""
    from disca_nb import prompts
    from disca_nb.datasets import scenarios

    what, number = arguments.scenarios, arguments.per_attribute
    if number is not None and what != "balanced":
        raise ParameterError(
            f"--per-attribute {number} does nothing with --scenarios {what}; use balanced."
        )
    if arguments.seed is not None and what not in {"slice", "balanced"}:
        raise ParameterError(
            f"--seed {arguments.seed} does nothing with --scenarios {what}, of which none are "
            "drawn; use slice or balanced."
        )
    if Path(what).suffix.lower() == ".csv":
        return scenarios.from_csv(what)
    return prompts.scenarios(
        what,
        language=arguments.language,
        per_attribute=8 if number is None else number,
        seed=arguments.seed or 0,
    )


def _panel(arguments: argparse.Namespace) -> xr.Dataset:
    """Return the personas that the command line names."""
    from disca_nb import prompts

    if arguments.personas is not None:
        if arguments.fourth is not None:
            raise ParameterError(
                f"--fourth {arguments.fourth} does nothing with --personas; write it into the file."
            )
        return prompts.panel_from_csv(arguments.personas, language=arguments.language)
    if not arguments.countries:
        raise ParameterError("No country was named; use --countries USA,JPN or --personas CSV.")
    return prompts.persona_panel(
        arguments.countries, fourth=arguments.fourth or "all", language=arguments.language
    )


def _template(what: str | None) -> str | None:
    """Return a chat template: that in a file, "plain", or None for the model's own."""
    from disca_nb.models.chat import PLAIN

    if what is None or what == PLAIN:
        return what
    try:
        return Path(what).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataFileError(f"{what} is not text in UTF-8; name a Jinja template.") from None


def _print(results: xr.Dataset, seconds: float, path: Path) -> None:
    """Print what was asked and how it went."""
    sizes, status = results.sizes, results["status"].values
    counts = {text: int((status == code).sum()) for code, text in _STATUS.items()}
    base, persona = (results[f"{who}_answer_mass"].median().item() for who in ("base", "persona"))
    bias = results["positional_bias"].mean().item()
    print(
        f"{results.model.values[0]}: {sizes['country']} countries × {sizes['scenario']} scenarios "
        f"× {sizes['persona']} personas and the base prompt, both orders ({results.exchange}), "
        f"language {results.language.item()}, in {seconds:.1f} s."
    )
    print(f"Cells: {', '.join(f'{number} {text}' for text, number in counts.items())}.")
    print(f"Median answer mass: {base:.3f} base prompt, {persona:.3f} personas.")
    print(f"Mean positional bias of the base prompt: {bias:+.3f} logits (positive: toward B).")
    if notice := results.attrs.get("notice"):
        print(notice)
    print(f"Wrote {path}; next: disca-nb audit {path}")
