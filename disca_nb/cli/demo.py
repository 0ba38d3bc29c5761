"""``disca-nb demo``: steer the shipped synthetic panel and show scores, floors and a picture."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.cli._tables import print_table, split_names
from disca_nb.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["add_parser"]

_VARIANTS = ("vanilla", "debiased", "consensus", "paper")
_COLUMNS = {
    "mis": "MIS",
    "mis_low": "95 % from",
    "mis_high": "to",
    "jsd": "JSD",
    "pearson_r": "Pearson r",
}
_FLOORS = {
    "mis_coin_flip": "coin flip",
    "mis_leave_one_out": "other countries' mean",
    "noise_ceiling": "noise ceiling",
}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "demo",
        help="steer a small synthetic panel and show scores, floors and a picture",
        description=(
            "Steers the synthetic panel that ships with the package and compares it with human "
            "preferences. The panel is drawn from a random generator and says nothing about any "
            "real model."
        ),
    )
    parser.add_argument(
        "--countries", type=split_names, metavar="USA,JPN,…", help="which countries (default: all)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("disca-demo"),
        metavar="DIR",
        help="folder for results.zarr, alignment.csv and alignment.png (default: disca-demo)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Steer, score, save and print."""
    from disca_nb.datasets import demo_panel

    folder: Path = arguments.out
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder with --out.")
    panel = demo_panel(arguments.countries)
    # Before the work, so that a folder that cannot be made costs no time.
    folder.mkdir(parents=True, exist_ok=True)
    steered = _steer_all(panel)
    scores = _save(steered, folder)
    _print(scores, folder)


def _steer_all(panel: xr.Dataset) -> dict[str, xr.Dataset]:
    """Return the panel steered by every variant, showing progress by country."""
    import xarray as xr
    from tqdm.auto import tqdm

    from disca_nb.steering import steer

    parts: dict[str, list[xr.Dataset]] = {variant: [] for variant in _VARIANTS}
    for country in tqdm(panel.country.values.tolist(), desc="steering", unit="country"):
        # Random numbers are keyed by label: country by country gives what all at once would.
        one = panel.sel(country=[country])
        for variant in _VARIANTS:
            parts[variant].append(steer(one, variant=variant))
    return {
        variant: xr.concat(part, dim="country", data_vars="minimal", combine_attrs="override")
        for variant, part in parts.items()
    }


def _save(steered: dict[str, xr.Dataset], folder: Path) -> xr.Dataset:
    """Score the variants and write results, table and picture; return the scores."""
    from matplotlib.figure import Figure

    from disca_nb._atomic import replace_when_done
    from disca_nb.metrics import alignment, join_variants
    from disca_nb.plots import plot_mis
    from disca_nb.results import save_results

    scores = join_variants([alignment(dataset) for dataset in steered.values()])
    save_results(steered["paper"], folder / "results.zarr", overwrite=True)
    table = scores.drop_dims("attribute").to_dataframe().reset_index()
    with replace_when_done(folder / "alignment.csv") as path:
        table.to_csv(path, index=False)
    # A figure of its own, without pyplot: a picture for a file needs no screen.
    figure = Figure(figsize=(8.0, 2.4 + 0.3 * scores.sizes["country"]), layout="constrained")
    plot_mis(scores, ax=figure.subplots())
    with replace_when_done(folder / "alignment.png") as path:
        figure.savefig(path, dpi=150)
    return scores


def _print(scores: xr.Dataset, folder: Path) -> None:
    """Print the macro figures of variants and floors, and where the files lie."""
    import pandas as pd

    from disca_nb.metrics import macro
    from disca_nb.plots import describe_mis

    means = macro(scores)
    rows = {
        "DISCA (paper)" if variant == "paper" else variant: {
            title: means[name].sel(variant=variant).item() for name, title in _COLUMNS.items()
        }
        for variant in _VARIANTS
    }
    for name, title in _FLOORS.items():
        ends = (name, f"{name}_low", f"{name}_high")
        values = (means[end].isel(model=0, missing_dims="ignore").item() for end in ends)
        rows[f"· {title}"] = dict(zip(("MIS", "95 % from", "to"), values, strict=True))
    countries = ", ".join(scores["country"].values.tolist())
    print(f"Synthetic panel: {countries}.")
    print("MIS is the misalignment with human preferences, a distance over six attributes (0 is")
    print("best), JSD the Jensen-Shannon distance in base 2; means over countries, bootstrap")
    print("intervals. –: not known.")
    print_table(pd.DataFrame.from_dict(rows, orient="index"))
    print(describe_mis(scores))
    print(str(scores.attrs["steering"]).splitlines()[-1])
    print("The panel is drawn from a random generator: it says nothing about any real model.")
    print(f"Wrote results.zarr, alignment.csv and alignment.png to {folder}.")
