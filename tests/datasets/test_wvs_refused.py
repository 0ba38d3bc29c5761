"""Survey files that cannot be used, each refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from surveys import person, survey

from disca_nb.datasets import read_wvs
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.prompts import persona_panel

Complaint = Callable[..., str]
Write = Callable[[str, str | bytes], Path]


def without(*names: str) -> dict[str, object]:
    """Return a respondent who was not asked some of the items."""
    return {name: answer for name, answer in person().items() if name not in names}


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        (("Q6",), "lacks Q6;"),
        (("Q182", "Q188", "Q261"), "lacks Q261, Q182, Q188;"),
        (("B_COUNTRY_ALPHA",), "lacks B_COUNTRY_ALPHA;"),
    ],
)
def test_items_that_are_not_there_are_listed(
    tmp_path: Path, complaint: Complaint, lacking: tuple[str, ...], named: str
) -> None:
    text = complaint(read_wvs, survey(tmp_path, [without(*lacking)]))
    assert text.startswith("wvs.csv ")
    assert named in text


def test_an_item_of_the_other_set_may_be_missing(tmp_path: Path) -> None:
    path = survey(tmp_path, [without("Q199", "Q152")])
    assert read_wvs(path, items="wvs7").sizes["country"] == 1


def test_a_file_without_an_answer_is_refused(tmp_path: Path, complaint: Complaint) -> None:
    mute = {name: -1 for name in person() if name.startswith(("Q", "Y")) and name != "Q261"}
    text = complaint(read_wvs, survey(tmp_path, [person() | mute]))
    assert "has no valid answer to the items of 'wvs7'" in text


@pytest.mark.parametrize("weight", [0, -1, "", "inf", "NA"])
def test_a_file_without_a_weight_is_refused(
    tmp_path: Path, complaint: Complaint, weight: object
) -> None:
    people = [person() | {"W_WEIGHT": weight}, person() | {"W_WEIGHT": weight}]
    text = complaint(read_wvs, survey(tmp_path, people))
    assert "wvs.csv has no W_WEIGHT above 0 among 2 respondents; mend the column" in text
    assert read_wvs(survey(tmp_path, people), items="disca").weights == "none"


def test_weights_with_a_decimal_comma_are_refused(tmp_path: Path, complaint: Complaint) -> None:
    people = [person(weight=1.0), person() | {"W_WEIGHT": "0,5"}]
    text = complaint(read_wvs, survey(tmp_path, people))
    assert "row 2: W_WEIGHT is '0,5'; it must be a number with a decimal point" in text


def test_labels_in_place_of_codes_are_refused(tmp_path: Path, complaint: Complaint) -> None:
    words = {name: "Very important" for name in person() if name[0] in "QY" and name != "Q261"}
    assert "numeric codes" in complaint(read_wvs, survey(tmp_path, [person() | words]))


def test_reversed_mentions_in_other_codes_are_refused(tmp_path: Path, complaint: Complaint) -> None:
    row = without("Q17") | {"Q17P": 2}
    assert "Q17P holds 2" in complaint(read_wvs, survey(tmp_path, [row]))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is not a CSV table"),
        ("a,b\n1,2,3\n1,2,3,4\n", "lacks B_COUNTRY_ALPHA, A_YEAR, Q261"),
    ],
)
def test_a_file_that_is_no_survey_is_refused(
    write: Write, complaint: Complaint, content: str, reason: str
) -> None:
    assert reason in complaint(read_wvs, write("wvs.csv", content))


def test_a_header_without_rows_and_a_row_without_a_country_are_refused(
    tmp_path: Path, complaint: Complaint
) -> None:
    path = survey(tmp_path, [person()])
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert "no rows" in complaint(read_wvs, path)
    path = survey(tmp_path, [person(), person(country=" ")])
    assert "row 2: B_COUNTRY_ALPHA is ' '" in complaint(read_wvs, path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, complaint: Complaint) -> None:
    assert "There is no file" in complaint(read_wvs, tmp_path / "none.csv")
    assert "cannot be read" in complaint(read_wvs, tmp_path)


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    path = survey(tmp_path, [person()])
    with pytest.raises(UnknownNameError, match="item set 'wvs6'; did you mean 'wvs7'"):
        read_wvs(path, items="wvs6")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="country 'JPM'; did you mean 'JPN'"):
        read_wvs(path, countries=["JPM"])
    with pytest.raises(UnknownNameError, match="Unknown item set"):
        read_wvs(path, items=["wvs7"])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="countries is 5; give a name, or several in a list"):
        read_wvs(path, countries=5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="The path is None; name a file"):
        read_wvs(None)  # type: ignore[arg-type]


def test_an_empty_cohort_is_read_but_has_no_persona(tmp_path: Path) -> None:
    people = [person("JPN", age) for age in (20, 40)] + [person("USA", age) for age in (20, 40, 60)]
    profiles = read_wvs(survey(tmp_path, people))
    assert profiles.n_respondents.sel(country="JPN").values.tolist() == [1, 1, 0, 2]
    with pytest.raises(InputError, match="JPN has no mean for the cohort 'older'; name the others"):
        persona_panel(["USA", "JPN"], profiles=profiles)
    chosen = persona_panel(["USA", "JPN"], profiles=profiles, cohorts=["young", "middle"])
    assert chosen.persona.values.tolist() == ["young", "middle", "all"]
    assert persona_panel("USA", profiles=profiles).sizes["persona"] == 4
