"""Saving and opening result datasets: Zarr for work, NetCDF for exchange.

A store is written beside its place and moved there when it is whole. A Zarr store also carries a
list of its files with their sizes, because a copy that was cut short would otherwise be read as
if the missing chunks were empty.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Hashable
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr

from disca_nb._atomic import recover, replace_when_done
from disca_nb._version import __version__
from disca_nb.errors import InputError, StoreError
from disca_nb.variables import annotate, validate

__all__ = ["check_form", "check_free", "check_savable", "open_results", "save_results"]

_CONTENTS = "disca_nb_contents.json"
_VERSION = "disca_nb_version"
# The NetCDF library crashes when two threads use it at once.
_NETCDF_LOCK = threading.RLock()
_ZARR, _NETCDF = ".zarr", (".nc", ".nc4", ".netcdf")
# Attributes that the formats take for their own.
_TAKEN = ("coordinates", "dtype", _VERSION)


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
        For another ending, or names, values or attributes that would not come back as they were.

    Examples
    --------
    >>> import tempfile
    >>> data = xr.Dataset({"base_gap": ("country", [0.5])}, {"country": ["JPN"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     open_results(save_results(data, Path(folder) / "run.zarr")).base_gap.item()
    0.5
    """
    target = Path(path).expanduser()
    form = _form(target)
    if not overwrite:
        check_free(target)
    plain = _plain(validate(dataset))
    encoding: dict[Hashable, Any] = {
        name: {"_FillValue": None} for name in plain.variables if plain[name].dtype.kind == "f"
    }
    with replace_when_done(target) as scratch:
        if form == "zarr":
            plain.to_zarr(scratch, mode="w", zarr_format=2, consolidated=True, encoding=encoding)
            (scratch / _CONTENTS).write_text(json.dumps(_sizes(scratch)), encoding="utf-8")
        else:
            with _NETCDF_LOCK:
                plain.to_netcdf(scratch, engine="netcdf4", format="NETCDF4", encoding=encoding)
    return target


def check_free(path: str | os.PathLike[str]) -> None:
    """Raise unless a result can be saved at ``path`` without replacing anything.

    Parameters
    ----------
    path : path
        As for `save_results`.

    Raises
    ------
    StoreError
        When something stands there.
    InputError
        For another ending.

    Examples
    --------
    >>> check_free("never-written.zarr")
    """
    target = check_form(path)
    if target.exists():
        raise StoreError(f"{target} is already there; pass overwrite=True or choose another name.")


def check_form(path: str | os.PathLike[str]) -> Path:
    """Return a path of a result, with what a killed writer left there put in order.

    Parameters
    ----------
    path : path
        As for `save_results`.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        For another ending.

    Examples
    --------
    >>> check_form("run.csv")
    Traceback (most recent call last):
        ...
    disca_nb.errors.InputError: run.csv ends in '.csv'; use .zarr (Zarr) or .nc (NetCDF).
    """
    target = Path(path).expanduser()
    _form(target)
    recover(target)
    return target


def check_savable(dataset: xr.Dataset) -> None:
    """Raise unless `save_results` could save a dataset, as far as its labels say.

    Parameters
    ----------
    dataset : xarray.Dataset
        As for `save_results`.

    Raises
    ------
    InputError
        For names, values or attributes that would not come back as they were.

    Examples
    --------
    >>> check_savable(xr.Dataset({"base_gap": ("country", [0.5])}, {"country": ["JPN"]}))
    """
    _plain(validate(dataset))


def open_results(
    path: str | os.PathLike[str], *, chunks: dict[str, int] | Literal["auto"] | None = None
) -> xr.Dataset:
    """Open a dataset that `save_results` wrote.

    Parameters
    ----------
    path : path
        A ``.zarr`` store or a ``.nc`` file.
    chunks : dict, "auto" or None
        None reads everything into memory; otherwise the dataset is lazy (needs dask), and the
        store must not be replaced while it is in use.

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
    source = Path(path).expanduser()
    form = _form(source)
    if not source.exists():
        recover(source)
    if not source.exists():
        raise StoreError(f"There is nothing at {source}; check the path.")
    if chunks is not None and find_spec("dask") is None:
        raise InputError(f"chunks={chunks!r} needs dask; install it or leave chunks out.")
    before = _identity(source)
    if form == "zarr":
        _check_contents(source)
    try:
        with _NETCDF_LOCK if form == "netcdf" else nullcontext():
            opened = xr.open_dataset(
                source,
                engine="zarr" if form == "zarr" else "netcdf4",
                chunks=chunks,
                # Neither units nor attributes such as scale_factor change the numbers.
                mask_and_scale=False,
                decode_times=False,
                backend_kwargs={"consolidated": True} if form == "zarr" else None,
            )
            if chunks is None:
                with opened:
                    opened.load()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        message = f"{source} cannot be read as a result; it may be half-written: save it again."
        raise StoreError(message) from error
    if form == "zarr" and _identity(source) != before:
        raise StoreError(f"{source} was replaced while it was read; open it again.")
    if _VERSION not in opened.attrs:
        opened.close()
        raise StoreError(f"{source} was not written by disca_nb.save_results; load it with xarray.")
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
    """Return the dataset, annotated and with fixed-width labels, ready to be written."""
    result = _python_attrs(dataset.drop_encoding())
    for name, array in result.variables.items():
        owner = f"variable {name!r}"
        if not isinstance(name, str) or set(name) & set(" /"):
            raise InputError(f"The name of {owner} must be a text without blanks and slashes.")
        if array.dtype.kind in "OTU":
            result[name] = _as_labels(result[name], owner)
        elif not (array.dtype.kind in "biu" or array.dtype in (np.float32, np.float64)):
            message = (
                f"The values of {owner} are {array.dtype}; save text, booleans, whole numbers, or "
                "numbers of 32 or 64 bits."
            )
            raise InputError(message)
        elif name not in result.indexes:
            result[name] = _native(result[name])
        if array.chunks is not None:  # Zarr asks for chunks of one size
            sizes = {dim: max(1, *each) for dim, each in array.chunksizes.items()}
            result[name] = result[name].chunk(sizes)
        _check_attrs(owner, array.attrs)
    _check_attrs("the dataset", result.attrs)
    return annotate(result).assign_attrs({_VERSION: __version__})


def _as_labels(array: xr.DataArray, owner: str) -> xr.DataArray:
    """Return text in memory and of fixed width; chunks of text would not agree on the width."""
    texts = array.to_numpy().ravel().tolist()
    for text in texts:
        if not isinstance(text, str):
            raise InputError(f"Among the texts of {owner} is {text!r}; make every one a text.")
        _check_text(f"A text of {owner}", text)
    return array.copy(data=np.array(texts, dtype=str).reshape(array.shape))


def _native(array: xr.DataArray) -> xr.DataArray:
    """Return the array without a byte order in its dtype's spelling, about which NetCDF warns."""
    native = array.dtype.newbyteorder("=")
    spelled = array.dtype.byteorder not in "=|" and array.dtype == native
    return array.copy(data=array.data.view(native)) if spelled else array


def _check_attrs(owner: str, attrs: dict[Any, Any]) -> None:
    """Raise unless every attribute survives both formats."""
    for key, value in attrs.items():
        name = f"Attribute {key!r} of {owner}"
        if not isinstance(key, str) or "/" in key or key.startswith("_") or key in _TAKEN:
            raise InputError(f"{name} would get lost on disk; choose another name for it.")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            kind = type(value).__name__
            message = (
                f"{name} is a {kind}; attributes must be text or numbers: write a JSON string."
            )
            raise InputError(message)
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise InputError(f"{name} is {value}, which has more than 64 bits; write it as a text.")
        if isinstance(value, str):
            _check_text(name, value)


def _check_text(owner: str, text: str) -> None:
    """Raise for the two things that text on disk cannot hold."""
    if "\0" in text or text.encode(errors="ignore").decode() != text:
        raise InputError(f"{owner} is {text!r}: null characters and surrogates cannot be saved.")


def _restored(dataset: xr.Dataset) -> xr.Dataset:
    """Undo what the formats do to labels and attributes."""
    result = dataset.drop_encoding()
    for name, array in result.variables.items():
        if array.dtype.kind in "OTU":
            result[name] = _as_labels(result[name], f"variable {name!r}")
        elif name not in result.indexes:
            result[name] = _native(result[name])
    return _python_attrs(result)


def _python_attrs(dataset: xr.Dataset) -> xr.Dataset:
    """Turn NumPy's numbers among the attributes into Python's."""
    for owner in (dataset, *(dataset[name] for name in dataset.variables)):
        owner.attrs = {
            key: value.item() if isinstance(value, np.generic) else value
            for key, value in owner.attrs.items()
        }
    return dataset


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells one store from the next under the same name."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


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
    for name, size in expected.items():
        try:
            found = (store / name).stat().st_size
            state = f"has {found} of {size} bytes"
        except OSError:
            found, state = None, "is missing"
        if found != size:
            raise StoreError(f"{store} is half-written: {name} {state}; save or copy it again.")
