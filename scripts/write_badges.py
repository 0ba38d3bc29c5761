"""Write the repository's address into the badges of README.md and of the notebooks.

    python scripts/write_badges.py

The address stands in pyproject.toml, as `Repository` of `[project.urls]`, and nowhere else by hand.
Every notebook begins with two cells that this script owns: its links, without pictures since it
must read well offline, and one that installs the package where it is absent, as it is on Colab.
Notebooks are written as Jupyter writes them.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
QUICKSTART = "notebooks/00_quickstart.ipynb"
NOT_PUBLIC = "not-public-yet"
MARKERS = ("<!-- badges: begin -->", "<!-- badges: end -->")
_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")
_BRANCH = "main"
_CELLS = ("badges", "install")


def slug(pyproject: str) -> str:
    """Return ``OWNER/NAME`` of the repository that the text of a pyproject.toml names."""
    address = str(tomllib.loads(pyproject)["project"]["urls"]["Repository"])
    found = _GITHUB.fullmatch(address)
    if found is None:
        sys.exit(f"Repository is {address!r}; Binder and Colab need https://github.com/OWNER/NAME.")
    return found[1]


def badges(repository: str, notebook: str) -> str:
    """Return the badges that open a notebook in Binder's JupyterLab and in Colab, as Markdown."""
    binder, colab = _addresses(repository, notebook)
    return (
        f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder})\n"
        "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
        f"({colab})\n{_notice(repository)}"
    )


def links(repository: str, notebook: str) -> str:
    """Return the same as links without pictures, which a notebook that is offline cannot fetch."""
    binder, colab = _addresses(repository, notebook)
    return f"[Open in Binder]({binder}) · [Open in Colab]({colab})\n{_notice(repository)}"


def _addresses(repository: str, notebook: str) -> tuple[str, str]:
    """Return where a notebook opens in Binder's JupyterLab and in Colab."""
    return (
        f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath=lab/tree/{notebook}",
        f"https://colab.research.google.com/github/{repository}/blob/{_BRANCH}/{notebook}",
    )


def _notice(repository: str) -> str:
    """Return what is said while the address is a placeholder."""
    if not repository.startswith(f"{NOT_PUBLIC}/"):
        return ""
    return "\nThe repository is not public yet; both lead there once it is.\n"


def readme_with(repository: str, text: str) -> str:
    """Return a README with the badges between their markers."""
    begin, end = MARKERS
    before, found, rest = text.partition(f"{begin}\n")
    _, closed, after = rest.partition(end)
    if not (found and closed):
        sys.exit(f"README.md has no lines {begin} and {end} to write the badges between.")
    return f"{before}{found}{badges(repository, QUICKSTART)}{closed}{after}"


def notebook_with(repository: str, name: str, text: str) -> str:
    """Return a notebook that begins with its badges and the cell that installs the package."""
    book: dict[str, Any] = json.loads(text)
    first = [
        _cell("badges", "markdown", links(repository, f"notebooks/{name}").rstrip("\n")),
        _cell("install", "code", _install(repository)),
    ]
    book["cells"] = first + [cell for cell in book["cells"] if cell.get("id") not in _CELLS]
    return json.dumps(book, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _install(repository: str) -> str:
    """Return the code that installs the package from the repository where it is absent."""
    source = f"disca-nb[models] @ git+https://github.com/{repository}"
    return (
        "# For Colab, where the package is not installed; elsewhere this does nothing.\n"
        "import importlib.util\n\n"
        'if importlib.util.find_spec("disca_nb") is None:\n'
        f'    %pip install -q "{source}"'
    )


def _cell(name: str, kind: str, source: str) -> dict[str, Any]:
    """Return a cell of a notebook, without outputs."""
    cell = {"cell_type": kind, "id": name, "metadata": {}}
    cell["source"] = source.splitlines(keepends=True)
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def written(root: Path = ROOT) -> Mapping[Path, str]:
    """Return the text that README.md and every notebook should have."""
    repository = slug((root / "pyproject.toml").read_text(encoding="utf-8"))
    readme = root / "README.md"
    texts = {readme: readme_with(repository, readme.read_text(encoding="utf-8"))}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        texts[path] = notebook_with(repository, path.name, path.read_text(encoding="utf-8"))
    return texts


def main() -> None:
    """Write what has changed, and say so."""
    for path, text in written().items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: badges written")


if __name__ == "__main__":
    main()
