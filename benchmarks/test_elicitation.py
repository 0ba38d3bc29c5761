"""Seconds until 480 prompts are answered, and how much of the machine's pace each contestant uses.

The full size takes hours on a few cores; what is measured is written after every round.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import asking, interleave, made_up_prompts, random_llama, record

_SIZES = (1, 4, 8, 16)
_SAMPLE = 2
# (what, numerator, denominator, the ratio that is asked for)
_TARGETS = [
    ("lm-evaluation-harness / disca_nb", "harness", "ours", ">= 2"),
    ("loop / disca_nb", "loop", "ours", ">= 4"),
    ("disca_nb unshared / disca_nb", "unshared", "ours", None),
    ("disca_nb / lower bound", "ours", "lower-bound", "<= 1.4"),
]
_CLOCK = interleave.ReplayClock()

Keep = Callable[[str, dict[str, object]], None]
pytestmark = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")),
    reason="PyTorch or transformers is not installed",
)


class Contest(NamedTuple):
    """Seconds per round of every contestant, and the ratios that were taken of them."""

    seconds: dict[str, list[float]]
    ratios: list[dict[str, object]]


@pytest.fixture(scope="module")
def contest(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, keep: Keep, quick: bool
) -> Contest:
    scenarios, rounds = (2, 2) if quick else (made_up_prompts.SCENARIOS, _rounds(pytestconfig))
    start = record.conditions("transformers", "tokenizers", "lm_eval")
    folder = random_llama.save(tmp_path_factory.mktemp("model") / "llama", quick=quick)
    rates: list[float] = []
    # A small model's parts take microseconds, for which two threads only wait for each other.
    with asking.threads(1 if quick else None) as threads:
        held = asking.setting(folder)
        trial = _trial(held)
        fixed = {"conditions": start, "threads": threads, **_sizes(held), **trial}
        fixed["checks"] = _checked(asking.contestants(held, _SAMPLE, trial["batch_size"]))
        found = asking.contestants(held, scenarios, trial["batch_size"])

        def after(seconds: dict[str, list[float]]) -> None:
            asking.check(found)
            rates.append(asking.matrix_rate())
            keep("elicitation", fixed | _measured(found, seconds, rates))

        seconds = interleave.race(found, rounds, after=after)
    return Contest(seconds, _ratios(seconds))


def _rounds(config: pytest.Config) -> int:
    """Return how many rounds are asked for."""
    rounds: int = config.getoption("--rounds")
    if rounds < 1:
        raise pytest.UsageError(f"--rounds is {rounds}; one at least is needed.")
    return rounds


def _trial(held: asking.Setting) -> dict[str, Any]:
    """Return the quickest batch size of lm-evaluation-harness, and what the others took."""
    if held.rival is None:
        return {"batch_size": 1, "seconds_by_batch_size": {}}
    texts = [held.ours.chat.text(prompt) for prompt in made_up_prompts.make_prompts(1)]
    held.rival.gaps(texts[:1], 1)
    seconds = held.rival.seconds(texts[: max(_SIZES)], _SIZES)
    return {"batch_size": min(seconds, key=seconds.__getitem__), "seconds_by_batch_size": seconds}


def _sizes(held: asking.Setting) -> dict[str, object]:
    """Return how large the model and the prompts are."""
    return {
        "parameters": held.network.num_parameters(),
        "persona_tokens": made_up_prompts.PERSONA,
        "scenario_tokens": made_up_prompts.SCENARIO,
    }


def _checked(found: dict[str, asking.Contestant]) -> dict[str, float]:
    """Have everyone answer a few prompts, and compare; all are warm afterwards."""
    for contestant in found.values():
        contestant()
    return asking.check(found)


def _measured(
    found: dict[str, asking.Contestant], seconds: dict[str, list[float]], rates: list[float]
) -> dict[str, object]:
    """Return what is known after some rounds."""
    tokens = found["unshared"].reading.tokens
    rate = interleave.spread(rates)
    return {
        "prompts": found["unshared"].reading.predicted,
        "prompt_tokens": tokens,
        "gflop_per_second_of_matrices": rate._asdict(),
        "seconds": [
            {"contestant": name}
            | interleave.spread(seconds[name])._asdict()
            | {"to_ours": interleave.ratio(seconds[name], seconds["ours"])._asdict()}
            | _paces(each, tokens, interleave.spread(seconds[name]).median, rate.median)
            for name, each in found.items()
        ],
        "ratios": _ratios(seconds),
    }


def _paces(each: asking.Contestant, tokens: int, median: float, rate: float) -> dict[str, float]:
    """Return what a contestant read, and what that makes per second."""
    return {
        "tokens_read": each.reading.tokens,
        "places_predicted": each.reading.predicted,
        "forward_passes": len(each.reading.batches),
        "gflop": each.gflop,
        "prompt_tokens_per_second": tokens / median,
        "share_of_matrix_rate": each.gflop / median / rate,
    }


def _ratios(seconds: dict[str, list[float]]) -> list[dict[str, object]]:
    """Return the ratios that are asked for, and others for comparison."""
    rows: list[dict[str, object]] = []
    for what, above, below, target in _TARGETS:
        if above in seconds and below in seconds:
            found = interleave.ratio(seconds[above], seconds[below])
            rows.append({"what": what, "target": target, **found._asdict()})
    return rows


@pytest.mark.benchmark(timer=_CLOCK, warmup=False)
@pytest.mark.parametrize("name", asking.LABELS)
def test_elicitation(benchmark: BenchmarkFixture, contest: Contest, name: str) -> None:
    if reason := asking.available(name):
        pytest.skip(reason)
    rounds = contest.seconds[name]
    benchmark.group = "asking"
    replayed = iter(rounds)
    benchmark.pedantic(lambda: _CLOCK.advance(next(replayed)), rounds=len(rounds))  # type: ignore[no-untyped-call]
    assert min(rounds) > 0.0


def test_ratios_of_asking(contest: Contest, capsys: pytest.CaptureFixture[str]) -> None:
    assert contest.ratios
    with capsys.disabled():
        print()
        for row in contest.ratios:
            asked = f", asked for {row['target']}" if row["target"] else ""
            spread = f"{row['median']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
            print(f"{row['what']}: {spread}{asked}")
