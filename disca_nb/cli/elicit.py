"""``disca-nb elicit``: ask a language model and save its gaps."""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.cli._running import add_running, loaded, template
from disca_nb.cli._tables import split_names
from disca_nb.errors import ParameterError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["add_parser"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "elicit",
        help="ask a language model dilemmas, as itself and as personas, and save its gaps",
        description=(
            "Scores every dilemma under a neutral system prompt and under the personas of each "
            "country, in both orders of the options. MODEL is demo (the embedded synthetic model), "
            "a folder with safetensors, or a model of the Hugging Face hub; HF_TOKEN is the token "
            "of gated ones. A run that was stopped goes on with the same command: until the "
            "result is whole, PATH.run keeps what is finished. Needs the extra: pip install "
            "'disca-nb[models]'."
        ),
        epilog="Example: disca-nb elicit demo --countries USA,JPN --out results.zarr",
    )
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("--out", type=Path, metavar="PATH", help="where to: .zarr or .nc")
    parser.add_argument(
        "--plan",
        action="store_true",
        help="say what would be read, about how long and in how much memory, and stop",
    )
    _add_questions(parser)
    add_running(parser, answers="A and B")
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
        "--fourth",
        metavar="WHAT",
        help="last persona: all (default), utilitarian, or a text with {country} in it",
    )
    group.add_argument(
        "--exchange", default="lines", metavar="WHAT", help="what BA exchanges: lines or labels"
    )
    group.add_argument(
        "--language", default="en", metavar="WHAT", help="code, or a language pack in JSON"
    )


def run(arguments: argparse.Namespace) -> None:
    """Ask, save and print."""
    from disca_nb._elicit import elicit
    from disca_nb._elicit.keeping import check, run_folder
    from disca_nb._elicit.planning import plan
    from disca_nb._elicit.request import request

    path: Path | None = arguments.out
    if path is None and not arguments.plan:
        raise ParameterError("No path was named; use --out PATH.zarr, or --plan alone.")
    template(arguments.chat_template)  # one that cannot be read is said before all else
    asked = {
        "scenarios": _scenarios(arguments),
        "panel": _panel(arguments),
        "countries": arguments.countries,
        "language": arguments.language,
        "exchange": arguments.exchange,
    }
    # What can be said without the model comes before it, as it may take minutes to load.
    manifest = request(arguments.model, **asked, min_mass=arguments.min_mass).manifest
    there = path is not None and check(path, manifest) is not None
    print(f"Personas: {asked['panel'].attrs['persona_source']}.", flush=True)
    model = loaded(arguments.model, arguments)
    if there and arguments.plan:
        print(f"{path} holds this very run, as far as it can be said before the model is loaded.")
    if path is None or arguments.plan:
        print(plan(model, **asked).describe())
        return
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            # What was not scored is counted below.
            warnings.filterwarnings("ignore", message="Not all .* cells are scored")
            results = elicit(
                model,
                **asked,
                min_mass=arguments.min_mass,
                progress=sys.stderr.isatty(),
                store=path,
            )
    except KeyboardInterrupt:
        kept = f"what is finished is kept in {run_folder(path)}, and the same command goes on"
        raise KeyboardInterrupt(f"Interrupted; {kept}.") from None
    _print(results, time.perf_counter() - start, path, asked=not there)


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


def _print(results: xr.Dataset, seconds: float, path: Path, *, asked: bool) -> None:
    """Print what was asked and how it went."""
    from disca_nb._elicit.quality import quality

    sizes, table = results.sizes, quality(results).iloc[0]
    how = f"in {seconds:.1f} s" if asked else "all there already, so that nothing was asked"
    print(
        f"{results.model.values[0]}: {sizes['country']} countries × {sizes['scenario']} scenarios "
        f"× {sizes['persona']} personas and the base prompt, both orders ({results.exchange}), "
        f"language {results.language.item()}, {how}."
    )
    print(
        f"Cells: {table.scored:.0f} scored, {table.low_mass:.0f} low answer mass, "
        f"{table.failed:.0f} failed; {_time(table.latency)} a cell (median; a prompt that cells "
        "share counts in each)."
    )
    print(
        f"Median answer mass: {table.base_mass:.3f} base prompt, {table.persona_mass:.3f} personas."
    )
    print(
        f"Positional bias of the base prompt: mean {table.bias:+.3f} logits, standard deviation "
        f"{table.bias_sd:.3f} (positive: toward B)."
    )
    if notice := results.attrs.get("notice"):
        print(notice)
    print(f"{'Wrote' if asked else 'Kept'} {path}{_next(results, path)}")
    if not table.scored:
        print(
            "disca-nb: No cell is scored: the model answers with something else than a letter, so "
            "see whether its chat template is right (--chat-template) before lowering --min-mass.",
            file=sys.stderr,
        )


def _next(results: xr.Dataset, path: Path) -> str:
    """Return which command can take the result up, empty where none can."""
    enough = results.sizes["country"] >= 3 and bool((results["status"] == 1).all())
    return f"; next: disca-nb audit {path}" if enough else "."


def _time(seconds: float) -> str:
    """Return a time for reading."""
    return f"{seconds:.2f} s" if seconds >= 1.0 else f"{1e3 * seconds:.1f} ms"
