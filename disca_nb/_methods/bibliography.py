"""The works that the package's texts cite, as BibTeX.

Authors stand where they are certain; other entries have title and number alone, and a key to sort
them by.
"""

from __future__ import annotations

from collections.abc import Iterable

from disca_nb._version import __version__

__all__ = ["AWAD", "DISCA", "MULTITP", "PACKAGE", "TVERSKY", "bibtex"]

DISCA, MULTITP, AWAD = "DISCA2026", "MultiTP2024", "Awad2018"
TVERSKY, PACKAGE = "TverskyKahneman1992", "disca_nb"

_ENTRIES = {
    AWAD: (
        "article",
        {
            "author": "Awad, Edmond and Dsouza, Sohan and Kim, Richard and Schulz, Jonathan and "
            "Henrich, Joseph and Shariff, Azim and Bonnefon, Jean-Fran{\\c{c}}ois and "
            "Rahwan, Iyad",
            "title": "The {M}oral {M}achine experiment",
            "journal": "Nature",
            "volume": "563",
            "pages": "59--64",
            "year": "2018",
            "doi": "10.1038/s41586-018-0637-6",
        },
    ),
    DISCA: (
        "misc",
        {
            "key": "DISCA",
            "title": "Training-Free Cultural Alignment of Large Language Models via Persona "
            "Disagreement",
            "year": "2026",
            "eprint": "2605.10843",
            "archiveprefix": "arXiv",
        },
    ),
    MULTITP: (
        "misc",
        {
            "key": "MultiTP",
            "title": "Language Model Alignment in Multilingual Trolley Problems",
            "year": "2024",
            "eprint": "2407.02273",
            "archiveprefix": "arXiv",
        },
    ),
    TVERSKY: (
        "article",
        {
            "author": "Tversky, Amos and Kahneman, Daniel",
            "title": "Advances in prospect theory: Cumulative representation of uncertainty",
            "journal": "Journal of Risk and Uncertainty",
            "volume": "5",
            "number": "4",
            "pages": "297--323",
            "year": "1992",
            "doi": "10.1007/BF00122574",
        },
    ),
    PACKAGE: (
        "misc",
        {
            "author": "{The disca\\_nb developers}",
            "title": "disca\\_nb: A laboratory for how language models treat the world's cultures",
            "note": f"Version {__version__}",
        },
    ),
}


def bibtex(keys: Iterable[str]) -> str:
    """Return BibTeX entries, sorted by key and each once.

    Parameters
    ----------
    keys : iterable of str
        Keys of this module.

    Returns
    -------
    str
        The entries with an empty line between them.

    Examples
    --------
    >>> print(bibtex(["DISCA2026"]).splitlines()[0])
    @misc{DISCA2026,
    """
    return "\n\n".join(_entry(key) for key in sorted(set(keys)))


def _entry(key: str) -> str:
    """Return one entry."""
    kind, fields = _ENTRIES[key]
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}}}"
