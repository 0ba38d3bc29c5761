"""``disca-nb demo``: from a small language model's prompts to scores, floors and a picture."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.cli._tables import print_table, split_names
from disca_nb.errors import InputError, MissingPackageError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["COUNTRIES", "PER_ATTRIBUTE", "add_parser", "elicit_demo"]

COUNTRIES = ("BRA", "CHN", "DEU", "EGY", "IND", "JPN", "KOR", "MEX", "NGA", "TUR", "USA", "VNM")
"""The countries of the recorded demo."""

PER_ATTRIBUTE = 16

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
        help="ask a small synthetic language model, steer it, and show scores, floors, a picture",
        description=(
            "Asks the small language model that ships with the package 96 dilemmas as four "
            "personas of each country, steers its answers and compares them with human "
            "preferences. The model is synthetic: it was trained on made-up text and says nothing "
            "about any real model or country."
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
    parser.add_argument(
        "--recorded",
        action="store_true",
        help="take the answers that ship with the package; needs no PyTorch",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Elicit, steer, score, save and print."""
    folder: Path = arguments.out
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder with --out.")
    answers = _answers(arguments.countries, recorded=arguments.recorded)
    # Before the work, so that a folder that cannot be made costs no time.
    folder.mkdir(parents=True, exist_ok=True)
    steered = _steer_all(answers())
    scores = _save(steered, folder)
    _print(scores, folder)


def _answers(countries: list[str] | None, *, recorded: bool) -> Callable[[], xr.Dataset]:
    """Return what gives the demo's gaps; wrong countries and missing libraries are told here."""
    from disca_nb.datasets import demo_panel
    from disca_nb.datasets.profiles import shipped
    from disca_nb.models._checks import check_installed

    if recorded:
        panel = demo_panel(countries)
        return lambda: panel
    try:
        check_installed()
    except MissingPackageError as error:
        raise MissingPackageError(f"{error} disca-nb demo --recorded needs neither.") from None
    chosen = COUNTRIES if countries is None else shipped(countries).country.values.tolist()
    return partial(elicit_demo, chosen)


def elicit_demo(countries: Iterable[str] = COUNTRIES) -> xr.Dataset:
    """Ask the embedded model the demo's dilemmas.

    Parameters
    ----------
    countries : iterable of str
        ISO 3166-1 alpha-3 codes with a profile that ships.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.elicit` returns; 96 scenarios and 4 personas.
    """
    from disca_nb import prompts
    from disca_nb._elicit import elicit

    choices = prompts.scenarios("balanced", per_attribute=PER_ATTRIBUTE)
    return elicit("demo", choices, prompts.persona_panel(list(countries)))


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
    from disca_nb.models.embedded import NOTICE
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
    print(f"Synthetic model, {countries}.")
    print("MIS is the misalignment with human preferences, a distance over six attributes (0 is")
    print("best), JSD the Jensen-Shannon distance in base 2; means over countries, bootstrap")
    print("intervals. –: not known.")
    print_table(pd.DataFrame.from_dict(rows, orient="index"))
    print(describe_mis(scores))
    print(str(scores.attrs["steering"]).splitlines()[-1])
    print(NOTICE)
    print(f"Wrote results.zarr, alignment.csv and alignment.png to {folder}.")
