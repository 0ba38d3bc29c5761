"""The figure of an audit's comparison."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from pictures import inside

import disca_nb
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError
from disca_nb.metrics import Audit, ModelAudit
from disca_nb.plots import audit_page, describe, describe_forest, plot_forest
from disca_nb.steering.rivals import (
    OracleTemperature,
    Steerer,
    Temperature,
    Variant,
    WorldMean,
)

mpl.use("agg")


@pytest.fixture(scope="module")
def report() -> ModelAudit:
    panel = demo_panel(["BRA", "JPN", "USA", "DEU"])
    rivals: list[Steerer] = [
        *(Variant("vanilla"), Temperature("debiased"), WorldMean()),
        OracleTemperature(),
    ]
    found = disca_nb.audit(panel, rivals=rivals, n_boot=50, n_permutations=99)
    return found["synthetic-demo"]


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9.0, 5.0), layout="constrained").subplots()


def rows(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def marks(ax: Axes) -> dict[int, Line2D]:
    """Return the marks by row."""
    return {
        int(np.ravel(line.get_ydata())[0]): line
        for line in ax.get_lines()
        if line.get_marker() != "None" and len(line.get_xdata())  # type: ignore[arg-type]
    }


def test_marks_and_whiskers_are_differences_and_intervals(report: ModelAudit, ax: Axes) -> None:
    assert plot_forest(report, ax=ax) is ax
    ordered = report.methods.sortby("difference")
    names = [row.split(" (")[0] for row in rows(ax)]
    assert names == ordered.rival.values.tolist()
    assert {"coin-flip", "world-mean", report.subject} <= set(names)
    found = marks(ax)
    for i, name in enumerate(names):
        assert found[i].get_xdata()[0] == ordered.difference.sel(rival=name).item()  # type: ignore[index]
    whiskers = [each.get_segments()[0] for each in ax.collections]  # type: ignore[attr-defined]
    others = [name for name in names if name != report.subject]
    for segment, name in zip(whiskers, others, strict=True):
        ends = [ordered[f"difference_{end}"].sel(rival=name).item() for end in ("low", "high")]
        np.testing.assert_allclose(segment, [(end, names.index(name)) for end in ends])
    assert ax.yaxis_inverted()


def test_labels_say_what_a_method_is(report: ModelAudit, ax: Axes) -> None:
    plot_forest(report, ax=ax)
    assert {
        "coin-flip (model-free)",
        "world-mean (model-free)",
        "oracle-temperature (oracle)",
        "disca-paper (audited)",
        "vanilla",
    } <= set(rows(ax))
    kinds = {row.partition(" (")[2]: marks(ax)[i].get_marker() for i, row in enumerate(rows(ax))}
    assert len(set(kinds.values())) == 4


def test_marks_are_filled_where_holm_finds_a_difference(report: ModelAudit) -> None:
    p = xr.DataArray(
        [0.01 if i % 2 else 0.2 for i in range(report.methods.sizes["rival"])], dims="rival"
    )
    methods = report.methods.assign(p_holm=p.where(report.methods.p_holm.notnull()))
    ax = plot_forest(methods, ax=Figure().subplots())
    for i, mark in marks(ax).items():
        name = rows(ax)[i].split(" (")[0]
        filled = mark.get_markerfacecolor() == mark.get_color()
        known = methods.p_holm.sel(rival=name).item()
        assert filled == (known < 0.05 or name == report.subject), name


def test_the_noise_ceiling_is_a_line(report: ModelAudit, ax: Axes) -> None:
    plot_forest(report, ax=ax)
    (line,) = [each for each in ax.get_lines() if each.get_label() == "noise ceiling"]
    expected = report.methods.noise_ceiling.mean().item() - report.mis()
    assert line.get_xdata()[0] == pytest.approx(expected)  # type: ignore[index]
    unknown = report.methods.assign(noise_ceiling=report.methods.noise_ceiling * np.nan)
    bare = plot_forest(unknown, ax=Figure().subplots())
    assert "noise ceiling" not in [each.get_label() for each in bare.get_lines()]
    assert "noise ceiling" not in describe(bare)


def test_numbers_stand_beside_the_marks(report: ModelAudit, ax: Axes) -> None:
    plot_forest(report, ax=ax)
    one = report.methods.sel(rival="coin-flip")
    numbers = [
        f"{one[name].item():+.3f}".replace("-", "−")
        for name in ("difference", "difference_low", "difference_high")
    ]
    assert "{} [{}, {}]".format(*numbers) in [text.get_text() for text in ax.texts]


def test_an_audit_of_one_model_and_its_table_draw_the_same(report: ModelAudit) -> None:
    texts = {
        describe_forest(given) for given in (report, Audit({report.model: report}), report.methods)
    }
    assert len(texts) == 1
    titles = {
        plot_forest(given, ax=Figure().subplots()).get_title(loc="left")
        for given in (report, report.methods)
    }
    (title,) = titles
    assert title.startswith("synthetic-demo (synthetic)\nDISCA paper, σ adaptive ≥ 0.3")


def test_the_text_has_the_figures(report: ModelAudit) -> None:
    text = describe_forest(report)
    assert text.startswith("Mean misalignment of 5 methods less that of disca-paper (")
    assert f"({report.mis():.3f}; synthetic-demo (synthetic), 4 countries): " in text
    coin = report.value("difference", "coin-flip")
    assert f"coin flip {coin:+.3f}".replace("-", "−") in text
    assert "oracles: oracle-temperature " in text
    methods = report.methods.assign(p_holm=report.methods.p_holm * 0.0 + 0.001)
    text = describe_forest(methods)
    closer = [
        name
        for name in ("vanilla", "temperature-debiased", "world-mean", "coin-flip")
        if report.value("difference", name) < 0.0
    ]
    told = text.split("(Holm p < 0.05): ")[1].split("; ")[0]
    assert all(name in told for name in closer)
    assert "world-mean" in closer
    assert "0 methods without a significant difference" in text


def test_methods_without_a_score_are_named_and_not_drawn(report: ModelAudit, ax: Axes) -> None:
    holed = report.methods.copy()
    for name in ("difference", "difference_low", "difference_high", "macro_mis", "p_holm"):
        holed[name] = holed[name].where(holed.rival != "vanilla")
    plot_forest(holed, ax=ax)
    assert "vanilla" not in rows(ax)
    assert "left out without a score: vanilla." in describe(ax)


def test_a_figure_of_its_own_is_made_in_the_ink_of_the_page(report: ModelAudit) -> None:
    before = len(plt.get_fignums())
    with plt.style.context("dark_background"):
        ax = plot_forest(report)
    assert len(plt.get_fignums()) == before + 1
    (own,) = [line for line in marks(ax).values() if line.get_marker() == "*"]
    assert mpl.colors.to_rgb(own.get_color()) == (1.0, 1.0, 1.0)
    assert inside(ax)
    plt.close("all")


def test_hostile_labels_are_shown_as_they_are(report: ModelAudit) -> None:
    names = ["coin-flip", "$x$", "_hidden", "<script>alert(1)</script>", "a very long name " * 8]
    names += [f"m{i}" for i in range(5, report.methods.sizes["rival"])]
    odd = report.methods.assign_coords(rival=names).assign_attrs(subject="$x$", model="$\\frac{$")
    ax = plot_forest(odd)
    ax.figure.canvas.draw()
    assert r"\$x\$ (audited)" in rows(ax)
    assert "<script>alert(1)</script>" in " ".join(rows(ax))
    assert max(map(len, rows(ax))) < 60
    plt.close("all")
    page = audit_page(Audit({"<b>": replace(report, model="<b>", methods=odd, subject="$x$")}))
    assert "<script>" not in page


def test_the_page_of_an_audit_has_the_figure(report: ModelAudit) -> None:
    page = audit_page(Audit({report.model: report}))
    assert page.count("<figure>") == 3
    assert f'alt="{escape(describe_forest(report))}"' in page


def test_the_page_of_an_audit_without_scores_has_no_such_figure(report: ModelAudit) -> None:
    empty = report.methods.assign(difference=report.methods.difference * np.nan)
    page = audit_page(Audit({report.model: replace(report, methods=empty)}))
    assert page.count("<figure>") == 2


def test_what_cannot_be_drawn_is_refused(report: ModelAudit) -> None:
    with pytest.raises(InputError, match=r"of several models \(a, b\); take one, as audit"):
        plot_forest(Audit({"a": report, "b": report}))
    with pytest.raises(InputError, match="lacks 'p_holm'"):
        plot_forest(report.methods.drop_vars("p_holm"))
    with pytest.raises(InputError, match="does not say which method was audited"):
        plot_forest(report.methods.drop_attrs(deep=False))
    with pytest.raises(InputError, match="has 0 methods with a score in every country"):
        describe_forest(report.methods.assign(difference=report.methods.difference * np.nan))
