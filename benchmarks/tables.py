"""The README's speed table as text, from the file of results, and a place for it."""

from __future__ import annotations

from typing import Any

from benchmarks.contestants import LABELS

__all__ = ["BEGIN", "END", "put_between", "speed_table", "with_quartiles"]

BEGIN, END = "<!-- speed table: begin -->", "<!-- speed table: end -->"


def speed_table(results: dict[str, Any]) -> str:
    """Return times per cell, their ratios to Monte Carlo, and what else was measured.

    Parameters
    ----------
    results : dict
        Content of ``results.json``.

    Returns
    -------
    str
        Markdown.
    """
    speed = results["speed"]
    times = {(row["contestant"], row["threads"]): row for row in speed["microseconds_per_cell"]}
    lines = [
        _caption(speed, times["monte-carlo", 1]["rounds"]),
        "",
        "| | 1 thread: µs per cell | / Monte Carlo | 2 threads: µs per cell | / Monte Carlo |",
        "|---|---|---|---|---|",
    ]
    for name, label in LABELS.items():
        cells = [text for threads in (1, 2) for text in _cells(times.get((name, threads)))]
        if any(cells):
            lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_sentences(results)])


def _caption(speed: dict[str, Any], rounds: int) -> str:
    """Return what was measured and on what."""
    found = speed["conditions"]
    return (
        f"Two passes of 64 samples and the gate, or their limit, for {speed['cells']:,} cells of "
        f"{speed['personas']} personas. Medians over {rounds} interleaved rounds, with quartiles; "
        f"{found['cores']} cores, {found['widest_vectors']}, load average "
        f"{found['load_average_1_min']} at the start."
    )


def _cells(row: dict[str, Any] | None) -> tuple[str, str]:
    """Return a time and its ratio to Monte Carlo, or nothing where not measured."""
    if row is None:
        return "", ""
    if row["contestant"] == "monte-carlo":
        return with_quartiles(row), "1"
    return with_quartiles(row), with_quartiles(row["to_monte_carlo"])


def with_quartiles(row: dict[str, float], digits: int = 2) -> str:
    """Return a median and its quartiles, with so many digits after the point.

    Examples
    --------
    >>> with_quartiles({"median": 2.0, "low": 1.5, "high": 2.5})
    '2.00 [1.50, 2.50]'
    """
    median, low, high = (f"{row[name]:.{digits}f}" for name in ("median", "low", "high"))
    return f"{median} [{low}, {high}]"


def _sentences(results: dict[str, Any]) -> list[str]:
    """Return growth, first call and memory in words, as far as they were measured."""
    lines = []
    if "growth" in results:
        ratios = [
            f"{LABELS[row['contestant']]} {row['median']:.2f}"
            for row in results["growth"]["ratios"]
        ]
        lines.append(
            f"- Time per cell at 1,000,000 cells over that at 100,000: {'; '.join(ratios)}."
        )
    if "first_call" in results:
        found = results["first_call"]["seconds"]
        first = "; ".join(f"{name} {row['first']['median']:.1f} s" for name, row in found.items())
        lines.append(f"- First `steer` of a fresh process, which compiles: {first}.")
    if "memory" in results:
        rows = results["memory"]["megabytes"]
        added = "; ".join(f"{name} {row['added']:.0f} MB" for name, row in rows.items())
        lines.append(f"- Memory at its peak, beyond the interpreter's and libraries': {added}.")
    return lines


def put_between(text: str, table: str, markers: tuple[str, str] = (BEGIN, END)) -> str:
    """Return a text with what stands between two markers replaced.

    Parameters
    ----------
    text : str
        A page with both markers.
    table : str
        What is to stand between them; empty for nothing.
    markers : tuple of str
        The line above and the line below.

    Returns
    -------
    str
        The page.

    Raises
    ------
    ValueError
        Without exactly one of each marker, in order.

    Examples
    --------
    >>> put_between(f"a {BEGIN} old {END} b", "new").splitlines()[1]
    'new'
    """
    begin, end = markers
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"The page needs one line {begin} and one line {end} below it.")
    head, rest = text.split(begin)
    between = f"{table}\n" if table else ""
    return f"{head}{begin}\n{between}{end}{rest.split(end)[1]}"
