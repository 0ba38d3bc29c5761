"""``disca-nb fetch``: fill the cache of released logs ahead of time."""

from __future__ import annotations

import argparse

from disca_nb.cli._tables import split_names

__all__ = ["add_parser"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "fetch",
        help="download released logs of real models into the cache",
        description=(
            "Downloads the released logs of arXiv 2605.10843, checks their sha256 and keeps them "
            "in the cache. DISCA_NB_CACHE_DIR moves the cache, DISCA_NB_OFFLINE=1 forbids "
            "downloads."
        ),
    )
    parser.add_argument("what", metavar="WHAT", help="a model's name, all, or list (of the names)")
    parser.add_argument(
        "--countries", type=split_names, metavar="USA,JPN,…", help="which countries (default: all)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """List the models, or download one or all of them."""
    from disca_nb.datasets import fetch, released_models

    if arguments.what == "list":
        print("\n".join(released_models()))
        return
    models = released_models() if arguments.what == "all" else [arguments.what]
    for model in models:
        files = fetch(model, countries=arguments.countries, progress=True)
        print(f"{model}: {len(files)} files in {files[0].parent}")
