"""What leaves the explorer: the slice that is shown, as files and as the code that makes it."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from disca_nb._atomic import replace_when_done
from disca_nb.errors import InputError
from disca_nb.results import save_results
from disca_nb.widgets._explorer_data import ALL, STORED

__all__ = ["python_of", "save_slice"]

_COLUMNS = ("category", "preferred_on_right", "vanilla_gap", "base_gap", "persona_gap")
_RESULTS = ("consensus_gap", "correction", "reliability", "final_gap", "p_right", "p_spare")


def python_of(
    source: str, *, model: str, variant: str, country: str, attribute: str, lone: bool
) -> str:
    """Return the code that makes the slice that is shown, and its scores.

    Parameters
    ----------
    source : str
        Python that gives the results.
    model, variant, country, attribute : str
        What is chosen.
    lone : bool
        Whether the results have no dimension ``model``.

    Returns
    -------
    str
        Lines of Python that leave ``cells`` and ``scores``.
    """
    given = source if lone else f"{source}.sel(model=[{model!r}])"
    lines = ["import disca_nb", ""]
    if variant == STORED:
        lines.append(f"steered = {given}")
    else:
        how = f'variant="{variant}", method="quadrature"'
        lines.append(f"steered = disca_nb.steer({given}, {how})")
    # Floors depend on which countries there are, so scores are of all.
    lines.append(f"scores = disca_nb.alignment(steered).sel(country={country!r})")
    lines.append(f"cells = steered.sel(country={country!r})")
    if attribute != ALL:
        lines.append(f"cells = cells.isel(scenario=(cells.category == {attribute!r}).values)")
    return "\n".join(lines)


def save_slice(cells: xr.Dataset, pictures: dict[str, bytes], folder: str, form: str) -> list[Path]:
    """Save the slice that is shown.

    Parameters
    ----------
    cells : xarray.Dataset
        Decisions of one model and country over ``scenario``.
    pictures : dict
        PNG by name.
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
        When the folder cannot be written.
    """
    target = Path(folder).expanduser()
    stem = "_".join(
        _plain(str(cells[name].item())) for name in ("model", "country") if name in cells.coords
    )
    try:
        target.mkdir(parents=True, exist_ok=True)
        if form == "nc":
            return [save_results(cells, target / f"{stem}.nc", overwrite=True)]
        files = pictures if form == "png" else {"scenarios": _csv(cells)}
        return [_write(target / f"{stem}_{name}.{form}", data) for name, data in files.items()]
    except OSError as error:
        raise InputError(
            f"{target} cannot be written ({error.strerror or error}); choose another folder."
        ) from None


def _csv(cells: xr.Dataset) -> bytes:
    """Return a table with a row for each scenario and a column for each persona."""
    names = [name for name in (*_COLUMNS, *_RESULTS) if name in cells and name != "persona_gap"]
    frame = cells[names].reset_coords(drop=False).to_dataframe()[names]
    if "persona_gap" in cells:
        for persona in cells["persona"].values:
            frame[f"persona_gap_{persona}"] = cells["persona_gap"].sel(persona=persona).values
    return frame.to_csv().encode()


def _write(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all."""
    with replace_when_done(path) as scratch:
        scratch.write_bytes(data)
    return path


def _plain(name: str) -> str:
    """Return a label as part of a file's name."""
    return "".join(c if c.isalnum() or c in "-." else "-" for c in name)[:60]
