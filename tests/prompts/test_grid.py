"""The grid of dilemmas: its counts, its balance, its draws, and the published grid's own pairs."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from disca_nb import datasets
from disca_nb.errors import DataFileError, ParameterError, UnknownNameError
from disca_nb.prompts import dilemma, load_pack, preview, scenarios
from disca_nb.prompts.frames import Exchange
from disca_nb.variables import ATTRIBUTES

FULL = dict(zip(ATTRIBUTES, (20, 70, 60, 60, 210, 40), strict=True))
SLICE = dict(zip(ATTRIBUTES, (20, 70, 60, 60, 80, 20), strict=True))


@pytest.mark.parametrize(
    ("selection", "counts"),
    [("full", FULL), ("slice", SLICE), ("balanced", dict.fromkeys(ATTRIBUTES, 8))],
)
def test_attributes_come_in_their_numbers_and_are_balanced(
    selection: str, counts: dict[str, int]
) -> None:
    drawn = scenarios(selection)
    assert Counter(drawn.category.values.tolist()) == counts
    right = drawn.preferred_on_right.groupby(drawn.category).sum()
    assert {str(a): 2 * int(right.sel(category=a)) for a in ATTRIBUTES} == counts
    assert drawn.indexes["scenario"].is_unique
    assert drawn.attrs["language"] == "en"


def test_the_slice_and_the_full_grid_have_310_and_460() -> None:
    full, cut = scenarios("full"), scenarios("slice")
    assert (full.sizes["scenario"], cut.sizes["scenario"]) == (460, 310)
    assert set(cut.scenario.values) < set(full.scenario.values)
    assert not any("pregnant" in name for name in cut.scenario.values)


@pytest.mark.parametrize("selection", ["full", "slice", "balanced"])
def test_every_choice_is_there_with_either_side_right(selection: str) -> None:
    drawn = scenarios(selection)
    names = {str(name) for name in drawn.scenario.values}
    flip = {"left": "right", "right": "left"}
    for name in names:
        choice, _, side = name.rpartition("/")
        other = f"{choice}/{flip[side]}"
        assert other in names
        one, two = drawn.sel(scenario=name), drawn.sel(scenario=other)
        assert one.option_a.item() == two.option_b.item()
        assert one.n_left.item() == two.n_right.item()
        assert one.preferred_on_right.item() == (side == "right")


@pytest.mark.parametrize(("exchange", "number"), [("lines", 310), ("labels", 620)])
def test_the_scenarios_of_a_choice_are_mirrors_when_lines_are_exchanged(
    exchange: Exchange, number: int
) -> None:
    drawn, pack = scenarios("slice"), load_pack("en")
    pairs = {
        str(one.scenario.item()): [
            dilemma(
                pack,
                one.option_a.item(),
                one.option_b.item(),
                exchanged=exchanged,
                exchange=exchange,
            )
            for exchanged in (False, True)
        ]
        for one in (drawn.isel(scenario=i) for i in range(drawn.sizes["scenario"]))
    }
    assert len({asked for pair in pairs.values() for asked in pair}) == number
    names = [name for name in pairs if name.endswith("/right")]
    mirrors = [pairs[name[: -len("right")] + "left"][::-1] == pairs[name] for name in names]
    assert mirrors == [exchange == "lines"] * 155


def _parts(data: xr.Dataset) -> Counter[tuple[str, ...]]:
    """Return attribute, the two groups from left to right, and the counted side, as counts."""
    found: Counter[tuple[str, ...]] = Counter()
    for name in data.scenario.values:
        match = re.fullmatch(r"(\w+)/(\d_\w+)-(\d_\w+)/(left|right)", str(name))
        assert match is not None
        attribute, other, counted, side = match.groups()
        groups = (other, counted) if side == "right" else (counted, other)
        found[attribute, *groups, side] += 1
    return found


def _role(name: str) -> str:
    """Return the name here of a role of the published grid."""
    plain = {"Homeless": "homeless_person", "Pregnant": "pregnant_woman"}
    return plain.get(name, re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower())


def test_pairs_numbers_and_sides_are_those_of_the_published_grid(reference_data: Path) -> None:
    table = pd.read_csv(reference_data / "multitp" / "multitp_en_460_regenerated.csv")
    sides = {
        *("Humans", "Female", "Young", "Fit", "High", "More"),  # those that an attribute counts
    }
    published: Counter[tuple[str, ...]] = Counter()
    for row in table.itertuples():
        groups = [f"{row.n1}_{_role(str(row.role1))}", f"{row.n2}_{_role(str(row.role2))}"]
        assert (row.sub1 in sides) != (row.sub2 in sides)
        side = "right" if row.sub2 in sides else "left"
        published[str(row.phenomenon_category).lower(), *groups, side] += 1
    assert _parts(scenarios("full")) == published


def test_draws_hang_on_names_and_seed_alone() -> None:
    drawn = [set(scenarios("slice", seed=seed).scenario.values) for seed in (0, 1)]
    assert drawn[0] == set(scenarios("slice", seed=0).scenario.values)
    assert drawn[0] != drawn[1]
    # A larger draw holds the smaller one, in whatever order the grid is listed.
    small, large = (set(scenarios("balanced", per_attribute=n).scenario.values) for n in (4, 12))
    assert small < large


def test_dilemmas_of_ones_own_stand_where_the_grids_do(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("id,option_a,option_b,attribute,preferred\nwell,ten goats,a child,Species,b\n")
    mine = scenarios(path)
    xr.testing.assert_equal(mine, datasets.scenarios.from_csv(path))
    xr.testing.assert_equal(mine, scenarios(str(path)))
    assert mine.attrs == {"source": "mine.csv", "language": "en"}
    assert "A. Save ten goats\nB. Save a child\n" in preview("JPN", "well", scenarios=mine).ab.user
    loud = path.rename(tmp_path / "MINE.CSV")
    xr.testing.assert_equal(mine, scenarios(str(loud)))
    # A path is a file, whatever its name.
    xr.testing.assert_equal(mine, scenarios(loud.rename(tmp_path / "slice")))
    with pytest.raises(DataFileError, match="There is no file"):
        scenarios("none.csv")


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="selection of scenarios 'slise'; did you mean"):
        scenarios("slise")
    with pytest.raises(UnknownNameError, match="language 'xx'"):
        scenarios(language="xx")
    for wrong in (None, 5, ["slice"]):
        with pytest.raises(UnknownNameError, match="Unknown selection of scenarios"):
            scenarios(wrong)  # type: ignore[arg-type]
    for number in (0, 3, 22, 4.5, "8", None):
        with pytest.raises(ParameterError, match=f"per_attribute is {number!r}; it must be an ev"):
            scenarios("balanced", per_attribute=number)  # type: ignore[arg-type]
