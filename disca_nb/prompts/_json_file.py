"""Reading a JSON file that must follow a schema that ships, and one sentence for each fault."""

from __future__ import annotations

import json
from pathlib import Path

from disca_nb._data import data_path
from disca_nb.errors import DataFileError

__all__ = ["read_json"]


def read_json(path: Path, schema: str | None) -> dict[str, object]:
    """Return a file's content once it follows a schema.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    schema : str or None
        Name of the schema in the project's ``data`` folder; None for a file that ships, which
        tests hold to its schema. To load the checker takes seconds where JupyterLab is installed.

    Returns
    -------
    dict

    Raises
    ------
    DataFileError
        For a file that cannot be read, is not JSON or does not follow the schema; the message
        names the place.

    Examples
    --------
    >>> read_json(data_path("frames/ko.json"), "frames/schema.json")["name"]
    'Korean'
    """
    try:
        content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}; check the path.") from None
    except OSError as error:
        raise DataFileError(f"{path} cannot be read: {error.strerror}; name a JSON file.") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataFileError(f"{path.name} is not JSON ({error}); mend it.") from None
    if schema is not None:
        _check(content, path.name, schema)
    return content


def _check(content: dict[str, object], name: str, schema: str) -> None:
    """Raise unless a file's content follows a schema."""
    import jsonschema

    rules = json.loads(data_path(schema).read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(rules)
    fault = jsonschema.exceptions.best_match(checker.iter_errors(content))
    if fault is not None:
        place = fault.json_path.removeprefix("$.") if fault.json_path != "$" else "the file"
        raise DataFileError(f"{name}, {place}: {fault.message}; see data/{schema}.")
