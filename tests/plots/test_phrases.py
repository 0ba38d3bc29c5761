"""Numbers, counts and labels in figures."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from disca_nb.plots._phrases import counted, label_text, signed


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [(0.125, 3, "+0.125"), (-1.5, 1, "−1.5"), (-0.004, 2, "+0.00"), (0.0, 2, "+0.00")],
)
def test_numbers_have_a_sign_unless_they_are_zero(number: float, digits: int, text: str) -> None:
    assert signed(number, digits) == text


def test_things_are_counted() -> None:
    assert counted(0, "cell") == "0 cells"
    assert counted(1, "country", "countries") == "1 country"
    assert counted(43_400, "cell") == "43,400 cells"


@pytest.mark.parametrize("label", ["$", "$x$", r"\$x$", "$$", r"a\b$c$", "_x", "two\nlines\t"])
def test_labels_are_drawn_as_they_are(label: str) -> None:
    figure = Figure()
    text = figure.text(0.5, 0.5, label_text(label))
    FigureCanvasAgg(figure).draw()
    shown, formula = text._preprocess_math(text.get_text())  # type: ignore[attr-defined]
    assert not formula
    assert shown.strip() == " ".join(label.split())


def test_long_labels_are_cut() -> None:
    assert label_text("a" * 41) == "a" * 39 + "…"
    assert label_text("a" * 40) == "a" * 40
