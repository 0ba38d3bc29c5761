"""What ``disca-nb consistency`` refuses before any work, each in one sentence."""

from __future__ import annotations

import pytest
from commands import run


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["x.jsonl"], 2, "No questions were named; use --questions FILE, or sample."),
        (["x.nc", "--questions", "demo", "--base", "3"], 2, "--base is '3'; write 2 or e."),
        (["x.nc", "--questions", "q", "--compat", "--base", "2"], 2, "does nothing with --compat"),
        (["x.nc", "--questions", "q", "--measures", "topics"], 2, "did you mean 'topic'"),
        (["x.nc", "--questions", "q", "--measures", "topic,topic"], 2, "name each measure once"),
        (["x.nc", "--questions", "q", "--forms", "words"], 2, "Unknown form 'words'; known: ch"),
        (["x.nc", "--questions", "q", "--difference", "a"], 2, "name two models, as A,B."),
        (["x.nc", "--questions", "q", "--n-boot", "0"], 2, "n_boot"),
        (["x.nc", "--questions", "q", "--seed", "-1"], 2, "seed"),
        (["x.nc", "--questions", "q", "--level", "95"], 2, "level is 95.0"),
        (["x.nc", "--questions", "q", "--out", "y.csv"], 2, "end it in .nc or .zarr"),
        (["x.nc", "--questions", "q", "--orders", "3"], 2, "--orders does nothing with saved an"),
        (["x.nc", "--questions", "q", "--judge", "m"], 2, "--judge does nothing with saved answ"),
        (["x.nc", "--questions", "q", "--device", "cpu"], 2, "--device does nothing with saved"),
        (["x.nc", "--questions", "q", "--absent", "zeros"], 2, "Unknown way with --absent 'zero"),
        (["m", "--questions", "q", "--models", "m"], 2, "--models does nothing with a model tha"),
        (["x.nc", "--questions", "q", "--models", ""], 2, "--models is ''; name each model once."),
        (["x.nc", "--questions", "q", "--languages", "en,en"], 2, "name each language once"),
        (["x.nc", "--questions", "q", "--absent", "zero"], 2, "--absent is of JSON Lines alone"),
        (["x.nc", "--questions", "q", "--forms", "open"], 2, "no measure compares alone"),
        (["demo", "--recorded", "--forms", "choice", "--labels", "l"], 2, "--labels does nothing"),
        (["m", "--questions", "q", "--measures", "use-case"], 2, "use-case needs both forms"),
        (["m", "--questions", "demo", "--measures", "multilingual"], 2, "there is en alone"),
        (["m", "--questions", "q", "--difference", "a,b"], 2, "--difference does nothing with a"),
        (["m", "--questions", "q", "--judge", "j"], 2, "--judge does nothing without open among"),
        (["m", "--questions", "q", "--labels", "l"], 2, "--labels does nothing without open amo"),
        (["m", "--questions", "q", "--recorded"], 2, "--recorded is of the demo alone"),
        (["demo", "--questions", "sample", "--recorded"], 2, "--recorded is of the demo alone"),
        (["demo", "--recorded", "--models", "x"], 2, "Unknown model 'x'; "),
        (["demo", "--recorded", "--languages", "ko"], 2, "Unknown language 'ko'; known: en"),
        (["x.jsonl", "--questions", "absent.jsonl"], 1, "absent.jsonl"),
        (["absent.jsonl", "--questions", "demo"], 1, "absent.jsonl"),
        (["demo", "--recorded", "--labels", "absent.csv"], 1, "absent.csv"),
    ],
)
def test_wrong_commands_are_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    found, out, err = run(capsys, "consistency", *arguments)
    assert (found, out, err.count("\n")) == (code, "", 1), err
    assert words in err
