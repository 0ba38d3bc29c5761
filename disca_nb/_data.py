"""Where the shipped data lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_path"]

_PACKAGE = Path(__file__).parent


def data_path(name: str) -> Path:
    """Return the path of a shipped data file or store.

    Parameters
    ----------
    name : str
        Its name in the project's ``data`` folder.

    Returns
    -------
    pathlib.Path
        An existing file or folder.

    Examples
    --------
    >>> data_path("human_preferences.csv").name
    'human_preferences.csv'
    """
    # A wheel carries the folder inside the package; an editable install leaves it at the top.
    for folder in (_PACKAGE / "data", _PACKAGE.parent / "data"):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} did not come with this installation; reinstall disca-nb.")
