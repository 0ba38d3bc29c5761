"""The released logs: what is derived from them is what the tidy files hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disca_nb.datasets import recorded, upstream
from disca_nb.errors import UnknownNameError

Complaint = Callable[..., str]

# Four personas' rewards (gap minus base gap) per scenario, and the base gaps.
REWARDS = np.array([[-1.0, -0.5, 0.25, 3.0], [0.5, 0.5, 0.5, 0.5], [-2.0, 1.0, 1.0, 4.0]])
BASE = np.array([0.75, -1.5, 0.125])


def raw_logs(country: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a made-up pair of logs in the upstream format."""
    n = len(BASE)
    shared = {
        "country": [country] * n,
        "phenomenon_category": ["Age", "Species", "Gender"],
        "preferred_on_right": [0, 1, 0],
        "Prompt": [f"scenario {i},\nin two lines" for i in range(n)],
    }
    logged = {name: [0.5] * n for name in upstream._LOGGED.values()}
    steered = pd.DataFrame(
        {
            **logged,
            **shared,
            "scenario_idx": range(n),
            "n_left": 1,
            "n_right": 2,
            "delta_consensus": BASE + REWARDS.mean(axis=1),
            "agent_reward_mean": REWARDS.mean(axis=1),
            "agent_reward_min": REWARDS.min(axis=1),
            "agent_reward_max": REWARDS.max(axis=1),
            "agent_reward_std": REWARDS.std(axis=1),
            "prior_step": [4, 5, 6],
        }
    )
    right = np.array([0.75, 0.5, 1.0])
    vanilla = pd.DataFrame(
        {**shared, "p_left": [0.25, 0.5, 1e-9], "p_right": right, "p_spare_preferred": 1 - right}
    )
    return steered, vanilla


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the made-up logs of two countries."""
    for country in ("USA", "JPN"):
        steered, vanilla = raw_logs(country)
        steered.to_csv(tmp_path / f"swa_results_{country}.csv", index=False)
        vanilla.to_csv(tmp_path / f"vanilla_results_{country}.csv", index=False)
    return tmp_path


def edit(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    change(pd.read_csv(path)).to_csv(path, index=False)


def test_the_released_logs_give_the_tidy_files(reference_data: Path) -> None:
    source = reference_data / "disca_recorded"
    derived = upstream.load_folder(source / "upstream_sample", model="phi-4")
    tidy = recorded.load(source / "phi-4.csv.gz", countries=["JPN", "USA"])
    assert set(derived.variables) == set(tidy.variables)
    for name in tidy.variables:
        if tidy[name].dtype.kind == "f":
            np.testing.assert_allclose(derived[name], tidy[name], rtol=0, atol=1e-12, err_msg=name)
        else:
            np.testing.assert_array_equal(derived[name], tidy[name], err_msg=str(name))


def test_gaps_are_the_rewards_on_top_of_the_base_gap(folder: Path) -> None:
    panel = upstream.load_folder(folder).sel(country="JPN").isel(model=0)
    np.testing.assert_array_equal(panel.base_gap, BASE)
    np.testing.assert_allclose(
        panel.persona_gap.transpose("scenario", "persona"), REWARDS + BASE[:, None], atol=1e-12
    )


def test_the_vanilla_gap_is_the_ratio_of_both_probabilities(folder: Path) -> None:
    panel = upstream.load_folder(folder).sel(country="JPN").isel(model=0)
    # Decision temperature one half; the last p_right is saturated and its gap still finite.
    expected = 0.5 * np.log([3.0, 1.0, 1e9])
    np.testing.assert_allclose(panel.vanilla_gap, expected, rtol=1e-15)


def test_a_model_is_named_as_its_folder_unless_told(folder: Path) -> None:
    assert upstream.load_folder(folder).model.item() == folder.name
    assert upstream.load_folder(folder, model="mine").model.item() == "mine"


def test_countries_are_chosen_in_the_order_asked_for(folder: Path) -> None:
    assert upstream.load_folder(folder).country.values.tolist() == ["JPN", "USA"]
    assert upstream.load_folder(folder, countries=["USA", "JPN"]).country.values.tolist() == [
        *("USA", "JPN")
    ]


def test_an_unknown_country_brings_a_suggestion(folder: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown country 'JPX'; did you mean 'JPN'\?"):
        upstream.load_folder(folder, countries=["JPX"])


def test_a_folder_without_logs_is_refused(tmp_path: Path, complaint: Complaint) -> None:
    assert "has no swa_results_XXX.csv" in complaint(upstream.load_folder, tmp_path)


def test_a_missing_vanilla_file_is_named(folder: Path, complaint: Complaint) -> None:
    (folder / "vanilla_results_USA.csv").unlink()
    text = complaint(upstream.load_folder, folder)
    assert f"There is no file {folder / 'vanilla_results_USA.csv'}" in text


@pytest.mark.parametrize(
    ("file", "column"),
    [("swa", "delta_consensus"), ("swa", "agent_reward_std"), ("vanilla", "p_left")],
)
def test_a_missing_column_is_named(
    folder: Path, complaint: Complaint, file: str, column: str
) -> None:
    edit(folder / f"{file}_results_USA.csv", lambda table: table.drop(columns=column))
    text = complaint(upstream.load_folder, folder)
    assert f"{file}_results_USA.csv lacks the column {column}" in text


def test_files_of_different_length_are_refused(folder: Path, complaint: Complaint) -> None:
    edit(folder / "vanilla_results_USA.csv", lambda table: table.iloc[:-1])
    text = complaint(upstream.load_folder, folder)
    assert "swa_results_USA.csv has 3 rows and vanilla_results_USA.csv 2" in text


@pytest.mark.parametrize("column", ["Prompt", "phenomenon_category", "country"])
def test_files_with_different_scenarios_are_refused(
    folder: Path, complaint: Complaint, column: str
) -> None:
    edit(
        folder / "vanilla_results_USA.csv",
        lambda table: table.assign(**{column: [*table[column][:1], "other", *table[column][2:]]}),
    )
    text = complaint(upstream.load_folder, folder)
    assert "vanilla_results_USA.csv hold different scenarios in row 2" in text


@pytest.mark.parametrize("column", ["p_left", "p_right"])
def test_a_probability_of_zero_gives_no_gap(
    folder: Path, complaint: Complaint, column: str
) -> None:
    edit(folder / "vanilla_results_USA.csv", lambda table: table.assign(**{column: [0.5, 0.0, 1]}))
    text = complaint(upstream.load_folder, folder)
    assert "vanilla_results_USA.csv, row 2: p_left" in text
    assert "give no finite gap" in text


@pytest.mark.parametrize(
    ("file", "column", "value", "wanted"),
    [
        ("swa", "reliability_r", 1.5, "lie in 0 to 1"),
        ("swa", "ess_pass2", -0.1, "lie in 0 to 1"),
        ("swa", "prior_step", 0, "be at least 1"),
        ("swa", "n_left", -1, "be at least 0"),
        ("vanilla", "p_right", 1.5, "lie in 0 to 1"),
        ("vanilla", "p_spare_preferred", 1.5, "lie in 0 to 1"),
    ],
)
def test_a_number_outside_its_range_is_named_as_in_the_raw_file(
    folder: Path, complaint: Complaint, file: str, column: str, value: float, wanted: str
) -> None:
    path = folder / f"{file}_results_USA.csv"
    edit(path, lambda table: table.assign(**{column: [*table[column][:2], value]}))
    text = complaint(upstream.load_folder, folder)
    assert text == f"{path.name}, row 3: {column} is {value}; it must {wanted}."


dyadic = st.integers(-(2**12), 2**12).map(lambda k: k / 64)


@given(st.lists(dyadic, min_size=4, max_size=4).map(sorted))
def test_four_numbers_are_recovered_from_their_moments(gaps: list[float]) -> None:
    numbers = np.array([gaps])
    found = upstream.four_gaps(numbers.mean(-1), numbers.min(-1), numbers.max(-1), numbers.std(-1))
    # Two equal numbers in the middle hang on the root of a rounding error.
    np.testing.assert_allclose(found, numbers, rtol=0, atol=2e-6)
    assert (np.diff(found) >= -1e-6).all()


@given(st.lists(dyadic, min_size=4, max_size=4, unique=True).map(sorted))
def test_numbers_that_differ_are_recovered_to_many_digits(gaps: list[float]) -> None:
    numbers = np.array([gaps])
    found = upstream.four_gaps(numbers.mean(-1), numbers.min(-1), numbers.max(-1), numbers.std(-1))
    np.testing.assert_allclose(found, numbers, rtol=0, atol=1e-9)
