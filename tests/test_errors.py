"""The package's exceptions: one family, and suggestions for names that are not known."""

from __future__ import annotations

import pytest

from disca_nb import errors
from disca_nb.errors import shorten, unknown_name


def test_every_error_is_the_packages_own() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.DiscaError)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.InputError, ValueError),
        (errors.ParameterError, ValueError),
        (errors.UnknownNameError, ValueError),
        (errors.DataFileError, ValueError),
        (errors.StoreError, OSError),
        (errors.OfflineError, ConnectionError),
    ],
)
def test_code_that_knows_builtin_errors_only_still_catches_them(
    kind: type[Exception], builtin: type[Exception]
) -> None:
    assert issubclass(kind, builtin)


@pytest.mark.parametrize(
    ("value", "close"), [("papre", "paper"), ("PAPER", "paper"), ("released-ema", "released+ema")]
)
def test_the_closest_name_is_suggested(value: str, close: str) -> None:
    message = str(unknown_name("variant", value, ["vanilla", "paper", "released+ema"]))
    assert message == (
        f"Unknown variant '{value}'; did you mean '{close}'? Known: vanilla, paper, released+ema."
    )


def test_nothing_is_suggested_when_nothing_is_close() -> None:
    message = str(unknown_name("country", "zzz", ["JPN", "USA"]))
    assert message == "Unknown country 'zzz'; known: JPN, USA."


@pytest.mark.parametrize(
    ("count", "text"), [(0, "none"), (1, "0"), (3, "0, 1, 2"), (5, "0, 1, 2 and 2 more")]
)
def test_long_lists_are_shortened(count: int, text: str) -> None:
    assert shorten(range(count), limit=3) == text
