"""Saving and opening result datasets: Zarr for work, NetCDF for exchange.

A store is written beside its place and moved there when it is whole. A Zarr store also carries a
list of its files with their sizes, because a copy that was cut short would otherwise be read as
if the missing chunks were empty.
"""

from __future__ import annotations

import json
import os
from collections.abc import Hashable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr

from disca_nb._atomic import replace_when_done
from disca_nb._version import __version__
from disca_nb.errors import InputError, StoreError
from disca_nb.variables import annotate, validate

__all__ = ["open_results", "save_results"]

_CONTENTS = "disca_nb_contents.json"
_VERSION = "disca_nb_version"
_ZARR, _NETCDF = ".zarr", (".nc", ".nc4", ".netcdf")


def save_results(
    dataset: xr.Dataset, path: str | os.PathLike[str], *, overwrite: bool = False
) -> Path:
    """Save a result dataset as a Zarr store (``.zarr``) or a NetCDF file (``.nc``).

    Values, labels and float bits come back as they were.

    Parameters
    ----------
    dataset : xarray.Dataset
        A dataset that `disca_nb.variables.validate` accepts. Chunked arrays are streamed.
    path : path
        Where to; the ending says which format.
    overwrite : bool
        Whether to replace what stands at ``path``. It stays intact until the new one is whole.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    StoreError
        When something stands at ``path`` and ``overwrite`` is false.
    InputError
        For another ending, or attributes that are neither text nor numbers.

    Examples
    --------
    >>> import tempfile
    >>> data = xr.Dataset({"base_gap": ("country", [0.5])}, {"country": ["JPN"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     open_results(save_results(data, Path(folder) / "run.zarr")).base_gap.item()
    0.5
    """
    target = Path(path)
    form = _form(target)
    if target.exists() and not overwrite:
        raise StoreError(f"{target} is already there; pass overwrite=True or choose another name.")
    plain = _plain(annotate(validate(dataset)))
    encoding: dict[Hashable, Any] = {
        name: {"_FillValue": None} for name in plain.variables if plain[name].dtype.kind == "f"
    }
    with replace_when_done(target) as scratch:
        if form == "zarr":
            plain.to_zarr(scratch, mode="w", zarr_format=2, consolidated=True, encoding=encoding)
            (scratch / _CONTENTS).write_text(json.dumps(_sizes(scratch)), encoding="utf-8")
        else:
            plain.to_netcdf(scratch, engine="netcdf4", format="NETCDF4", encoding=encoding)
    return target


def open_results(
    path: str | os.PathLike[str], *, chunks: dict[str, int] | Literal["auto"] | None = None
) -> xr.Dataset:
    """Open a dataset that `save_results` wrote.

    Parameters
    ----------
    path : path
        A ``.zarr`` store or a ``.nc`` file.
    chunks : dict, "auto" or None
        None reads everything into memory; otherwise the dataset is lazy (needs dask).

    Returns
    -------
    xarray.Dataset
        The validated dataset.

    Raises
    ------
    StoreError
        When there is nothing at ``path``, it was not written by `save_results`, or it is
        half-written.
    InputError
        For another ending or a dataset that does not validate.

    Examples
    --------
    >>> open_results("nowhere.zarr")
    Traceback (most recent call last):
        ...
    disca_nb.errors.StoreError: There is nothing at nowhere.zarr; check the path.
    """
    source = Path(path)
    form = _form(source)
    if not source.exists():
        raise StoreError(f"There is nothing at {source}; check the path.")
    if chunks is not None and find_spec("dask") is None:
        raise InputError(f"chunks={chunks!r} needs dask; install it or leave chunks out.")
    if form == "zarr":
        _check_contents(source)
    try:
        if form == "zarr":
            opened = xr.open_zarr(source, chunks=chunks, mask_and_scale=False)
        else:
            opened = xr.open_dataset(source, engine="netcdf4", chunks=chunks, mask_and_scale=False)
    except (OSError, ValueError, KeyError) as error:
        message = f"{source} cannot be read as a result; it may be half-written: save it again."
        raise StoreError(message) from error
    if _VERSION not in opened.attrs:
        opened.close()
        raise StoreError(f"{source} was not written by disca_nb.save_results; load it with xarray.")
    if chunks is None:
        with opened:
            opened.load()
    opened.attrs.pop(_VERSION)
    return validate(_restored(opened))


def _form(path: Path) -> str:
    """Return which format the ending asks for."""
    if path.suffix == _ZARR:
        return "zarr"
    if path.suffix in _NETCDF:
        return "netcdf"
    raise InputError(f"{path} ends in {path.suffix!r}; use .zarr (Zarr) or .nc (NetCDF).")


def _plain(dataset: xr.Dataset) -> xr.Dataset:
    """Return the dataset with fixed-width labels and checked attributes, ready to be written."""
    result = dataset.drop_encoding()
    for name, array in result.variables.items():
        _check_attrs(f"variable {name!r}", array.attrs)
        if array.dtype.kind in "OT":
            result[name] = result[name].astype(str)
    _check_attrs("the dataset", result.attrs)
    return result.assign_attrs({_VERSION: __version__})


def _check_attrs(owner: str, attrs: dict[Any, Any]) -> None:
    """Raise unless every attribute survives both formats."""
    for key, value in attrs.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float | np.number):
            kind = type(value).__name__
            message = (
                f"Attribute {key!r} of {owner} is a {kind}; "
                "attributes must be text or numbers: write it as a JSON string."
            )
            raise InputError(message)


def _restored(dataset: xr.Dataset) -> xr.Dataset:
    """Undo what the formats do to labels and attributes."""
    result = dataset.drop_encoding()
    for name, array in result.variables.items():
        if array.dtype.kind in "OT":
            result[name] = result[name].astype(str)
    for attrs in (result.attrs, *(result[name].attrs for name in result.variables)):
        for key, value in attrs.items():
            attrs[key] = value.item() if isinstance(value, np.generic) else value
    return result


def _sizes(store: Path) -> dict[str, int]:
    """Return the size of every file of a store, by its path inside the store."""
    return {
        each.relative_to(store).as_posix(): each.stat().st_size
        for each in sorted(store.rglob("*"))
        if each.is_file() and each.name != _CONTENTS
    }


def _check_contents(store: Path) -> None:
    """Raise unless the store has every file it was written with, in full."""
    listing = store / _CONTENTS
    try:
        expected = json.loads(listing.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        message = (
            f"{store} has no readable {_CONTENTS}: it is half-written or not a disca_nb result; "
            "save it again."
        )
        raise StoreError(message) from None
    found = _sizes(store)
    for name, size in expected.items():
        if found.get(name) != size:
            state = "is missing" if name not in found else f"has {found[name]} of {size} bytes"
            raise StoreError(f"{store} is half-written: {name} {state}; save or copy it again.")
