"""The Moral Machine grid of dilemmas, in the project's own words: 460 choices, or a slice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import xarray as xr

from disca_nb.datasets.scenarios import from_csv
from disca_nb.errors import ParameterError, unknown_name
from disca_nb.prompts.packs import LanguagePack, load_pack
from disca_nb.variables import ATTRIBUTES, annotate, validate

__all__ = ["SELECTIONS", "scenarios"]

SELECTIONS = ("full", "slice", "balanced")
"""All 460 choices, a draw of 310 as DISCA was scored on, or as many of each attribute."""

_SLICE = {"SocialValue": 80}
_MOST = 5
_NUMBERS = range(2, 21, 2)
_FILES = (".csv", ".csv.gz")

# Each pair stands as (other side, counted side), so the second role is the one that is counted.
_GENDER = [
    ("man", "woman"),
    ("elderly_man", "elderly_woman"),
    ("boy", "girl"),
    ("large_man", "large_woman"),
    ("male_executive", "female_executive"),
    ("male_athlete", "female_athlete"),
    ("male_doctor", "female_doctor"),
]
_AGE = [
    pair
    for child, adult, elderly in (("girl", "woman", "elderly_woman"), ("boy", "man", "elderly_man"))
    for pair in ((adult, child), (elderly, child), (elderly, adult))
]
_FITNESS = [
    pair
    for large, adult, athlete in (
        ("large_woman", "woman", "female_athlete"),
        ("large_man", "man", "male_athlete"),
    )
    for pair in ((large, adult), (large, athlete), (adult, athlete))
]
_LOW, _MIDDLE = ("criminal", "homeless_person"), ("person", "man", "woman")
_HIGH = ("executive", "male_executive", "female_executive", "male_doctor", "female_doctor")
_SOCIAL_VALUE = [
    *((low, middle) for low in _LOW for middle in _MIDDLE),
    *((low, high) for low in _LOW for high in _HIGH),
    ("person", "executive"),
    ("man", "male_executive"),
    ("man", "male_doctor"),
    ("woman", "female_executive"),
    ("woman", "female_doctor"),
]
_EQUAL_NUMBERS = {
    "Species": [("dog", "person"), ("cat", "person")],
    "Gender": _GENDER,
    "Age": _AGE,
    "Fitness": _FITNESS,
    "SocialValue": _SOCIAL_VALUE,
}
_PREGNANT = [("woman", "pregnant_woman"), ("large_woman", "pregnant_woman")]


@dataclass(frozen=True)
class _Choice:
    """A pair of groups; ``counted`` is the side that the attribute counts."""

    attribute: str
    other: tuple[str, int]
    counted: tuple[str, int]

    @property
    def name(self) -> str:
        sides = "-".join(f"{number}_{role}" for role, number in (self.other, self.counted))
        return f"{self.attribute.lower()}/{sides}"


def scenarios(
    selection: str | os.PathLike[str] = "slice",
    *,
    language: str | os.PathLike[str] = "en",
    per_attribute: int = 8,
    seed: int = 0,
) -> xr.Dataset:
    """Return dilemmas of the Moral Machine grid (MultiTP) in the project's own words, or one's own.

    Parameters
    ----------
    selection : {"full", "slice", "balanced"} or path
        All 460; 310 with the attributes in the numbers that DISCA was scored on (Species 20,
        Gender 70, Age 60, Fitness 60, SocialValue 80 drawn of 210, Utilitarianism 20, without
        pregnant women); ``per_attribute`` drawn of each attribute of that slice; or a CSV file of
        one's own (a path object, or a text that ends in ``.csv`` or ``.csv.gz``), see
        `disca_nb.datasets.scenarios.from_csv`.
    language : str or path
        Language pack, see `load_pack`.
    per_attribute : int
        Even number of scenarios of each attribute for ``balanced``, 2 to 20.
    seed : int
        Seed of the draws. Whether a scenario is drawn hangs on its name and the seed alone.

    Returns
    -------
    xarray.Dataset
        Dimension ``scenario`` (names such as ``age/2_man-2_boy/right``; the last word says where
        the counted side stands) with the coordinates ``option_a``, ``option_b``, ``category``,
        ``preferred_on_right``, ``n_left`` and ``n_right``. Every choice is there twice, with the
        counted side right and left.

    Notes
    -----
    The two scenarios of a choice are mirrors: with the exchange ``lines`` of `dilemma`, the order
    BA of one is to the letter the order AB of the other, so that their gaps, once both orders are
    averaged, are each other's negative. The 310 scenarios of the slice are then 155 gaps of a
    speaker, not 310, and an error of the mean is taken over 155. With ``labels`` they differ.

    Raises
    ------
    UnknownNameError
        For another selection or language.
    ParameterError
        For an odd number per attribute, or one outside 2 to 20.
    DataFileError
        For a file that cannot be used.

    References
    ----------
    Jin et al., arXiv 2407.02273, for the grid; arXiv 2605.10843 for the slice.

    Examples
    --------
    >>> choices = scenarios("slice")
    >>> choices.sizes["scenario"], int(choices.preferred_on_right.sum())
    (310, 155)
    >>> choices.option_b[0].item(), choices.category[0].item()
    ('one person', 'Species')
    """
    pack = load_pack(language)
    if isinstance(selection, os.PathLike) or str(selection).lower().endswith(_FILES):
        return from_csv(selection).assign_attrs(language=pack.language)
    if selection not in SELECTIONS:
        raise unknown_name("selection of scenarios", selection, SELECTIONS)
    if selection == "balanced" and per_attribute not in _NUMBERS:
        raise ParameterError(
            f"per_attribute is {per_attribute!r}; it must be an even number from 2 to 20."
        )
    chosen: list[tuple[_Choice, bool]] = []
    for attribute in ATTRIBUTES:
        choices = list(_choices(attribute, pregnant=selection == "full"))
        if selection == "slice" and attribute in _SLICE:
            choices = _draw(choices, _SLICE[attribute] // 2, seed)
        elif selection == "balanced":
            choices = _draw(choices, int(per_attribute) // 2, seed)
        # Either side first: the exchanged prompt of one scenario is the other's as shown, so that
        # a pair costs two prompts, not four.
        chosen += [(choice, right) for choice in choices for right in (True, False)]
    result = _dataset(chosen, pack)
    source = f"MultiTP grid in the words of disca_nb, {selection}"
    return result.assign_attrs(source=source, language=pack.language, seed=seed)


def _choices(attribute: str, *, pregnant: bool) -> Iterator[_Choice]:
    """Yield all pairs of groups of one attribute."""
    if attribute == "Utilitarianism":
        for fewer in range(1, _MOST):
            for more in range(fewer + 1, _MOST + 1):
                yield _Choice(attribute, ("person", fewer), ("person", more))
    pairs = _EQUAL_NUMBERS.get(attribute, _PREGNANT if pregnant else [])
    for other, counted in pairs:
        for number in range(1, _MOST + 1):
            yield _Choice(attribute, (other, number), (counted, number))


def _draw(choices: list[_Choice], number: int, seed: int) -> list[_Choice]:
    """Return ``number`` of the choices in their order, drawn by the hashes of their names."""

    def key(choice: _Choice) -> bytes:
        return blake2b(f"{seed}/{choice.name}".encode(), digest_size=8).digest()

    drawn = set(sorted(choices, key=key)[:number])
    return [choice for choice in choices if choice in drawn]


def _dataset(chosen: list[tuple[_Choice, bool]], pack: LanguagePack) -> xr.Dataset:
    """Return the choices as a dataset; ``right`` puts the counted side right."""
    sides = [(c.other, c.counted) if right else (c.counted, c.other) for c, right in chosen]
    names = [f"{c.name}/{'right' if right else 'left'}" for c, right in chosen]
    coords = {
        "scenario": np.array(names),
        "option_a": ("scenario", np.array([pack.group(*left) for left, _ in sides])),
        "option_b": ("scenario", np.array([pack.group(*right) for _, right in sides])),
        "category": ("scenario", np.array([choice.attribute for choice, _ in chosen])),
        "preferred_on_right": ("scenario", np.array([right for _, right in chosen])),
        "n_left": ("scenario", np.array([left[1] for left, _ in sides])),
        "n_right": ("scenario", np.array([right[1] for _, right in sides])),
    }
    return annotate(validate(xr.Dataset(coords=coords)))
