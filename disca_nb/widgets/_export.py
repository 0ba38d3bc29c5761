"""What leaves the explorer: the slice that is shown, as files and as the code that makes it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import xarray as xr

from disca_nb._atomic import replace_when_done
from disca_nb.errors import InputError
from disca_nb.results import save_results
from disca_nb.widgets._explorer_data import ALL, STORED, Results

__all__ = ["Slice", "python_of", "save_slice"]

_LONGEST = 40
_COLUMNS = ("category", "preferred_on_right", "status", "vanilla_gap", "base_gap")
_RESULTS = ("consensus_gap", "correction", "reliability", "final_gap", "p_right", "p_spare")


class Slice(NamedTuple):
    """What of some results is shown."""

    model: str
    variant: str
    country: str
    attribute: str

    @property
    def stem(self) -> str:
        """How the files of the slice begin; what is left of it is in the name."""
        return "_".join(_plain(name) for name in self)


def python_of(results: Results, shown: Slice) -> str:
    """Return the code that makes the slice that is shown, and its scores.

    Parameters
    ----------
    results : Results
        What is explored.
    shown : Slice
        What of it.

    Returns
    -------
    str
        Lines of Python that leave ``cells`` and ``scores``.
    """
    given = results.source
    if "model" not in results.lone:
        given = f"{given}.sel(model=[{results.own('model', shown.model)!r}])"
    lines = ["import disca_nb", ""]
    if results.source == "results":
        lines.append("# results: the Dataset that explore was given")
    if shown.variant == STORED:
        lines.append(f"steered = {given}")
    else:
        how = f'variant="{shown.variant}", method="quadrature"'
        if results.temperature is not None:
            how += f", decision_temperature={results.temperature!r}"
        lines.append(f"steered = disca_nb.steer({given}, {how})")
    targets = ", targets" if results.own_targets else ""
    # Floors depend on which countries there are, so scores are of all.
    scores, cells = f"disca_nb.alignment(steered{targets})", "steered"
    if "country" not in results.lone:
        chosen = f".sel(country={results.own('country', shown.country)!r})"
        scores, cells = scores + chosen, cells + chosen
    if "model" not in results.lone:
        cells += ".isel(model=0)"
    lines += [f"scores = {scores}", f"cells = {cells}"]
    if shown.attribute != ALL:
        wanted = f"(cells.category == {shown.attribute!r}).values"
        lines.append(f"cells = cells.isel(scenario={wanted})")
    return "\n".join(lines)


def save_slice(
    cells: xr.Dataset, pictures: dict[str, bytes], shown: Slice, folder: str, form: str
) -> list[Path]:
    """Save the slice that is shown.

    Parameters
    ----------
    cells : xarray.Dataset
        Decisions of one model and country over ``scenario``.
    pictures : dict
        PNG by name.
    shown : Slice
        Names the files.
    folder : str
        Where to; it is made where it is not there.
    form : {"csv", "nc", "png"}
        What.

    Returns
    -------
    list of pathlib.Path
        What was written; a file of the same name is replaced.

    Raises
    ------
    InputError
        When the folder cannot be written, or there is no picture.
    """
    if form == "png" and not pictures:
        raise InputError("There is no picture to save; choose a country that has scores.")
    target = Path(folder).expanduser()
    try:
        target.mkdir(parents=True, exist_ok=True)
        if form == "nc":
            return [save_results(cells, target / f"{shown.stem}.nc", overwrite=True)]
        files = pictures if form == "png" else {"scenarios": _csv(cells)}
        return [
            _write(target / f"{shown.stem}_{name}.{form}", data) for name, data in files.items()
        ]
    except OSError as error:
        raise InputError(
            f"{target} cannot be written ({error.strerror or error}); choose another folder."
        ) from None


def _csv(cells: xr.Dataset) -> bytes:
    """Return a table with a row for each scenario and a column for each persona."""
    names = [name for name in (*_COLUMNS, *_RESULTS) if name in cells]
    frame = cells[names].reset_coords(drop=False).to_dataframe()[names]
    for persona in cells["persona"].values if "persona_gap" in cells else ():
        frame[f"persona_gap_{persona}"] = cells["persona_gap"].sel(persona=persona).values
    return frame.to_csv().encode()


def _write(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all."""
    with replace_when_done(path) as scratch:
        scratch.write_bytes(data)
    return path


def _plain(name: str) -> str:
    """Return a label as part of a file's name."""
    plain = "".join(c if c.isalnum() or c in "-." else "-" for c in name)[:_LONGEST]
    # Names that would be the same by now are told apart.
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:6]}"
