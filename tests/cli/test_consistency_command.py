"""``disca-nb consistency``, as a user runs it: on saved answers, on the embedded model, offline."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import commands
import pytest

import disca_nb
from disca_nb.models.embedded import NOTICE

TOPICS = {"tea": True, "bread": False}
YES_OPPOSES = {("tea", 2)}
# Probability of the letter A, which is yes, by topic, question and phrasing.
ANSWERS = {
    ("tea", 1, 0): 0.9,
    ("tea", 1, 1): 0.1,
    ("tea", 2, 0): 0.1,
    ("tea", 2, 1): 0.9,
    ("bread", 1, 0): 0.7,
    ("bread", 1, 1): 0.7,
    ("bread", 2, 0): 0.7,
    ("bread", 2, 1): 0.7,
}
WITHOUT_PYTORCH = """
import sys

class Finder:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] != "torch":
            return self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = [Finder(finder) for finder in sys.meta_path]
from disca_nb.cli import main
print(main(["consistency", "demo"]))
sys.exit(main(["consistency", "demo", "--recorded", "--measures", "paraphrase", "--n-boot", "20"]))
"""


def to_centre(p: float, base: float = 2.0) -> float:
    """Return the Jensen-Shannon distance of (p, 1 - p) to the even distribution, term by term.

    Of (p, 1 - p) and (1 - p, p) the even one is the centroid, by symmetry.
    """
    middle = (p + 0.5) / 2.0
    total = 0.0
    for mine, mean in ((p, middle), (1.0 - p, 1.0 - middle)):
        total += 0.5 * mine * math.log(mine / mean) if mine else 0.0
        total += 0.5 * 0.5 * math.log(0.5 / mean)
    return math.sqrt(total / math.log(base))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Two topics of two questions in two phrasings, one of them controversial."""
    folder = tmp_path / "questions"
    folder.mkdir()
    for topic, controversial in TOPICS.items():
        lines = [
            {
                "topic": topic,
                "topic_english": topic,
                "question": f"Is {topic} good, by {question}, said {phrasing}?",
                "original": f"Is {topic} good, by {question}, said 0?",
                "original_english": f"Is {topic} good, by {question}, said 0?",
                "options": {"yes": "opposes", "no": "supports"}
                if (topic, question) in YES_OPPOSES
                else {"yes": "supports", "no": "opposes"},
            }
            for (name, question, phrasing) in ANSWERS
            if name == topic
        ]
        kind = "controversial" if controversial else "uncontroversial"
        path = folder / f"{kind}_english_us.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def answers_to(path: Path, questions: Path, model: str = "m", *, steady: bool = False) -> Path:
    """Write answers to all questions, as made by hand above or all alike."""
    asked = disca_nb.datasets.values.read_value_questions(questions)
    probs = {
        f"Is {topic} good, by {question}, said {phrasing}?": 0.7 if steady else p
        for (topic, question, phrasing), p in ANSWERS.items()
    }
    lines = [
        {
            "model": model,
            "wording": str(label),
            "probs": {"A": probs[str(text)], "B": round(1.0 - probs[str(text)], 6)},
        }
        for label, text in zip(asked.wording.values, asked.wording_text.values, strict=True)
    ]
    with path.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


@pytest.fixture
def responses(tmp_path: Path, questions: Path) -> Path:
    return answers_to(tmp_path / "answers.jsonl", questions)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Return exit code, output and errors of the command in this process."""
    return commands.run(capsys, "consistency", *arguments)


def found(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """Return the JSON of a command that succeeds."""
    few = () if "--n-boot" in arguments else ("--n-boot", 50)
    code, out, err = run(capsys, *arguments, "--json", *few)
    assert code == 0, err
    content: dict[str, Any] = json.loads(out, parse_constant=pytest.fail)
    return content


def measures(content: dict[str, Any], model: str = "m") -> dict[str, dict[str, Any]]:
    """Return the measures of one model by name."""
    (one,) = [each for each in content["results"] if each["model"] == model]
    return {each["measure"]: each for each in one["measures"]}


def finding(content: dict[str, Any], name: str, measure: str = "") -> dict[str, Any]:
    """Return one difference or share."""
    (one,) = [
        each for each in content["findings"] if (each["name"], each["measure"]) == (name, measure)
    ]
    return dict(one)


def test_inconsistencies_are_those_worked_by_hand(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path
) -> None:
    content = found(capsys, responses, "--questions", questions)
    of = measures(content)
    # Of two questions of tea the wordings are at .9 and .1, those of bread are alike.
    paraphrase = of["paraphrase"]
    assert paraphrase["n_groups"] == 4
    assert paraphrase["inconsistency"] == pytest.approx(to_centre(0.9) / 2.0, abs=1e-9)
    assert paraphrase["inconsistency_share"] == pytest.approx(
        to_centre(0.9) / 2.0 / to_centre(1.0), abs=1e-9
    )
    # Two one-hot coin flips differ half of the time.
    assert paraphrase["inconsistency_random"] == pytest.approx(to_centre(1.0) / 2.0)
    # Over the topic of tea, where yes opposes once, two stances are at .9 and two at .1.
    assert of["topic"]["inconsistency"] == pytest.approx(to_centre(0.9) / 2.0, abs=1e-6)
    assert content["base"] == 2.0
    assert paraphrase["inconsistency_low"] is None  # two topics have no interval


def test_stances_and_not_letters_are_compared(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path
) -> None:
    # Bread: always .7 for yes, which supports: no inconsistency at all.
    content = found(capsys, responses, "--questions", questions, "--measures", "topic")
    difference = finding(content, "controversial", "topic")
    assert difference["value"] == pytest.approx(to_centre(0.9), abs=1e-6)
    assert (difference["low"], difference["leaves_out_zero"]) == (None, None)


def test_as_published_is_in_nats(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path
) -> None:
    content = found(capsys, responses, "--questions", questions, "--compat")
    assert content["compat"] == "moore2024"
    assert content["base"] == pytest.approx(math.e)
    of = measures(content)
    assert of["paraphrase"]["inconsistency"] == pytest.approx(
        to_centre(0.9, math.e) / 2.0, abs=1e-6
    )
    assert of["paraphrase"]["inconsistency_human"] == pytest.approx(0.098)
    own = found(capsys, responses, "--questions", questions, "--base", "e")
    assert measures(own)["topic"]["inconsistency_human"] == pytest.approx(0.296)


def test_one_model_minus_another(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path
) -> None:
    answers_to(responses, questions, "calm", steady=True)
    given = (responses, "--questions", questions, "--measures", "paraphrase")
    content = found(capsys, *given, "--difference", "m,calm")
    one = finding(content, "models", "paraphrase")
    assert one["model"] == "m minus calm"
    assert one["value"] == pytest.approx(to_centre(0.9) / 2.0, abs=1e-6)
    assert measures(content, "calm")["paraphrase"]["inconsistency"] == pytest.approx(0.0, abs=1e-9)
    few = found(capsys, *given, "--models", "calm")
    assert [each["model"] for each in few["results"]] == ["calm"]
    code, out, err = run(capsys, *given, "--difference", "m,clam")
    assert (code, out, "did you mean 'calm'?" in err) == (2, "", True)


def test_the_table_says_what_the_json_says(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path
) -> None:
    given = (responses, "--questions", questions)
    of = measures(found(capsys, *given))["paraphrase"]
    code, out, err = run(capsys, *given, "--n-boot", 50)
    assert code == 0, err
    (line,) = [line for line in out.splitlines() if line.startswith("paraphrase ")]
    assert f" {of['n_groups']} " in line
    for name in ("", "_random", "_shuffled", "_yes"):
        assert f"{of[f'inconsistency{name}']:.3f}" in line
    assert "nan" not in out
    assert "no interval" in out


def test_answers_can_be_saved_and_taken_up(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path, tmp_path: Path
) -> None:
    out = tmp_path / "saved.nc"
    given = (responses, "--questions", questions)
    code, text, err = run(capsys, *given, "--out", out, "--n-boot", 20)
    assert code == 0, err
    last = f"Wrote {out}; next: disca-nb consistency {out} --questions {questions}\n"
    assert text.endswith(last)
    again = found(capsys, out, "--questions", questions)
    assert again["results"] == found(capsys, *given)["results"]
    code, _, err = run(capsys, *given, "--out", out, "--n-boot", 20)
    assert (code, "saved.nc" in err, err.count("\n")) == (1, True, 1)


def test_the_recorded_demo_shows_the_flaws_that_were_built_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = found(capsys, "demo", "--recorded", "--n-boot", 500)
    assert NOTICE in content["notice"]
    assert content["synthetic"] == 1
    for name in ("beyond-paraphrase", "beyond-paraphrase-of-shuffled"):
        assert finding(content, name, "topic")["low"] > 0.0
    for measure in ("paraphrase", "topic"):
        assert finding(content, "controversial", measure)["low"] > 0.0
    assert finding(content, "first-option")["low"] > 0.0
    other = finding(content, "other-side")
    assert 0.0 < other["low"] < other["high"] < other["dealt"] < 0.5
    # It takes no side so rarely that the interval reaches 0, and nothing more is claimed.
    rare = finding(content, "abstained")
    assert rare["low"] == 0.0 < rare["value"] < rare["high"] < 0.1
    assert rare["leaves_out_zero"] is False
    assert {"paraphrase", "topic", "topic-between", "use-case"} <= set(
        measures(content, "synthetic-demo")
    )
    signed = [each for each in content["findings"] if each["signed"]]
    assert all(
        (each["leaves_out_zero"] is True) == (each["low"] > 0 or each["high"] < 0)
        for each in signed
        if each["low"] is not None
    )
    assert any("leaves out 0" in sentence for sentence in content["sentences"])
    assert {each["component"] for each in content["components"]} >= {"topic", "question", "order"}
    assert content["plan"] == []  # of one model


def test_coins_are_no_steadier_over_paraphrases_once_the_sizes_of_groups_are_taken_off(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = ["demo", "--recorded", "--models", "made-up: coin flips"]
    given += ["--measures", "paraphrase,topic", "--n-boot", "500"]
    content = found(capsys, *given)
    assert finding(content, "beyond-paraphrase", "topic")["low"] > 0.0
    one = finding(content, "beyond-paraphrase-of-shuffled", "topic")
    assert one["leaves_out_zero"] is False
    code, out, _ = run(capsys, *given)
    assert (code, "as shares of its answers shuffled; holds 0: not shown" in out) == (0, True)


def test_several_recorded_models_are_compared_and_give_a_plan(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pair = "made-up: talker-base,made-up: talker-chat"
    given = ("demo", "--recorded", "--measures", "paraphrase,use-case")
    content = found(capsys, *given, "--difference", pair)
    names = ["synthetic-demo", *pair.split(",")]
    assert [each["model"] for each in content["results"]] == names
    # The formulas say that the base model wavers four times as much.
    assert finding(content, "models", "paraphrase")["low"] > 0.0
    assert finding(content, "models", "use-case")["leaves_out_zero"] is False
    assert {each["component"] for each in content["components"]} >= {"model × topic"}
    assert content["plan"][0]["reached"] is True
    (sentence,) = [each for each in content["sentences"] if each.startswith("To find a differ")]
    assert f"the cheapest study has {content['plan'][0]['topics']} topics of" in sentence


def test_the_demo_is_compared_with_a_formula_and_counts_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = ("demo", "--recorded", "--measures", "paraphrase", "--n-boot", 20)
    code, out, err = run(capsys, *given, "--difference", "synthetic-demo,made-up: steady")
    assert (code, err) == (0, "")
    assert out.count("\nsynthetic-demo\n") == 1
    # The formula's words are those of its letters, always; dealt anew they would not be.
    (_, line) = (row for row in out.splitlines() if "another side than by letter" in row)
    assert line.endswith("none was seen, and some there may be")
    assert "(dealt anew: 0.2" in line


def test_saved_answers_in_other_languages_are_left_out(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path
) -> None:
    path = questions / "uncontroversial_english_us.jsonl"
    path.rename(questions / "uncontroversial_german_germany.jsonl")
    responses.write_text(responses.read_text().replace(path.stem, "uncontroversial_german_germany"))
    given = (responses, "--questions", questions, "--measures", "paraphrase")
    assert measures(found(capsys, *given))["paraphrase"]["n_groups"] == 4
    few = found(capsys, *given, "--languages", "de")
    assert (few["questions"]["topics"], measures(few)["paraphrase"]["n_groups"]) == (1, 2)
    assert measures(few)["paraphrase"]["inconsistency"] == pytest.approx(0.0, abs=1e-9)


def test_every_page_says_that_the_model_is_synthetic(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "demo", "--recorded", "--n-boot", 20)
    assert code == 0, err
    assert NOTICE in out
    assert "\nsynthetic-demo\n" in out
    assert "What varies" in out
    assert "leaves out 0" in out
    assert "nan" not in out


def test_without_pytorch_one_sentence_names_the_way_out_and_that_way_works(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", WITHOUT_PYTORCH]
    done = subprocess.run(  # noqa: S603 - it runs itself
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        # What is compiled is tested elsewhere, and takes longer than it saves here.
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )
    assert done.returncode == 0, done.stderr
    error = done.stderr.splitlines()[0]
    assert error.startswith("disca-nb: Local models need torch")
    assert error.endswith("disca-nb consistency demo --recorded needs neither.")
    # The first run printed nothing, and the second all.
    assert done.stdout.startswith("1\nQuestions ")
    assert not any(tmp_path.iterdir())


def test_the_embedded_model_is_asked_in_both_forms_and_can_be_taken_up(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="the model needs PyTorch, of the extra models")
    recorded = disca_nb.datasets.values.recorded_responses().sel(model="synthetic-demo")
    # Two questions of one topic, as all of them take longer; the demo itself asks all.
    few = recorded.isel(wording=[0, 1, 5, 6])
    asked = tmp_path / "few.jsonl"
    lines = [
        {
            "topic": "smoking bans",
            "question": str(text),
            "original": str(few.wording_text.values[2 * (place // 2)]),
            "options": {"yes": yes, "no": "opposes" if yes == "supports" else "supports"},
        }
        for place, (text, yes) in enumerate(
            zip(few.wording_text.values, few.option_stance.values[:, 0].tolist(), strict=True)
        )
    ]
    asked.write_text("\n".join(map(json.dumps, lines)))
    out = tmp_path / "answers.nc"
    content = found(capsys, "demo", "--questions", asked, "--forms", "choice,open", "--out", out)
    assert NOTICE in content["notice"]
    assert not (tmp_path / "answers.nc.run").exists()
    mine = disca_nb.open_results(out).squeeze("model")
    assert mine.form.values.tolist() == ["choice", "open"]
    assert float(abs(mine.stance_prob.values - few.stance_prob.values).max()) < 1e-3
    assert mine.open_answer.values.tolist() == few.open_answer.values.tolist()
    again = found(capsys, out, "--questions", asked)
    assert measures(again, "synthetic-demo") == measures(content, "synthetic-demo")
    code, _, err = run(capsys, "demo", "--questions", asked, "--out", out)
    assert (code, "answers.nc" in err, err.count("\n")) == (1, True, 1)


def test_a_line_that_is_no_json_is_named(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path
) -> None:
    path = questions / "controversial_english_us.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "{not so", *lines[2:]]))
    code, out, err = run(capsys, responses, "--questions", questions)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "controversial_english_us.jsonl" in err
    assert "line 2" in err


def test_answers_to_other_questions_are_a_fault_of_the_file(
    capsys: pytest.CaptureFixture[str], questions: Path, responses: Path
) -> None:
    responses.write_text(responses.read_text().replace(":0001", ":9999"))
    code, out, err = run(capsys, responses, "--questions", questions)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert ":9999" in err


def test_labels_give_the_judges_agreement(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answers = disca_nb.datasets.values.recorded_responses().sel(model=["synthetic-demo"])
    verdicts = answers.judge_verdict.squeeze("model").to_series()
    path = tmp_path / "labels.csv"
    path.write_text("wording,label\n" + "".join(f'"{w}",{v}\n' for w, v in verdicts.items() if v))
    given = ("demo", "--recorded", "--measures", "paraphrase", "--labels", path)
    content = found(capsys, *given)
    assert content["agreement"]["kappa"] == pytest.approx(1.0)
    assert content["agreement"]["n"] == int((verdicts != "").sum())
    path.write_text("wording,label\nnobody,supports\n")
    code, _, err = run(capsys, *given)
    assert (code, err.count("\n"), "nobody" in err) == (1, 1, True)


def test_help_names_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert "demo is the embedded synthetic model" in " ".join(out.split())
    assert out.splitlines()[-1].startswith("Example: disca-nb consistency ")
