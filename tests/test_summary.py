"""The card of a dataset: readable as text, harmless as HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
import xarray as xr

from disca_nb import alignment, compare, steer, summary
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError
from disca_nb.models.embedded import NOTICE

EVIL = '<script>alert("x")</script>\'&amp;<b>'


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return demo_panel(["JPN", "USA"]).isel(scenario=slice(None, None, 16))


@pytest.fixture(scope="module")
def evil(panel: xr.Dataset) -> xr.Dataset:
    """The panel with a hostile text wherever a text may stand."""
    renamed = panel.rename({"positional_bias": f"my {EVIL}"})
    return renamed.assign_coords(
        model=[f"model {EVIL}"],
        country=["JPN", f"country {EVIL}"],
        scenario=[f"scenario {i} {EVIL}" for i in range(panel.sizes["scenario"])],
        persona=[f"persona {i} {EVIL}" for i in range(4)],
        category=("scenario", [f"category {EVIL}"] * panel.sizes["scenario"]),
    ).assign_attrs(source=f"source {EVIL}", targets=EVIL, steering=EVIL, notice=f"notice {EVIL}")


class Tags(HTMLParser):
    """Collects the tags of a page and what stands between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, _: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def told(dataset: xr.Dataset) -> list[str]:
    """Return the lines of the card, whatever their columns' widths."""
    return [" ".join(line.split()) for line in repr(summary(dataset)).splitlines()]


def read(page: str) -> Tags:
    parser = Tags()
    parser.feed(page)
    parser.close()
    return parser


def test_the_card_escapes_everything_that_comes_from_data(evil: xr.Dataset) -> None:
    card = read(summary(evil)._repr_html_())
    assert set(card.tags) == {"table", "caption", "tr", "th", "td", "code"}
    for what in ("model", "country", "scenario 0", "persona 0", "my", "source", "notice"):
        assert f"{what} {EVIL}" in card.text


def test_the_accessor_escapes_as_well(evil: xr.Dataset) -> None:
    assert evil.disca._repr_html_() == summary(evil)._repr_html_()


def test_xarrays_own_page_escapes_too(evil: xr.Dataset) -> None:
    harmless = set(
        read(
            evil.rename({f"my {EVIL}": "my"})
            .assign_coords(
                model=["m"],
                country=["a", "b"],
                category=("scenario", ["c"] * 6),
                persona=list("abcd"),
                scenario=list("abcdef"),
            )
            .assign_attrs(source="s", targets="t", steering="u", notice="n")
            ._repr_html_()
        ).tags
    )
    page = evil._repr_html_()
    assert set(read(page).tags) == harmless
    assert "<script>" not in page


def test_the_escaped_card_reads_as_the_text_does(evil: xr.Dataset) -> None:
    assert EVIL in repr(summary(evil))


def test_the_first_line_says_how_it_was_steered(panel: xr.Dataset) -> None:
    assert repr(summary(panel)).splitlines()[0] == "gaps, not steered"
    steered = steer(panel, variant="paper", sigma=0.3)
    first = repr(summary(steered)).splitlines()[0]
    assert first == steered.attrs["steering"]
    assert first.startswith("DISCA paper, σ 0.3, ρ 0.1, category temperature none, monte-carlo")


def test_several_variants_share_the_first_line(panel: xr.Dataset) -> None:
    first = repr(summary(compare(panel, ["vanilla", "consensus"]))).splitlines()[0]
    assert first == "vanilla, category temperature none | consensus, category temperature none"


def test_dimensions_variables_units_and_sources_are_told(panel: xr.Dataset) -> None:
    lines = told(panel)
    for line in (
        "country 2: JPN, USA",
        "persona 4: young, middle, older, all",
        "language en",
        "source synthetic: elicited from synthetic-demo",
        "base_gap debiased gap of the base prompt, (AB - BA) / 2 [logit]",
    ):
        assert line in lines


def test_a_notice_is_told_where_there_is_one(panel: xr.Dataset) -> None:
    steered = steer(panel, variant="consensus")
    for dataset in (panel, steered, alignment(steered)):
        assert f"notice {NOTICE}" in told(dataset)
    assert "notice" not in repr(summary(panel.drop_attrs(deep=False)))


def test_selected_labels_and_grids_are_told(panel: xr.Dataset) -> None:
    grid = xr.DataArray([0.25, 0.5], dims="eta_grid", coords={"eta_grid": [0.25, 0.5]})
    lines = told(steer(panel.sel(country="JPN"), eta=grid))
    assert "country JPN" in lines
    assert "eta_grid 2: 0.25, 0.5" in lines


def test_variables_of_the_users_own_have_no_meaning_to_tell(panel: xr.Dataset) -> None:
    own = panel.assign(mine=panel.base_gap.drop_attrs())
    assert "  mine" in repr(summary(own))


def test_an_empty_dataset_has_a_card() -> None:
    assert repr(summary(xr.Dataset())) == "gaps, not steered\n"


def test_a_dataset_that_does_not_validate_has_none() -> None:
    with pytest.raises(InputError, match="has no labels"):
        summary(xr.Dataset({"mis": ("country", [1.0])}))


@pytest.mark.parametrize(
    ("name", "attrs", "title"),
    [
        ("survey_share", {}, "survey answers of countries"),
        ("answer_prob", {}, "answers of models to survey questions"),
        ("similarity", {"mode": "common"}, "opinion similarity, mode common"),
        ("similarity", {}, "opinion similarity"),
        ("shift", {}, "shift of survey answers under prompting"),
    ],
)
def test_opinions_are_called_what_they_are(name: str, attrs: dict[str, str], title: str) -> None:
    dataset = xr.Dataset({name: ("option", [0.5])}, {"option": ["1"]}, attrs)
    assert summary(dataset).title == title
