"""``disca-nb opinions``, as a user runs it: on saved answers, on the embedded model, offline."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import commands
import pandas as pd
import pytest

import disca_nb
from disca_nb.datasets.surveys.sample import demo_answers
from disca_nb.models.embedded import NOTICE

# Shares of a, b and c: 1 and 2 are asked of all, 3 of Japan alone.
SHARES = {
    ("q1", "Japan"): (0.5, 0.5),
    ("q1", "United States"): (1.0, 0.0),
    ("q1", "Brazil"): (0.9, 0.1),
    ("q2", "Japan"): (0.2, 0.8),
    ("q2", "United States"): (0.8, 0.2),
    ("q2", "Brazil"): (0.5, 0.5),
    ("q3", "Japan"): (0.7, 0.3),
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
print(main(["opinions", "demo"]))
sys.exit(main(["opinions", "demo", "--recorded", "--n-boot", "20", "--promptings", "default"]))
"""


def distance(p: tuple[float, float], q: tuple[float, float]) -> float:
    """Return the Jensen-Shannon distance in base 2, term by term."""
    bits = 0.0
    for a, b in zip(p, q, strict=True):
        middle = (a + b) / 2.0
        bits += sum(0.5 * x * math.log2(x / middle) for x in (a, b) if x > 0.0)
    return math.sqrt(bits)


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    lines = ["question,text,option,country,share"]
    lines += [
        f'{question},"Is it so, by {question}?",{option},{country},{share}'
        for (question, country), shares in SHARES.items()
        for option, share in zip(("yes", "no"), shares, strict=True)
    ]
    path = tmp_path / "survey.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def responses(tmp_path: Path) -> Path:
    answers = {
        ("default", "q1"): (0.5, 0.5),
        ("default", "q2"): (0.5, 0.5),
        ("default", "q3"): (0.5, 0.5),
        ("as Japan", "q1"): (0.5, 0.5),
        ("as Japan", "q2"): (0.2, 0.8),
        ("as Japan", "q3"): (0.7, 0.3),
    }
    lines = [
        {"model": "m", "prompting": prompting, "question": question, "probs": {"A": a, "B": b}}
        for (prompting, question), (a, b) in answers.items()
    ]
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Return exit code, output and errors of the command in this process."""
    return commands.run(capsys, "opinions", *arguments)


def found(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """Return the JSON of a command that succeeds."""
    code, out, err = run(capsys, *arguments, "--json", "--n-boot", 50)
    assert code == 0, err
    content: dict[str, Any] = json.loads(out, parse_constant=pytest.fail)
    return content


def rows(content: dict[str, Any], prompting: str) -> dict[str, dict[str, Any]]:
    """Return the countries of one prompting by name, in their order."""
    (one,) = [each for each in content["results"] if each["prompting"] == prompting]
    return {each["country"]: each for each in one["countries"]}


def test_similarities_are_those_of_the_paper(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path
) -> None:
    content = found(capsys, responses, "--survey", survey)
    default, half = rows(content, "default"), (0.5, 0.5)
    for country in ("Japan", "United States", "Brazil"):
        own = [1.0 - distance(half, each) for (_, c), each in SHARES.items() if c == country]
        assert default[country]["similarity"] == pytest.approx(sum(own) / len(own))
        # The answers are those of the uniform responder.
        assert default[country]["excess"] == pytest.approx(0.0, abs=1e-12)
        assert default[country]["n_questions"] == len(own)
    asked = rows(content, "as Japan")
    assert next(iter(asked)) == "Japan"
    assert asked["Japan"]["similarity"] == pytest.approx(1.0)
    assert asked["Japan"]["rank"] == 1.0
    assert content["mode"] == "all"
    assert content["base"] == 2.0
    assert content["survey"]["questions"] == 3


def test_the_table_has_what_the_result_has(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path
) -> None:
    content = found(capsys, responses, "--survey", survey)
    code, out, _ = run(capsys, responses, "--survey", survey, "--n-boot", 50)
    assert code == 0
    assert out.startswith("survey.csv: 14 rows, 3 questions, 3 countries, 7 cells")
    assert "m (default)" in out
    table = out[out.index("m (as Japan)") : out.index("\nShifts")].splitlines()
    names = table[1].split()
    assert names == [
        "n",
        "similarity",
        "excess",
        "rank",
        *("uniform", "first", "others"),
        names[-1],
    ]
    one = rows(content, "as Japan")["Brazil"]
    (line,) = [line for line in table if line.startswith("Brazil")]
    # Two questions have no interval.
    assert line.split()[1:4] == ["2", f"{one['similarity']:.3f}", f"{one['excess']:+.3f}"]
    assert (one["similarity_low"], one["rank_high"]) == (None, None)
    assert line.split()[-4] == f"{one['similarity_uniform']:.3f}"
    # Japan alone was asked the third.
    (japan,) = [line for line in table if line.startswith("Japan")]
    assert japan.split()[-2] == f"{rows(content, 'as Japan')['Japan']['similarity_others']:.3f}*"
    assert "*" not in line
    assert "Spearman correlation with the uniform responder's ranking" in out
    assert "m (as Japan): toward Japan " in out
    for sentence in content["sentences"]:
        assert sentence in out
    assert "nan" not in out


def test_the_table_has_the_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    demo = ("demo", "--recorded", "--promptings", "default")
    one = rows(found(capsys, *demo), "default")["DEU"]
    code, out, _ = run(capsys, *demo, "--n-boot", 50)
    assert code == 0
    (line,) = [line for line in out.splitlines() if line.startswith("DEU")]
    for name, form in (("similarity", ".3f"), ("excess", "+.3f")):
        value, low, high = (one[f"{name}{end}"] for end in ("", "_low", "_high"))
        assert f"{value:{form}} [{low:{form}}, {high:{form}}]" in line
    assert f" {one['rank']:g} [{one['rank_low']:g}–{one['rank_high']:g}] " in line


def test_shifts_are_differences_of_gains(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path
) -> None:
    (shift,) = found(capsys, responses, "--survey", survey)["shifts"]
    half, new = (0.5, 0.5), (0.2, 0.8)
    # Of questions that others were asked too: the answer to q1 is the same, q3 is Japan's alone.
    toward = distance(half, SHARES["q2", "Japan"]) - distance(new, SHARES["q2", "Japan"])
    other = [SHARES["q2", name] for name in ("United States", "Brazil")]
    gains = [distance(half, each) - distance(new, each) for each in other]
    expected = (toward - sum(gains) / 2.0) / 2.0
    assert (shift["model"], shift["prompting"], shift["n_questions"]) == ("m", "as Japan", 2)
    assert shift["shift"] == pytest.approx(expected)
    assert shift["shift_toward"] == pytest.approx(toward / 2.0)


def test_countries_are_found_by_code_name_and_case(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path
) -> None:
    given = (responses, "--survey", survey)
    content = found(capsys, *given, "--countries", "jpn,UNITED states", "--promptings", "default")
    assert [each["prompting"] for each in content["results"]] == ["default"]
    assert set(rows(content, "default")) == {"Japan", "United States"}
    assert content["shifts"] == []
    code, out, err = run(capsys, *given, "--countries", "Japan;Brasil;Atlantis")
    assert (code, out) == (2, "")
    assert err.startswith("disca-nb: Unknown country 'Atlantis'; ")
    code, _, err = run(capsys, *given, "--countries", "Japann")
    assert (code, "did you mean 'Japan'?" in err, err.count("\n")) == (2, True, 1)


@pytest.mark.parametrize("mode", ["common", "paired", "fixed_effects"])
def test_other_modes(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path, mode: str
) -> None:
    given = [responses, "--survey", survey, "--mode", mode]
    given += ["--reference", "brazil"] if mode == "paired" else []
    content = found(capsys, *given)
    assert content["mode"] == mode
    japan = rows(content, "as Japan")["Japan"]
    if mode == "common":
        assert japan["n_questions"] == 2
    if mode == "paired":
        assert content["reference"] == "Brazil"
        difference = japan["similarity"] - japan["similarity_reference"]
        assert japan["similarity_difference"] == pytest.approx(difference)
        code, out, _ = run(capsys, *given, "--n-boot", 20)
        assert (code, "from reference" in out) == (0, True)


def test_several_surveys_and_samples_come_onto_one_axis(
    capsys: pytest.CaptureFixture[str], survey: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    texts = survey.read_text().replace("Japan", "Japan (Old sample)").splitlines()
    texts = [line.replace("q", "p", 1).replace("so, by q", "so, by p") for line in texts[1:]]
    other.write_text("\n".join(["question,text,option,country,share", *texts]))
    lines = [
        {
            "model": "m",
            "prompting": "default",
            "question": f"{s}:{q}",
            "probs": {"A": 0.4, "B": 0.6},
        }
        for s, names in (("survey.csv", "q"), ("other.csv", "p"))
        for q in (f"{names}{i}" for i in (1, 2, 3))
    ]
    answers = tmp_path / "both.jsonl"
    answers.write_text("\n".join(map(json.dumps, lines)))
    given = (answers, "--survey", survey, "--survey", other)
    content = found(capsys, *given)
    assert set(rows(content, "default")) == {"JPN", "JPN (Old sample)", "USA", "BRA"}
    assert rows(content, "default")["USA"]["n_questions"] == 4
    merged = found(capsys, *given, "--merge", "JPN=JPN;JPN (Old sample)")
    assert set(rows(merged, "default")) == {"JPN", "USA", "BRA"}
    assert rows(merged, "default")["JPN"]["n_questions"] == 6
    code, _, err = run(capsys, *given, "--merge", "JPN")
    assert (code, err) == (2, "disca-nb: --merge is 'JPN'; write NAME=VALUE.\n")


def test_a_file_of_spss_needs_its_column_of_countries(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pyreadstat = pytest.importorskip("pyreadstat", reason="the extra surveys is not installed")
    people = pd.DataFrame({"land": [1.0, 1.0, 2.0, 2.0], "q1": [1.0, 2.0, 1.0, 1.0]})
    labels = {"land": {1.0: "Japan", 2.0: "Chile"}, "q1": {1.0: "yes", 2.0: "no"}}
    path = tmp_path / "ours.sav"
    pyreadstat.write_sav(
        people, path, column_labels={"q1": "Is it so?"}, variable_value_labels=labels
    )
    line = {"model": "m", "prompting": "default", "question": "q1", "probs": {"A": 0.5, "B": 0.5}}
    answers = tmp_path / "a.jsonl"
    answers.write_text(json.dumps(line))
    content = found(capsys, answers, "--survey", path, "--country-column", "land")
    assert rows(content, "default")["Japan"]["similarity"] == 1.0
    code, _, err = run(capsys, answers, "--survey", path)
    assert code == 2
    assert err.endswith("or the country of everybody, with --country-column.\n")
    code, _, err = run(capsys, answers, "--survey", path, "--country-column", "cuntry")
    assert (code, "Unknown country or column of ours.sav 'cuntry'" in err) == (2, True)
    code, _, err = run(capsys, answers, "--survey", "sample", "--country-column", "land")
    assert "--country-column does nothing with sample" in err


def test_a_country_that_is_not_known_is_told(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path
) -> None:
    survey.write_text(survey.read_text().replace("Brazil", "Brazzil"))
    code, _, err = run(capsys, responses, "--survey", survey, "--promptings", "default")
    assert code == 0, err
    assert "survey.csv has labels that are no known country's: Brazzil (Brazil?);" in err


def test_missing_options_are_left_out_on_request(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    survey, answers = tmp_path / "survey.csv", tmp_path / "answers.jsonl"
    shares = {"yes": 0.4, "no": 0.4, "Don't know": 0.2}
    lines = [f"q,Is it so?,{option},Japan,{share}" for option, share in shares.items()]
    survey.write_text("\n".join(["question,text,option,country,share", *lines]))
    line = {"model": "m", "prompting": "default", "question": "q", "probs": {"A": 0.5, "B": 0.5}}
    answers.write_text(json.dumps(line))
    content = found(capsys, answers, "--survey", survey, "--drop-missing")
    assert rows(content, "default")["Japan"]["similarity"] == pytest.approx(1.0)
    code, _, err = run(capsys, answers, "--survey", survey, "--n-boot", 20)
    assert (code, err.count("\n")) == (1, 1)
    zero = found(capsys, answers, "--survey", survey, "--absent", "zero")
    assert rows(zero, "default")["Japan"]["similarity"] < 1.0


def test_what_is_not_known_is_null_and_a_dash(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path
) -> None:
    # One question has no interval.
    lines = [line for line in responses.read_text().splitlines() if '"q1"' in line]
    responses.write_text("\n".join(lines))
    content = found(capsys, responses, "--survey", survey)
    japan = rows(content, "default")["Japan"]
    assert japan["similarity_low"] is None
    assert japan["similarity"] == pytest.approx(1.0)
    assert content["warnings"]
    code, out, err = run(capsys, responses, "--survey", survey, "--n-boot", 20)
    assert code == 0
    assert "nan" not in out
    assert all(line.startswith("disca-nb: ") for line in err.splitlines())


def test_answers_can_be_saved_and_taken_up(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path, tmp_path: Path
) -> None:
    out = tmp_path / "answers.nc"
    code, text, _ = run(capsys, responses, "--survey", survey, "--out", out, "--n-boot", 20)
    assert code == 0
    assert text.endswith(f"Wrote {out}; next: disca-nb opinions {out} --survey {survey}\n")
    again = found(capsys, out, "--survey", survey)
    assert again["results"] == found(capsys, responses, "--survey", survey)["results"]
    code, _, err = run(capsys, responses, "--survey", survey, "--out", out, "--n-boot", 20)
    assert (code, "answers.nc" in err, err.count("\n")) == (1, True, 1)


def test_the_recorded_demo_needs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "demo", "--recorded", "--n-boot", 50)
    assert code == 0, err
    assert out.startswith("Survey sample (synthetic): 48 questions, 20 countries.")
    assert NOTICE in out
    for name in ("default", "as DEU", "as KOR", "in de", "in ko"):
        assert f"\nsynthetic-demo ({name})\n" in out
    assert "\nmade-up: " not in out
    assert "(in ko): toward KOR " in out
    assert "never taught the languages de, ko" in out
    content = found(
        capsys,
        *("demo", "--recorded", "--models", "made-up: listener", "--countries", "JPN,USA,KOR"),
    )
    assert {each["model"] for each in content["results"]} == {"made-up: listener"}
    # Who takes the people's answers when their country is named is closest to them.
    for name in ("JPN", "KOR", "USA"):
        assert next(iter(rows(content, f"as {name}"))) == name
    assert {(each["prompting"], each["prompted_country"]) for each in content["shifts"]} >= {
        ("as JPN", "JPN")
    }
    assert content["synthetic"] == 1


def test_without_pytorch_one_sentence_names_the_way_out_and_that_way_works(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", WITHOUT_PYTORCH]
    done = subprocess.run(  # noqa: S603 - it runs itself
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    error = done.stderr.splitlines()[0]
    assert error.startswith("disca-nb: Local models need torch")
    assert "run: pip install 'disca-nb[models]'" in error
    assert error.endswith("disca-nb opinions demo --recorded needs neither.")
    # The first run printed nothing, and the second all.
    assert done.stdout.startswith("1\nSurvey sample (synthetic): 48 questions, 20 countries.")
    assert not any(tmp_path.iterdir())


def test_the_embedded_model_is_asked_in_all_three_ways(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="the model needs PyTorch, of the extra models")
    out = tmp_path / "answers.nc"
    # One country and its language, as more take longer.
    few = ("--countries", "KOR", "--languages", "ko=KOR")
    content = found(capsys, "demo", "--out", out, *few)
    assert content["source"].startswith("synthetic")
    assert NOTICE in content["notice"]
    answers = disca_nb.open_results(out)
    assert set(answers.prompting_kind.values) == {"default", "cross-national", "linguistic"}
    assert answers.prompting.values.tolist() == ["default", "as KOR", "in ko"]
    assert [each["prompting"] for each in content["shifts"]] == ["as KOR", "in ko"]
    recorded = demo_answers().sel(model="synthetic-demo", prompting=answers.prompting)
    same = recorded.answer_prob.transpose(*answers.answer_prob.squeeze("model").dims)
    assert float(abs(answers.answer_prob.squeeze("model") - same).max()) < 1e-4


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["x.jsonl"], 2, "No survey was named; use --survey FILE, or --survey sample."),
        (["x.jsonl", "--survey", "s", "--mode", "al"], 2, "Unknown mode 'al'; did you mean 'all'"),
        (["x.nc", "--survey", "s", "--mode", "paired"], 2, "name a country with --reference"),
        (["x.nc", "--survey", "s", "--reference", "JPN"], 2, "does nothing in mode all"),
        (["x.nc", "--survey", "s", "--n-boot", "0"], 2, "n_boot"),
        (["x.nc", "--survey", "s", "--seed", "-1"], 2, "seed"),
        (["x.nc", "--survey", "s", "--orders", "3"], 2, "--orders does nothing with saved answers"),
        (["x.nc", "--survey", "s", "--absent", "zeros"], 2, "Unknown way with --absent 'zeros'; d"),
        (
            ["a-model", "--survey", "s", "--models", "m"],
            2,
            "--models does nothing with a model tha",
        ),
        (["a-model", "--survey", "s", "--recorded"], 2, "--recorded is of the demo alone"),
        (["a-model", "--survey", "s", "--promptings", "linguistic"], 2, "name some with --languag"),
        (["a-model", "--survey", "s", "--promptings", "defaul"], 2, "did you mean 'default'?"),
        (
            ["a-model", "--survey", "s", "--promptings", "default", "--languages", "ko"],
            2,
            "--languages ko does nothing without linguistic among --promptings",
        ),
        (["a-model", "--survey", "s.docx"], 1, "s.docx ends in '.docx'"),
        (["absent.jsonl", "--survey", "sample"], 1, "absent.jsonl"),
        (
            ["a.txt", "--survey", "sample", "--translation", "ko=x.csv"],
            2,
            "Unknown language of --t",
        ),
        (["demo", "--recorded", "--models", "x"], 2, "Unknown model 'x'; known: synthetic-demo, m"),
        (["demo", "--recorded", "--promptings", "as"], 2, "Unknown prompting 'as'; "),
        (["demo", "--recorded", "--languages", "fr"], 2, "No answers in 'fr' are recorded; leave"),
        (["demo", "--recorded", "--countries", "JPP"], 2, "Unknown country 'JPP'; did you mean 'J"),
    ],
)
def test_wrong_commands_are_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    found_code, out, err = run(capsys, *arguments)
    assert (found_code, out, err.count("\n")) == (code, "", 1), err
    assert words in err


def test_answers_to_another_survey_are_a_fault_of_the_file(
    capsys: pytest.CaptureFixture[str], survey: Path, responses: Path
) -> None:
    responses.write_text(responses.read_text().replace('"q1"', '"q9"'))
    code, out, err = run(capsys, responses, "--survey", survey)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "'q9'" in err


def test_help_names_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert "demo is the embedded synthetic model" in " ".join(out.split())
    assert out.splitlines()[-1].startswith("Example: disca-nb opinions ")
