"""``disca-nb divergence``, as a user runs it: pairs and sets by hand, null, and bad input."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from disca_nb.cli import _divergence_sections, main

KEYS = ["id", "distance_bits", "distance_nats", "divergence_bits"]
MEANS = [
    *("id", "mean_distance_bits", "mean_distance_nats", "mean_divergence_bits"),
    *("centroid", "compat"),
]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - a function
    """Return a function that writes a file, runs the command, and returns code and texts."""

    def _run(content: object) -> tuple[int, str, str]:
        path = tmp_path / "pairs.json"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8")
        code = main(["divergence", str(path)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return _run


def pair(name: object, p: object, q: object) -> dict[str, object]:
    return {"id": name, "p": p, "q": q}


def group(name: object, *distributions: object) -> dict[str, object]:
    return {"id": name, "distributions": list(distributions)}


def test_pairs_by_hand_in_their_order(run: Any) -> None:  # noqa: ANN401
    half = [0.5, 0.5]
    code, out, err = run(
        {
            "pairs": [
                pair("z", [1, 0], half),
                pair(7, [1, 0], [0, 1]),
                pair("똑같다", [3, 1, 4], [3, 1, 4]),
                pair("a", [10, 0, 10], [0, 2, 2]),
                pair("tiny", [0.49999999999999994, 0.5], [0.5, 0.49999999999999994]),
            ]
        }
    )
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert list(found) == ["pairs"]
    assert [list(entry) for entry in found["pairs"]] == [KEYS] * 5
    assert [entry["id"] for entry in found["pairs"]] == ["z", 7, "똑같다", "a", "tiny"]
    one, apart, same, shared, tiny = ([entry[key] for key in KEYS[1:]] for entry in found["pairs"])
    bits = (math.log2(4.0 / 3.0) + 0.5 * math.log2(2.0 / 3.0) + 0.5) / 2.0
    expected = [math.sqrt(bits), math.sqrt(bits * math.log(2.0)), bits]
    assert one == pytest.approx(expected, rel=1e-14)
    assert apart == [1.0, math.sqrt(math.log(2.0)), 1.0]
    assert same == [0.0, 0.0, 0.0]
    expected = [math.sqrt(0.5), math.sqrt(0.5 * math.log(2.0)), 0.5]
    assert shared == pytest.approx(expected, rel=1e-14)
    assert all(0.0 <= value < 1e-15 for value in tiny)


@pytest.mark.parametrize(
    "p",
    [
        *("[0, 0]", "[-0.5, 1.5]", "[NaN, 1]", "[1, NaN]", "[null, 1]", "[1, null]"),
        *("[Infinity, 1]", "[1e999, 1]", f"[{10**400}, 1]"),
    ],
)
def test_null_where_there_is_no_distance(run: Any, p: str) -> None:  # noqa: ANN401
    fine = '{"id": "fine", "p": [1, 1], "q": [1, 1]}'
    for sides in (f'"p": {p}, "q": [1, 1]', f'"p": [1, 1], "q": {p}', f'"p": {p}, "q": {p}'):
        code, out, _ = run(f'{{"pairs": [{{"id": "bad", {sides}}}, {fine}]}}')
        bad, good = json.loads(out)["pairs"]
        assert code == 0
        assert bad == dict.fromkeys(KEYS) | {"id": "bad"}
        assert good == {"id": "fine", **dict.fromkeys(KEYS[1:], 0.0)}


def test_sets_by_hand_in_their_order(run: Any) -> None:  # noqa: ANN401
    opposite = [[2, 0], [0, 7]]
    code, out, err = run(
        {
            "sets": [
                group("z", *opposite),
                group(7, [3, 1, 4], [3, 1, 4], [3, 1, 4]),
                group("똑같다", [0.2, 0.8], [0.20005, 0.79995]),
                group("half", [1, 0], [0, 1], [1, 1]),
                group("third", [1, 0, 0], [0, 0, 1], [0, 1, 0]),
            ]
        }
    )
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert list(found) == ["sets"]
    assert [list(entry) for entry in found["sets"]] == [MEANS] * 5
    assert [entry["id"] for entry in found["sets"]] == ["z", 7, "똑같다", "half", "third"]
    apart, same, near, half, third = ([entry[key] for key in MEANS[1:]] for entry in found["sets"])
    bits = (math.log2(4.0 / 3.0) + 0.5 * math.log2(2.0 / 3.0) + 0.5) / 2.0
    nats = math.sqrt(bits * math.log(2.0))
    assert apart[:3] == pytest.approx([math.sqrt(bits), nats, bits], rel=1e-14)
    assert apart[3] == [0.5, 0.5]
    assert apart[4] == pytest.approx(nats, abs=1e-8)
    assert same == [0.0, 0.0, 0.0, [0.375, 0.125, 0.5], 0.0]
    # The published computation calls these two the same.
    assert near[0] > 1e-5
    assert near[4] == 0.0
    # The member in the middle is at the centroid.
    expected = [math.sqrt(bits) * 2.0 / 3.0, nats * 2.0 / 3.0, bits * 2.0 / 3.0]
    assert half[:3] == pytest.approx(expected, rel=1e-14)
    assert [round(third[0], 5), round(third[1], 5), round(third[4], 5)] == [0.6776, *[0.56414] * 2]


@pytest.mark.parametrize(
    "bad",
    [
        *("[0, 0]", "[-0.5, 1.5]", "[NaN, 1]", "[1, NaN]", "[null, 1]", "[null, null]"),
        *("[Infinity, 1]", "[1e999, 1]", f"[{10**400}, 1]"),
    ],
)
def test_null_where_a_set_has_no_distance(run: Any, bad: str) -> None:  # noqa: ANN401
    fine = '{"id": "fine", "distributions": [[1, 1], [2, 2]]}'
    for members in (f"[{bad}, [1, 1], [2, 1]]", f"[[1, 1], {bad}]", f"[{bad}]", f"[{bad}, {bad}]"):
        code, out, _ = run(f'{{"sets": [{{"id": "bad", "distributions": {members}}}, {fine}]}}')
        found, good = json.loads(out)["sets"]
        assert code == 0
        assert found == dict.fromkeys(MEANS) | {"id": "bad"}
        assert [good[key] for key in MEANS[1:]] == [0.0, 0.0, 0.0, [0.5, 0.5], 0.0]


def test_sets_of_one_and_of_none(run: Any) -> None:  # noqa: ANN401
    content = {
        "sets": [group("one", [1, 3]), group("none"), group("empty", [], []), group("e", [])]
    }
    found = json.loads(run(content)[1])["sets"]
    nothing = dict.fromkeys(MEANS)
    assert found[0] == nothing | {"id": "one", "compat": 0.0}
    assert found[1:] == [nothing | {"id": name} for name in ("none", "empty", "e")]
    assert json.loads(run({"sets": []})[1]) == {"sets": []}


def test_pairs_and_sets_in_one_file_in_its_order(run: Any) -> None:  # noqa: ANN401
    both = {"sets": [group("a", [1], [1])], "pairs": [pair("a", [1], [1])]}
    found = json.loads(run(both)[1])
    assert list(found) == ["sets", "pairs"]
    assert found["sets"][0] == dict.fromkeys(MEANS, 0.0) | {"id": "a", "centroid": [1.0]}
    assert found["pairs"][0] == dict.fromkeys(KEYS, 0.0) | {"id": "a"}


def test_no_options_and_no_pairs(run: Any) -> None:  # noqa: ANN401
    assert json.loads(run({"pairs": []})[1]) == {"pairs": []}
    found = json.loads(run({"pairs": [pair("none", [], [])]})[1])["pairs"]
    assert found == [dict.fromkeys(KEYS) | {"id": "none"}]


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = b'\xef\xbb\xbf{"pairs": [{"id": "a", "p": [2], "q": [3]}]}'  # with a mark of order
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["divergence", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["pairs"][0]["distance_bits"] == 0.0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"pairs")))
    assert main(["divergence", "-"]) == 1
    assert capsys.readouterr().err.startswith(
        "disca-nb: Standard input is not JSON (line 1, column"
    )


def test_a_process_of_its_own_prints_json_alone() -> None:
    command = [sys.executable, "-W", "error", "-m", "disca_nb", "divergence", "-"]
    content = json.dumps({"pairs": [pair("ü\ud800", [1, 0], [0, 1])]})
    done = subprocess.run(command, input=content, capture_output=True, text=True, check=True)  # noqa: S603
    assert json.loads(done.stdout)["pairs"][0]["id"] == "ü\ud800"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not JSON (line 1, column 1: Expecting value); write {"),
        ('{"pairs": [}', "is not JSON (line 1, column 12: Expecting value)"),
        (b"\xff\xfe{\x00", "is not text in UTF-8; save it as UTF-8."),
        ("[" * 100_000, "cannot be read ("),
        (f'{{"pairs": {"9" * 5000}}}', "cannot be read (Exceeds the limit"),
        ([], "holds a list; write {"),
        ("3", "holds 3; write {"),
        ({}, "holds an empty object; write {"),
        ({"pair": []}, "has a section 'pair'; the known ones are pairs, sets."),
        ({"pairs": [], "more": []}, "has a section 'more'; the known ones are pairs, sets."),
        ({"pairs": {}}, ": pairs is an object; give a list of objects."),
        ({"pairs": None}, ": pairs is null; give a list of objects."),
        ({"pairs": [pair("a", [1], [1]), 4]}, ": entry 2 of pairs is 4; give an object with id, p"),
        ({"pairs": [{"p": [1], "q": [1]}]}, ": entry 1 of pairs lacks 'id'; give id, p, q."),
        ({"pairs": [{"id": "a", "q": [1]}]}, ": entry 1 of pairs lacks 'p'; give id, p, q."),
        ({"pairs": [{"id": "a", "p": [1]}]}, ": entry 1 of pairs lacks 'q'; give id, p, q."),
        ({"pairs": [pair(None, [1], [1])]}, ": entry 1 of pairs has null as id; give a text or"),
        (
            {"pairs": [{"id": True, "p": [1], "q": [1]}]},
            ": entry 1 of pairs has true as id; give a text or",
        ),
        ({"pairs": [pair([1], [1], [1])]}, ": entry 1 of pairs has a list as id; give a text or"),
        (
            {"pairs": [pair("a", [1], [1]), pair("b", [1], [1]), pair("a", [1], [1])]},
            ": entry 3 of pairs has the id 'a' of an earlier one; give another.",
        ),
        (
            {"pairs": [pair("a", [1, 2], [1])]},
            ": pair 'a' has 2 weights in p and 1 in q; give both the same options.",
        ),
        ({"pairs": [pair("a", 1, [1])]}, ": pair 'a' has 1 as p; give a list of numbers."),
        ({"pairs": [pair("a", [1], "1")]}, ": pair 'a' has the text '1' as q; give a list of"),
        ({"pairs": [pair("a", ["1"], [1])]}, ": pair 'a' has the text '1' in p; give numbers"),
        ({"pairs": [pair("a", [1], [False])]}, ": pair 'a' has false in q; give numbers alone."),
        ({"pairs": [pair("a", [[1]], [1])]}, ": pair 'a' has a list in p; give numbers alone."),
        ({"pairs": [pair("a\nb", [1], [{}])]}, ": pair 'a\\nb' has an object in q; give numbers"),
        ({"sets": {}}, ": sets is an object; give a list of objects."),
        ({"sets": [4]}, ": entry 1 of sets is 4; give an object with id, distributions."),
        ({"sets": [{"id": "s"}]}, ": entry 1 of sets lacks 'distributions'; give id, distr"),
        ({"sets": [{"distributions": []}]}, ": entry 1 of sets lacks 'id'; give id, distr"),
        (
            {"sets": [group("s", [1]), group("s", [1])]},
            ": entry 2 of sets has the id 's' of an earlier one; give another.",
        ),
        (
            {"sets": [{"id": "s", "distributions": {"a": [1]}}]},
            ": set 's' has an object as distributions; give a list of lists of numbers.",
        ),
        (
            {"sets": [group("s", [1, 2], [1, 2], [1, 2, 3])]},
            ": set 's' has 2 weights in distribution 1 and 3 in distribution 3; give all the same",
        ),
        (
            {"sets": [group("s", [1], [])]},
            ": set 's' has 1 weights in distribution 1 and 0 in distribution 2; give all the same",
        ),
        ({"sets": [group("s", [1], 2)]}, ": set 's' has 2 as distribution 2; give a list of num"),
        ({"sets": [group("s", [1], ["1"])]}, ": set 's' has the text '1' in distribution 2; give"),
        ({"sets": [group("s", [[1]])]}, ": set 's' has a list in distribution 1; give numbers al"),
    ],
)
def test_bad_files_are_one_sentence(run: Any, content: object, message: str) -> None:  # noqa: ANN401
    code, out, err = run(content)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert message in err
    assert "pairs.json" in err
    assert err.endswith((".\n", "}.\n"))


def test_files_that_are_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        assert main(["divergence", str(path)]) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert err.startswith(f"disca-nb: {path}: ")
        assert err.endswith("; check the path and the disk.\n")


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["divergence", "--help"])
    out = capsys.readouterr().out
    assert out.startswith("usage: disca-nb divergence [-h] FILE")
    assert '{"pairs": [{"id": "a"' in out
    assert '{"sets": [{"id": "b"' in out
    assert out.splitlines()[-1] == "Example: disca-nb divergence pairs.json"


def test_another_section_is_one_entry(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    def sizes(where: str, entries: object) -> list[dict[str, object]]:
        found = _divergence_sections.objects(where, "sizes", entries, ("id", "of"))
        return [{"id": entry["id"], "size": len(str(entry["of"]))} for entry in found]

    monkeypatch.setitem(_divergence_sections.SECTIONS, "sizes", sizes)
    code, out, _ = run({"sizes": [{"id": "s", "of": "abc"}], "pairs": [pair("a", [1], [1])]})
    assert code == 0
    assert json.loads(out)["sizes"] == [{"id": "s", "size": 3}]
    assert json.loads(out)["pairs"][0]["id"] == "a"
    assert ": entry 1 of sizes lacks 'of'; give id, of." in run({"sizes": [{"id": "s"}]})[2]
