"""In which orders the options of a question are shown."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError, ParameterError, unknown_name
from disca_nb.kernels import check_seed, label_key

__all__ = ["Orders", "check_orders", "label_of", "orders_of", "permutation_of", "positions"]

Orders: TypeAlias = Literal["two", "exhaustive"] | int
"""Given and reversed, all of questions with up to three options, or so many."""

Permutation: TypeAlias = tuple[int, ...]
"""Which option stands at each letter, counted from 0."""

_NAMED = ("two", "exhaustive")
_GIVEN, _REVERSED = "given", "reversed"
# Options of which all orders are shown when asked for.
_EXHAUSTIVE = 3


def check_orders(orders: object) -> None:
    """Raise unless it says in which orders options are shown.

    Examples
    --------
    >>> check_orders(0)
    Traceback (most recent call last):
        ...
    disca_nb.errors.ParameterError: orders is 0; give 'two', 'exhaustive' or a number from 1 on.
    """
    if isinstance(orders, str) and orders not in _NAMED:
        raise unknown_name("orders", orders, _NAMED)
    whole = isinstance(orders, int | np.integer) and not isinstance(orders, bool)
    if not isinstance(orders, str) and not (whole and int(orders) >= 1):  # type: ignore[call-overload]
        raise ParameterError(
            f"orders is {orders!r}; give 'two', 'exhaustive' or a number from 1 on."
        )


def orders_of(
    question: str, options: int, orders: Orders = "two", *, seed: int = 0
) -> dict[str, Permutation]:
    """Return the orders of a question's options, by their labels.

    Parameters
    ----------
    question : str
        Its label, which the drawn orders hang on together with the seed.
    options : int
        How many it has.
    orders : {"two", "exhaustive"} or int
        As given and reversed; all of them where there are at most three options; or so many
        different ones (fewer where there are not so many), the first two as given and reversed.
    seed : int
        Of the drawn orders.

    Returns
    -------
    dict
        Permutations by "given", "reversed", digits such as "2-1-3", or "drawn 1" and so on.

    Examples
    --------
    >>> orders_of("q", 3)
    {'given': (0, 1, 2), 'reversed': (2, 1, 0)}
    >>> list(orders_of("q", 3, "exhaustive"))
    ['given', 'reversed', '1-3-2', '2-1-3', '2-3-1', '3-1-2']
    >>> [len(orders_of("q", 4, number)) for number in (1, 3, 99)]
    [1, 3, 24]
    """
    given = tuple(range(options))
    both = {_GIVEN: given, _REVERSED: given[::-1]}
    if isinstance(orders, str):
        if orders == "two" or options > _EXHAUSTIVE:
            return both
        return both | {label_of(each): each for each in itertools.permutations(given)}
    number = min(int(orders), math.factorial(options))
    drawn = _drawn(question, given, number - 2, seed=seed)
    found = both | {f"drawn {i}": each for i, each in enumerate(drawn, 1)}
    return dict(itertools.islice(found.items(), number))


def label_of(permutation: Sequence[int]) -> str:
    """Return the label of an order.

    Examples
    --------
    >>> label_of((0, 1, 2)), label_of((2, 1, 0)), label_of((1, 0, 2))
    ('given', 'reversed', '2-1-3')
    """
    order, given = tuple(permutation), tuple(range(len(permutation)))
    if order in {given, given[::-1]}:
        return _GIVEN if order == given else _REVERSED
    return "-".join(str(option + 1) for option in order)


def permutation_of(label: str, options: int) -> Permutation:
    """Return the order that a label stands for.

    Parameters
    ----------
    label : str
        "given", "reversed", or the number of the option at each letter, such as "2-1-3".
    options : int
        How many options there are.

    Raises
    ------
    InputError
        For another label.

    Examples
    --------
    >>> permutation_of("reversed", 3), permutation_of("2-3-1", 3)
    ((2, 1, 0), (1, 2, 0))
    """
    given = tuple(range(options))
    if label in {_GIVEN, _REVERSED}:
        return given if label == _GIVEN else given[::-1]
    parts = label.split("-")
    order = tuple(int(part) - 1 for part in parts if part.isascii() and part.isdigit())
    if len(order) != len(parts) or sorted(order) != list(given):
        raise InputError(
            f"The order is {label!r}; give 'given', 'reversed', or the numbers 1 to {options} with "
            "hyphens between them, the option at each letter."
        )
    return order


def positions(permutation: Sequence[int]) -> npt.NDArray[np.int64]:
    """Return the place of each option in an order, shape (options,), counted from 1.

    Examples
    --------
    >>> positions((1, 2, 0))
    array([3, 1, 2])
    """
    return np.argsort(np.array(permutation, dtype=np.int64)) + 1


def _drawn(question: str, given: Permutation, number: int, *, seed: int) -> list[Permutation]:
    """Return so many orders at random, none of them as given or reversed, and no two the same."""
    key = np.array([label_key(f"question={question}"), check_seed(seed)], dtype=np.uint64)
    generator = np.random.Generator(np.random.Philox(key=key))
    found: dict[Permutation, None] = {}
    while len(found) < number:
        order = tuple(generator.permutation(len(given)).tolist())
        if order not in {given, given[::-1]}:
            found[order] = None
    return list(found)
