"""The embedded model's folder and tasks: a synthetic stand-in that lets everything run offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from disca_nb._data import data_path
from disca_nb.errors import DataFileError

__all__ = ["FILES", "NOTICE", "VERSION", "folder", "tasks"]

NOTICE = (
    "The model is a small synthetic stand-in, trained on text that the project made up: it proves "
    "nothing about any real model or country."
)
"""What every result of the embedded model, and every page that uses it, says of it."""

FILES = (
    *("card.json", "config.json", "generation_config.json", "model.safetensors"),
    *("tasks.json", "tokenizer.json", "tokenizer_config.json"),
)
"""The files of the model's folder."""

VERSION = 1
"""Version of the tasks that the model was trained on."""


def folder() -> Path:
    """Return the folder of the embedded model's weights, tokenizer and model card.

    Returns
    -------
    pathlib.Path
        An existing folder, as ``save_pretrained`` writes it.

    Raises
    ------
    FileNotFoundError
        When one of its files did not come with the installation.

    Examples
    --------
    >>> sorted(path.name for path in folder().glob("*.safetensors"))
    ['model.safetensors']
    """
    (place,) = {data_path(f"embedded/{name}").parent for name in FILES}
    return place


def tasks() -> dict[str, Any]:
    """Return the questions that the embedded model was trained on, with made-up answers.

    Returns
    -------
    dict
        ``version``, ``notice``, ``few`` (the countries that the default answers resemble),
        ``countries``; ``survey`` (entries with ``id``, ``topic``, ``question``, ``options`` and
        ``answers``, a made-up distribution over the options for each country), ``five_point``
        (``id``, ``item``, ``lowest``, ``highest``, ``answers``) and ``values`` (``topic``,
        ``controversial`` and ``questions`` with ``id``, ``original``, ``rephrasings`` and
        ``stances``, what yes and no mean for the topic).

    Raises
    ------
    DataFileError
        For a file of another version.

    Examples
    --------
    >>> given = tasks()
    >>> len(given["survey"]), len(given["five_point"]), len(given["values"])
    (40, 24, 12)
    >>> given["survey"][0]["question"]
    'What matters most in a job?'
    """
    content: dict[str, Any] = json.loads(data_path("embedded/tasks.json").read_text("utf-8"))
    if content.get("version") != VERSION:
        raise DataFileError(
            f"tasks.json has version {content.get('version')!r}, not {VERSION}; reinstall disca-nb."
        )
    return content
