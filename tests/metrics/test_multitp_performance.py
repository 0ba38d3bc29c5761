"""MultiTP's summary of a response file, to the printed decimals, and its policies side by side."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from disca_nb.datasets import multitp
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics import (
    choice_preferences,
    multitp_alignment,
    multitp_performance,
    multitp_policies,
)

Make = Callable[..., xr.Dataset]
NAN = math.nan


def responses(*rows: tuple[str, str, str, bool, float]) -> xr.Dataset:
    """Return choices from (attribute, option A, option B, counted on the right, chosen)."""
    category, first, second, right, chosen = zip(*rows, strict=True)
    return xr.Dataset(
        {"chosen": ("scenario", np.array(chosen))},
        {
            "scenario": [str(i) for i in range(len(rows))],
            "category": ("scenario", list(category)),
            "preferred_on_right": ("scenario", list(right)),
            "option_a": ("scenario", list(first)),
            "option_b": ("scenario", list(second)),
        },
    )


# Young wins three of five; pairs have four choices, one and none.
MIXED = responses(
    ("Age", "girl", "woman", False, 0.0),
    ("Age", "woman", "girl", True, 1.0),
    ("Age", "girl", "woman", False, 0.0),
    ("Age", "woman", "girl", True, 0.0),
    ("Age", "boy", "man", False, 1.0),
    ("Age", "man", "boy", True, NAN),
    ("Gender", "woman", "man", False, NAN),
    ("Species", "dog", "person", True, 0.0),
)


def test_each_criterion_by_hand() -> None:
    # Four flips have (2 * 4 + 8 * 3 + 6 * 2) / 16 = 2.75 alike.
    steady, chance = (0.75 + 1.0 + 1.0) / 3.0, (2.75 / 4.0 + 1.0 + 1.0) / 3.0
    expected = pd.DataFrame(
        [
            ("Age_Young", 60.0, 5, 50.0),
            ("choosing_the_first", 100.0 * 4 / 6, 6, 50.0),
            ("consistency_by_swapping", 100.0 * steady, 3, 100.0 * chance),
        ],
        columns=["criterion", "percentage", "n", "coin_flip"],
    )
    pd.testing.assert_frame_equal(multitp_performance(MIXED), expected)


def test_a_counted_side_that_was_never_chosen_can_be_shown() -> None:
    shown = multitp_performance(MIXED, never_chosen="zero")
    assert shown.criterion.tolist()[:2] == ["Age_Young", "Species_Humans"]
    assert shown.percentage[1] == 0.0
    hidden = multitp_performance(MIXED)
    rest = shown[shown.criterion != "Species_Humans"].reset_index(drop=True)
    pd.testing.assert_frame_equal(hidden, rest)


def test_always_the_first_is_a_hundred() -> None:
    table = multitp_performance(MIXED.where(MIXED.chosen == 0.0))
    assert table.set_index("criterion").percentage["choosing_the_first"] == 100.0


def test_without_any_choice_nothing_is_known() -> None:
    table = multitp_performance(MIXED.where(MIXED.chosen > 1.0))
    assert table.criterion.tolist() == ["choosing_the_first", "consistency_by_swapping"]
    assert table.percentage.isna().all()
    assert table.n.tolist() == [0, 0]


def test_the_order_of_the_responses_does_not_matter() -> None:
    backwards = MIXED.isel(scenario=slice(None, None, -1))
    pd.testing.assert_frame_equal(multitp_performance(MIXED), multitp_performance(backwards))


@pytest.mark.parametrize(
    ("choices", "options", "error", "reason"),
    [
        (MIXED.drop_vars("option_a"), {}, InputError, "lacks 'option_a'"),
        (MIXED.expand_dims(language=["en"]), {}, InputError, "has the dimensions language, scen"),
        (MIXED.assign(chosen=MIXED.chosen / 2), {}, InputError, "holds 0.5; it must hold 0, 1 or"),
        (
            MIXED.assign_coords(category=("scenario", ["Agee"] * 8)),
            {},
            UnknownNameError,
            "Unknown attribute 'Agee'; did you mean 'Age'",
        ),
        (MIXED, {"never_chosen": "zeros"}, UnknownNameError, "did you mean 'zero'"),
    ],
)
def test_what_cannot_be_summarised_is_refused(
    choices: xr.Dataset, options: dict[str, Any], error: type[InputError], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        multitp_performance(choices, **options)


def test_the_published_table_is_reproduced(reference_data: Path) -> None:
    folder = reference_data / "multitp"
    choices = multitp.load_choices(folder / "vignette_gpt3.01_default_en.csv")
    published = pd.read_csv(folder / "performance.csv", index_col=0)
    table = multitp_performance(choices)
    pd.testing.assert_frame_equal(table[["criterion", "percentage"]].round(2), published)
    # Few choices are behind the figures, and pairs with one choice lift a coin flip too.
    assert table.n.tolist() == [4, 4, 3, 13, 7]
    assert table.coin_flip.round(2).tolist() == [50.0, 50.0, 50.0, 50.0, 78.57]


@pytest.fixture
def asked() -> xr.DataArray:
    """Two languages; French was never answered on Gender."""
    return xr.DataArray(
        [[0.8, 0.6], [0.4, NAN]],
        {"language": ["nl", "fr"], "attribute": ["Age", "Gender"]},
        ("language", "attribute"),
    )


@pytest.fixture
def shares() -> xr.Dataset:
    """BEL speaks both, FRA French alone, and neither is asked in all its languages."""
    return xr.Dataset(
        {
            "share": (("country", "language"), [[0.5, 0.3, 0.1], [NAN, 0.9, NAN]]),
            "population": ("country", [10.0, 60.0]),
            "n_languages": ("country", [3, 1]),
        },
        {"country": ["BEL", "FRA"], "language": ["nl", "fr", "de"]},
    )


def test_the_table_of_policies_holds_every_score(
    asked: xr.DataArray, shares: xr.Dataset, target: Make
) -> None:
    human = target([[0.7, 0.5], [0.6, 0.5]], ["BEL", "FRA"], ("Age", "Gender"))
    scores = multitp_policies(asked, human, shares)
    assert dict(scores.sizes) == {"country": 2, "unanswered": 2, "renormalize": 2, "distance": 2}
    for unanswered in ("zero", "omit"):
        for renormalize in ("no", "yes"):
            for distance in ("of-average", "average-of"):
                policy: dict[str, Any] = {"unanswered": unanswered, "distance": distance}
                alone = multitp_alignment(
                    asked, human, shares, renormalize=renormalize == "yes", **policy
                )
                here = scores.sel({**policy, "renormalize": renormalize})
                for name in ("mis", "mis_weighted", "n_attributes", "weight"):
                    np.testing.assert_array_equal(here[name], alone[name])


def test_the_published_policies_come_first(asked: xr.DataArray, shares: xr.Dataset) -> None:
    scores = multitp_policies(asked, shares=shares)
    first = scores.isel(unanswered=0, renormalize=0, distance=0)
    published = multitp_alignment(asked, shares=shares)
    np.testing.assert_array_equal(first.mis, published.mis)
    assert scores.weight.dims == ("country",)


def test_each_policy_changes_a_score_by_hand(
    asked: xr.DataArray, shares: xr.Dataset, target: Make
) -> None:
    human = target([[0.7, 0.5], [0.6, 0.5]], ["BEL", "FRA"], ("Age", "Gender"))
    table = multitp_policies(asked, human, shares).mis.sel(country="BEL").to_series()
    assert table["zero", "no", "of-average"] == pytest.approx(math.hypot(0.52 - 0.7, 0.3 - 0.5))
    assert table["omit", "no", "of-average"] == pytest.approx(math.hypot(0.52 - 0.7, 0.48 - 0.5))
    assert table["zero", "yes", "of-average"] == pytest.approx(math.hypot(0.65 - 0.7, 0.375 - 0.5))
    assert table["zero", "no", "average-of"] == pytest.approx(
        0.5 * math.hypot(0.1, 0.1) + 0.3 * math.hypot(0.3, 0.5)
    )
    assert table.nunique() == 8


def test_one_model_in_one_language_goes_from_file_to_policies(reference_data: Path) -> None:
    path = reference_data / "multitp" / "vignette_gpt3.01_default_en.csv"
    choices = multitp.load_choices(path)
    share = choice_preferences(choices.chosen, choices.preferred_on_right, choices.category)
    scores = multitp_policies(share.expand_dims(language=["en"]))
    # Never answered: as 0 it is far from any human, and left out it is not compared.
    zero, omit = (scores.sel(unanswered=name) for name in ("zero", "omit"))
    assert (zero.mis > omit.mis).all()
    assert set(zero.n_attributes.values.flat) == {6}
    assert set(omit.n_attributes.values.flat) == {4}
