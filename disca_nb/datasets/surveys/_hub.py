"""Downloading GlobalOpinionQA from the hub, at one revision, into the cache."""

from __future__ import annotations

import os
import re
from pathlib import Path

from disca_nb.datasets import download
from disca_nb.errors import OfflineError, ParameterError

__all__ = ["REVISION", "fetch_global_opinions"]

REVISION = "cb2880488749218abb81802a94c2c62ebfde2f35"
"""The revision of Anthropic/llm_global_opinions that everything here was checked against."""

_SERVER = "https://huggingface.co"
_PATH = "datasets/Anthropic/llm_global_opinions/resolve/{revision}/data/global_opinions.csv"


def fetch_global_opinions(revision: str) -> Path:
    """Return GlobalOpinionQA's file in the cache, downloading it when it is not there.

    Parameters
    ----------
    revision : str
        A commit of the data set, 40 hexadecimal digits: what it names cannot change.

    Raises
    ------
    ParameterError
        When `revision` is no commit, or ``DISCA_NB_OFFLINE`` neither yes nor no.
    OfflineError
        When the file is missing and cannot be downloaded; names file and cache folder.
    """
    if not re.fullmatch(r"[0-9a-f]{40}", str(revision)):
        raise ParameterError(
            f"revision is {revision!r}; give a commit of 40 hexadecimal digits, such as {REVISION}."
        )
    folder = download.cache_folder() / "llm_global_opinions" / revision
    target = folder / "global_opinions.csv"
    offline = download.downloads_forbidden()
    if target.is_file():
        return target
    missing = f"GlobalOpinionQA is not in the cache (file {target})"
    remedy = "read it once while online, or give the path of a copy"
    if offline:
        setting = os.environ["DISCA_NB_OFFLINE"]
        raise OfflineError(f"{missing} and DISCA_NB_OFFLINE={setting} forbids downloads; {remedy}.")
    server = (os.environ.get("HF_ENDPOINT") or _SERVER).rstrip("/")
    address = f"{server}/{_PATH.format(revision=revision)}"
    try:
        return _retrieve(address, target)
    except (OSError, ValueError) as error:
        download._remove_empty(folder)  # noqa: SLF001 - one way of downloading, two sources
        reason = download._reason(error, server)  # noqa: SLF001
        message = f"{missing} and could not be downloaded: {reason}; {remedy}."
        raise OfflineError(message) from error


def _retrieve(address: str, target: Path) -> Path:
    """Download a file, aside at first, and return where it lies when it is whole."""
    # pooch is imported where it is needed: it takes longer than the rest of this module.
    import pooch

    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(timeout=download._PATIENCE)  # noqa: SLF001 - as for the logs
    # A commit names one content, so that no checksum is shipped beside it.
    got = pooch.retrieve(
        address, known_hash=None, fname=target.name, path=target.parent, downloader=downloader
    )
    return Path(got)
