"""``disca-nb replicate``: the paper's tables from recorded logits, with floors beside them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from disca_nb.cli._models import FILES, load_models
from disca_nb.cli._tables import LEGEND, json_number, print_table
from disca_nb.errors import InputError, UnknownNameError, unknown_name

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["add_parser"]

_SCORES = (
    "mis",
    "jsd",
    "pearson_r",
    "spearman_r",
    "mae",
    "rmse",
    "flip_rate_consensus",
    "flip_rate_vanilla",
)
_FLOORS = ("mis_vanilla", "mis_coin_flip", "mis_leave_one_out", "noise_ceiling")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "replicate",
        help="compute alignment from recorded logits of real models",
        description=(
            f"Steers recorded logit gaps and compares the decisions with human preferences. {FILES}"
        ),
        epilog="Example: disca-nb replicate phi-4 --variant reported",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--variant",
        default="paper",
        metavar="V",
        help=(
            "vanilla, debiased, consensus, correction-only, paper (default), released, "
            "released+ema, or reported (the logged decisions)"
        ),
    )
    parser.add_argument(
        "--method",
        default="monte-carlo",
        metavar="M",
        help=(
            "monte-carlo (default; with the logged passes, where there are any, unless "
            "--resample) or quadrature, the limit of many samples"
        ),
    )
    parser.add_argument(
        "--human",
        type=Path,
        metavar="CSV",
        help="human preferences: country, attribute, preference, se (default: Moral Machine)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of --resample")
    parser.add_argument(
        "--resample", action="store_true", help="draw new passes instead of the logged ones"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Read, steer, score and print."""
    from disca_nb.datasets import targets
    from disca_nb.kernels.correction import METHODS
    from disca_nb.steering import VARIANTS

    if arguments.variant not in VARIANTS:
        raise unknown_name("variant", arguments.variant, VARIANTS)
    if arguments.method not in METHODS:
        raise unknown_name("method", arguments.method, METHODS)
    human = None if arguments.human is None else targets.from_csv(arguments.human)
    models = load_models(arguments.files)
    results = {name: _score(dataset, human, arguments) for name, dataset in models.items()}
    if arguments.json:
        print(json.dumps(_as_json(results), indent=1, allow_nan=False, ensure_ascii=False))
    else:
        _print(results)


def _score(
    dataset: xr.Dataset, human: xr.Dataset | None, arguments: argparse.Namespace
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return one model's scores by country and their means."""
    from disca_nb.metrics import alignment, macro
    from disca_nb.steering import steer

    steered = steer(
        dataset,
        variant=arguments.variant,
        method="recorded" if _uses_log(dataset, arguments) else arguments.method,
        seed=arguments.seed,
    )
    try:
        scores = alignment(steered, human)
    except UnknownNameError as error:  # a name in a file, and so not the command line's fault
        raise InputError(str(error)) from None
    return scores.squeeze("model"), macro(scores).squeeze("model")


def _uses_log(dataset: xr.Dataset, arguments: argparse.Namespace) -> bool:
    """Return whether to take logged passes or decisions; the caption says which it was."""
    from disca_nb.steering import DISCA_VARIANTS

    if arguments.variant in DISCA_VARIANTS:
        fresh = arguments.resample or arguments.method != "monte-carlo"
        return not fresh and "recorded_correction" in dataset
    # Nothing is drawn for a baseline, so there is nothing to resample.
    return "recorded_vanilla_p_spare" in dataset


def _as_json(results: dict[str, tuple[xr.Dataset, xr.Dataset]]) -> dict[str, Any]:
    """Return all figures as plain numbers, None where there is none."""
    models = {}
    for name, (scores, means) in results.items():
        present = [score for score in (*_SCORES, *_FLOORS) if score in scores]
        models[name] = {
            "steering": scores.attrs["steering"],
            "targets": scores.attrs["targets"],
            "macro": {key: json_number(means[key].item()) for key in present},
            "interval": {
                key: [json_number(means[f"{key}_{end}"].item()) for end in ("low", "high")]
                for key in present
            },
            "countries": {
                str(country): {
                    key: json_number(scores[key].sel(country=country).item()) for key in present
                }
                for country in scores["country"].values
            },
        }
    return {"models": models}


def _print(results: dict[str, tuple[xr.Dataset, xr.Dataset]]) -> None:
    """Print the macro figures of all models, then each model's countries."""
    import pandas as pd

    columns = ["mis", "mis_low", "mis_high", *_SCORES[1:], *_FLOORS]
    rows = {
        name: {column: means[column].item() for column in columns if column in means}
        for name, (_, means) in results.items()
    }
    headers: dict[str, list[str]] = {}
    for name, (scores, means) in results.items():
        countries = f"means of {int(means['n_countries'])} countries"
        text = f"{scores.attrs['steering']}; {countries}\ntargets: {scores.attrs['targets']}"
        headers.setdefault(text, []).append(name)
    for text, names in headers.items():
        # Files may differ in what they hold; each then stands under what was done with it.
        print(text if len(headers) == 1 else f"{', '.join(names)}:\n{text}")
    print_table(pd.DataFrame.from_dict(rows, orient="index"))
    print(LEGEND)
    for name, (by_country, _) in results.items():
        print(f"\n{name}")
        present = [column for column in (*_SCORES, *_FLOORS) if column in by_country]
        table = by_country[present].drop_vars(["model", "variant"]).to_dataframe()
        print_table(table.rename_axis(None))
