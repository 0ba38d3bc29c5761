"""Downloading the released logs: pinned commit, shipped checksums, a cache, and an offline mode.

Environment variables: ``DISCA_NB_CACHE_DIR`` moves the cache, ``DISCA_NB_OFFLINE=1`` (or true,
yes, on) forbids downloads, ``DISCA_NB_MIRROR`` names another server that holds the same files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pandas as pd
import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets._table import select_countries
from disca_nb.datasets.upstream import load_folder
from disca_nb.errors import OfflineError, ParameterError, unknown_name

__all__ = ["COMMIT", "cache_folder", "fetch", "load_released", "released_models"]

COMMIT = "36f01cb0fef72c796c76fe8e39f4bec1c964c0f2"
_SERVER = f"https://raw.githubusercontent.com/trungkiet2005/cultural_alignment/{COMMIT}/"
_YES, _NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
# Seconds to reach the server, and to wait for more of a file: without a network one is told soon.
_PATIENCE = (5.0, 30.0)


def cache_folder() -> Path:
    """Return the folder that downloads go to.

    Returns
    -------
    pathlib.Path
        ``DISCA_NB_CACHE_DIR``, or the operating system's cache folder.

    Examples
    --------
    >>> cache_folder().is_absolute()
    True
    """
    # pooch is imported where it is needed: it takes longer than the rest of this module.
    import pooch

    chosen = os.environ.get("DISCA_NB_CACHE_DIR")
    return (Path(chosen) if chosen else Path(pooch.os_cache("disca_nb"))).expanduser().resolve()


def released_models() -> list[str]:
    """Return the names of the models whose logs were released.

    Returns
    -------
    list of str
        Names that `fetch` and `load_released` take.

    Examples
    --------
    >>> "phi-4" in released_models()
    True
    """
    return list(dict.fromkeys(_registry()["model"]))


def fetch(
    model: str, *, countries: Iterable[str] | None = None, progress: bool = False
) -> list[Path]:
    """Make sure that a model's released logs lie in the cache, downloading what is missing.

    A file counts only when its sha256 is the shipped one; downloads are written aside and moved
    into place when they are whole.

    Parameters
    ----------
    model : str
        One of `released_models`.
    countries : str or iterable of str, optional
        Which countries; all 20 by default.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    list of pathlib.Path
        The files in the cache, two per country.

    Raises
    ------
    UnknownNameError
        For an unknown model or country.
    OfflineError
        When a file is missing and cannot be downloaded; names file and cache folder.
    ParameterError
        When ``DISCA_NB_OFFLINE`` is neither yes nor no.

    References
    ----------
    GitHub trungkiet2005/cultural_alignment (MIT), the logs of arXiv 2605.10843.

    Examples
    --------
    >>> fetch("phi-5")
    Traceback (most recent call last):
        ...
    disca_nb.errors.UnknownNameError: Unknown model 'phi-5'; did you mean 'phi-4'? ...
    """
    rows = _rows(model, countries)
    one = partial(
        cached_file,
        _SERVER,
        COMMIT,
        what=f"The released logs of {model}",
        remedy=f"run 'disca-nb fetch {model}' while online",
        offline=downloads_forbidden(),
    )
    return files_with_progress(rows, one, what=model, progress=progress)


def load_released(
    model: str, *, countries: Iterable[str] | None = None, progress: bool = False
) -> xr.Dataset:
    """Return a model's released logs as a dataset, downloading them first where needed.

    Parameters
    ----------
    model, countries, progress
        As for `fetch`.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.datasets.recorded.load` returns.

    Raises
    ------
    UnknownNameError, OfflineError, ParameterError
        As `fetch`.
    DataFileError
        When a file's content cannot be used.

    References
    ----------
    GitHub trungkiet2005/cultural_alignment (MIT), the logs of arXiv 2605.10843.

    Examples
    --------
    >>> load_released("phi-4", countries=["XXX"])
    Traceback (most recent call last):
        ...
    disca_nb.errors.UnknownNameError: Unknown country 'XXX'; ...
    """
    rows = _rows(model, countries)
    chosen = list(dict.fromkeys(rows["country"]))
    files = fetch(model, countries=chosen, progress=progress)
    return load_folder(files[0].parent, model=model, countries=chosen)


def _registry() -> pd.DataFrame:
    """Return the shipped list of files."""
    return pd.read_csv(data_path("upstream_registry.csv"), dtype=str, keep_default_na=False)


def _rows(model: str, countries: Iterable[str] | None) -> pd.DataFrame:
    """Return the registry's rows for a model, by country in the order asked for."""
    registry = _registry()
    rows = registry[registry["model"] == model]
    if rows.empty:
        raise unknown_name("model", model, dict.fromkeys(registry["model"]))
    if countries is None:
        return rows
    chosen = select_countries(countries, dict.fromkeys(rows["country"]))
    order = {country: i for i, country in enumerate(chosen)}
    rows = rows[rows["country"].isin(chosen)]
    return rows.sort_values("country", key=lambda column: column.map(order), kind="stable")


def downloads_forbidden() -> bool:
    """Return whether downloads are forbidden."""
    setting = os.environ.get("DISCA_NB_OFFLINE", "")
    word = setting.strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ParameterError(
        f"DISCA_NB_OFFLINE is {setting!r}; set it to 1 to forbid downloads, or to 0."
    )


def cached_file(
    server: str, commit: str, path: str, sha256: str, *, what: str, remedy: str, offline: bool
) -> Path:
    """Return a file of a pinned commit in the cache, downloading it where it is not whole.

    Parameters
    ----------
    server : str
        Where its paths begin, unless ``DISCA_NB_MIRROR`` names another place.
    commit, path, sha256 : str
        The commit, which is also the folder in the cache, the path in it, and the checksum.
    what, remedy : str
        For the message: what is missing (without a verb, plural) and what to do.
    offline : bool
        Whether downloads are forbidden.

    Raises
    ------
    OfflineError
        When it is missing and cannot be downloaded.
    """
    import pooch

    target = cache_folder() / commit / path
    if target.is_file() and pooch.file_hash(str(target)) == sha256:
        return target
    missing = (
        f"{what} are not in the cache (cache folder {cache_folder()}, first missing file {path})"
    )
    if offline:
        setting = os.environ["DISCA_NB_OFFLINE"]
        message = f"{missing} and DISCA_NB_OFFLINE={setting} forbids downloads; {remedy}."
        raise OfflineError(message)
    pooch.get_logger().setLevel("WARNING")  # the progress bar says what is going on
    server = (os.environ.get("DISCA_NB_MIRROR") or server).rstrip("/")
    options = {"fname": target.name, "path": target.parent, "known_hash": sha256}
    downloader = pooch.HTTPDownloader(timeout=_PATIENCE)
    try:
        pooch.retrieve(f"{server}/{path}", downloader=downloader, **options)
    except (OSError, ValueError) as error:
        _remove_empty(target.parent)
        message = f"{missing} and could not be downloaded: {_reason(error, server)}; {remedy}."
        raise OfflineError(message) from error
    return target


def files_with_progress(
    rows: pd.DataFrame, fetch_one: Callable[[str, str], Path], *, what: str, progress: bool
) -> list[Path]:
    """Return the files of a registry's rows, each fetched by its path and sha256."""
    from tqdm.auto import tqdm

    # With a delay the bar appears after the first file, so that an error before it stands alone.
    with tqdm(
        rows.itertuples(),
        total=len(rows),
        desc=what,
        unit="file",
        disable=not progress,
        delay=1e-3,
        mininterval=0,
    ) as bar:
        return [fetch_one(str(row.path), str(row.sha256)) for row in bar]


def _reason(error: OSError | ValueError, server: str) -> str:
    """Return in a few words why a download failed."""
    if isinstance(error, ValueError):
        return "its checksum is wrong" if "hash" in str(error) else f"{server} is no address"
    if (response := getattr(error, "response", None)) is not None:
        response.close()  # pooch leaves the connection open
        return f"{server} answered {response.status_code}"
    # A local fault, such as a full disk, has a text of its own.
    return error.strerror or f"no connection to {server}, or it broke off"


def _remove_empty(folder: Path) -> None:
    """Remove the folders that a failed download made, as far as nothing is in them."""
    while folder.is_dir() and not any(folder.iterdir()) and folder != cache_folder():
        folder.rmdir()
        folder = folder.parent
