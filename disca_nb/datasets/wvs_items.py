"""Which items of the World Values Survey stand behind each value of a profile: two item sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ITEM_SETS", "Item", "ItemSet", "Value"]


@dataclass(frozen=True)
class Item:
    """An item of the wave-7 questionnaire.

    Attributes
    ----------
    name : str
        Its column, such as ``Q6``.
    low, high : int
        Its least and greatest code, 0 and 1 for a mention.
    reverse : bool
        Whether the greatest code is turned into the least.
    mention : bool
        Whether the item is mentioned (published as 1) or not (2), which becomes 1 or 0.
    """

    name: str
    low: int
    high: int
    reverse: bool = False
    mention: bool = False


@dataclass(frozen=True)
class Value:
    """A value of a profile: its items, and the scale on which their mean is worded.

    Attributes
    ----------
    name : str
        Its name here, which language packs word.
    label : str
        Its name in the source.
    items : tuple of Item
        What it is the mean of.
    low, high : int
        Ends of the scale.
    direction : int
        1 where a higher mean is more of it, -1 where it is less.
    """

    name: str
    label: str
    items: tuple[Item, ...]
    low: int = 0
    high: int = 1
    direction: int = 1

    @property
    def shown(self) -> str:
        """The items in words, such as "Q199, Q200"."""
        return ", ".join(item.name for item in self.items)


@dataclass(frozen=True)
class ItemSet:
    """Values, and how their means are taken.

    Attributes
    ----------
    values : tuple of Value
        In the order of a persona's sentences.
    weighted : bool
        Whether the survey's weights are used.
    rescaled : bool
        Whether each item is brought to [0, 1] and counts as much as the others. Otherwise the
        codes of all respondents and items are pooled and the mean rounded to three decimals.
    optional : frozenset of str
        Items without which a file is still read.
    """

    values: tuple[Value, ...]
    weighted: bool
    rescaled: bool
    optional: frozenset[str] = frozenset()

    def items(self) -> list[Item]:
        """Return the items of all values."""
        return [item for value in self.values for item in value.items]


def _scale(numbers: range | tuple[int, ...], low: int, high: int) -> tuple[Item, ...]:
    """Return items whose greatest code is most."""
    return tuple(Item(f"Q{number}", low, high) for number in numbers)


def _turned(numbers: range | tuple[int, ...], low: int, high: int) -> tuple[Item, ...]:
    """Return items whose least code is most."""
    return tuple(Item(f"Q{number}", low, high, reverse=True) for number in numbers)


def _mentions(*numbers: int, reverse: bool = False) -> tuple[Item, ...]:
    """Return items that are mentioned or not."""
    return tuple(Item(f"Q{number}", 0, 1, reverse, mention=True) for number in numbers)


# The labels are the authors'; several say something else than the items ask, and the items that
# they reversed run over their own codes, which may be wider than the scale that they are put on.
_DISCA = (
    Value("religiosity", "religiosity", _turned((6,), 1, 4), 1, 4),
    Value("child_rearing", "child rearing", _mentions(17), 0, 1, -1),
    Value("moral_acceptability", "moral acceptability", _scale(range(177, 183), 1, 10), 1, 10),
    Value("trust", "social trust", _turned((57,), 1, 2), 1, 2),
    Value(
        "political_participation",
        "political participation",
        _turned((199,), 1, 4) + _turned((200,), 1, 3),
        1,
        3,
    ),
    Value("national_pride", "national pride", _turned((254,), 1, 4), 1, 4),
    Value("happiness", "happiness", _turned((46,), 1, 4), 1, 4),
    Value(
        "gender_equality",
        "gender equality",
        _turned((29, 30, 31), 1, 4) + _turned((33,), 1, 5),
        1,
        4,
        -1,
    ),
    Value("materialism", "materialism", _scale((152, 153), 1, 4), 1, 3),
    Value("tolerance", "tolerance", _mentions(19, 20, 21, 22, 23), 0, 1, -1),
)

# The mean of four mentions, two of them turned, is the index Q8 + Q11 - Q15 - Q17 on [0, 1].
_AUTONOMY = _mentions(8, 11) + _mentions(15, 17, reverse=True)

_WVS7 = (
    Value("religiosity", "religiosity", _turned((6,), 1, 4)),
    Value("autonomy", "autonomy index", _AUTONOMY),
    Value("moral_permissiveness", "moral permissiveness", _scale((182, 184, 185, 186, 188), 1, 10)),
    Value("trust", "trust", _turned((57,), 1, 2)),
    Value("political_action", "political action", _turned((209, 210, 211), 1, 3)),
    Value("national_pride", "national pride", _turned((254,), 1, 4)),
    Value("happiness", "happiness", _turned((46,), 1, 4)),
    Value("gender_equality", "gender equality", _scale((29, 30, 31), 1, 4) + _scale((33,), 1, 5)),
    Value("post_materialism", "post-materialism", (Item("Y002", 1, 3),)),
    Value("tolerance", "tolerance of neighbours", _mentions(19, 20, 21, 22, 23, reverse=True)),
)

ITEM_SETS: Mapping[str, ItemSet] = {
    "wvs7": ItemSet(_WVS7, weighted=True, rescaled=True, optional=frozenset({"Y002"})),
    "disca": ItemSet(_DISCA, weighted=False, rescaled=False),
}
"""``wvs7``, the project's own, and ``disca``, that of arXiv 2605.10843, for replication."""
