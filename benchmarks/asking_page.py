"""README's part on asking a model, and its figure, from the file of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.asking import LABELS
from benchmarks.tables import with_quartiles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MARKERS", "asking_part", "draw"]

MARKERS = "<!-- elicitation table: begin -->", "<!-- elicitation table: end -->"
_PICTURE = """<picture>
  <source media="(prefers-color-scheme: dark)" srcset="docs/elicitation-dark.png">
  <img src="docs/elicitation-light.png" width="720" alt="{alt}">
</picture>"""
# Of the Okabe-Ito palette, as in the figure of steering.
_COLORS = {
    "ours": "#D55E00",
    "unshared": "#E69F00",
    "harness": "#56B4E9",
    "loop": "#0072B2",
    "lower-bound": "#999999",
}
_MARKS = dict(zip(_COLORS, "os^DX", strict=True))


def asking_part(results: dict[str, Any]) -> str:
    """Return caption, table, ratios and picture; nothing where nothing was measured.

    Parameters
    ----------
    results : dict
        Content of ``results.json``.

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> asking_part({"speed": {}})
    ''
    """
    if (found := results.get("elicitation")) is None:
        return ""
    rows = _quickest_first(found)
    lines = [
        _caption(found),
        "",
        "| | seconds | / disca_nb | prompt tokens per second | tokens read | of the matrix rate |",
        "|---|---|---|---|---|---|",
        *map(_line, rows),
        "",
        *_sentences(found),
        "",
        _PICTURE.format(alt=_alternative(found, rows)),
    ]
    return "\n".join(lines)


def _quickest_first(found: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(found["seconds"], key=lambda row: float(row["median"]))


def _caption(found: dict[str, Any]) -> str:
    """Return what was asked and on what."""
    on = found["conditions"]
    rate = found["gflop_per_second_of_matrices"]["median"]
    rounds = found["seconds"][0]["rounds"]
    return (
        f"{found['prompts']:,} prompts of {found['persona_tokens']} tokens of a persona and "
        f"{found['scenario_tokens']} of a scenario, asked of a Llama of "
        f"{found['parameters'] / 1e6:.0f} million random parameters in float32. Medians over "
        f"{rounds} interleaved {'rounds' if rounds > 1 else 'round'}, with quartiles; "
        f"{found['threads']} threads on {on['cores']} cores, {on['widest_vectors']}, "
        f"{rate:.0f} GFLOP/s in matrix products alone, load average {on['load_average_1_min']} at "
        "the start."
    )


def _line(row: dict[str, Any]) -> str:
    """Return a contestant's row of the table."""
    ours = row["contestant"] == "ours"
    cells = (
        LABELS[row["contestant"]],
        with_quartiles(row, digits=1),
        "1" if ours else with_quartiles(row["to_ours"]),
        f"{row['prompt_tokens_per_second']:,.0f}",
        f"{row['tokens_read']:,}",
        f"{row['share_of_matrix_rate']:.0%}",
    )
    return f"| {' | '.join(cells)} |"


def _sentences(found: dict[str, Any]) -> list[str]:
    """Return the ratios that were asked for, met or not, and what the harness was given."""
    asked = [
        f"{row['what']} {row['median']:.2f} (asked for: {row['target']})"
        for row in found["ratios"]
        if row["target"]
    ]
    lines = [f"- {'; '.join(asked)}."]
    if version := found["conditions"].get("lm_eval"):
        lines.append(
            f"- lm-evaluation-harness {version} in batches of {found['batch_size']}, the quickest "
            f"of {', '.join(found['seconds_by_batch_size'])}."
        )
    return lines


def _alternative(found: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """Return the figure in words."""
    times = ", ".join(f"{LABELS[row['contestant']]} {row['median']:.0f}" for row in rows)
    return f"Seconds for {found['prompts']} prompts: {times}."


def draw(results: dict[str, Any]) -> Figure:
    """Return the figure: seconds on the left, operations per second on the right.

    Parameters
    ----------
    results : dict
        Content of ``results.json`` with the section ``elicitation``.

    Returns
    -------
    matplotlib.figure.Figure
        Two axes.
    """
    from matplotlib.figure import Figure

    found = results["elicitation"]
    rows = _quickest_first(found)[::-1]
    figure = Figure(figsize=(11.0, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _seconds(found, rows, left)
    _pace(found, rows, right)
    return figure


def _seconds(found: dict[str, Any], rows: list[dict[str, Any]], ax: Axes) -> None:
    """Draw medians with quartiles, quickest on top."""
    for at, row in enumerate(rows):
        errors = [[row["median"] - row["low"]], [row["high"] - row["median"]]]
        _point(ax, row, at, row["median"], xerr=errors)
        _write(ax, f"{row['median']:,.0f}", row["high"], at)
    ax.set_yticks(range(len(rows)), [LABELS[row["contestant"]] for row in rows])
    ax.set_xlim(0.0, 1.15 * max(row["high"] for row in rows))
    ax.grid(axis="x", alpha=0.3)
    ax.set_xlabel("seconds, median and quartiles")
    ax.set_title(f"{found['prompts']:,} prompts of {_length(found)} tokens")


def _pace(found: dict[str, Any], rows: list[dict[str, Any]], ax: Axes) -> None:
    """Draw the operations per second of each beside those of matrix products alone."""
    rate = found["gflop_per_second_of_matrices"]["median"]
    for at, row in enumerate(rows):
        pace = row["gflop"] / row["median"]
        _point(ax, row, at, pace)
        words = f"{pace:.0f}, for {row['gflop'] / 1e3:,.1f} TFLOP"
        _write(ax, words, pace, at, before=2.0 * pace > rate)
    ax.axvline(rate, color="gray", linestyle="--")
    ax.set_xlim(0.0, 1.05 * rate)
    ax.grid(axis="x", alpha=0.3)
    ax.set_xlabel("GFLOP/s (dashed: matrix products alone)")
    ax.set_title("Pace, and the work of the weights alone")


def _point(ax: Axes, row: dict[str, Any], at: int, value: float, **errors: Any) -> None:  # noqa: ANN401
    """Draw a contestant's point."""
    name = row["contestant"]
    ax.errorbar(value, at, color=_COLORS[name], marker=_MARKS[name], capsize=3, **errors)


def _write(ax: Axes, words: str, value: float, at: int, *, before: bool = False) -> None:
    """Write beside a point."""
    ax.annotate(
        words,
        (value, at),
        xytext=(-8 if before else 8, 0),
        textcoords="offset points",
        ha="right" if before else "left",
        va="center",
    )


def _length(found: dict[str, Any]) -> int:
    return int(found["persona_tokens"] + found["scenario_tokens"])
