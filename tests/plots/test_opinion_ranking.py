"""The ranking of countries by the similarity of their answers and a model's."""

from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from drawn import HOSTILE, legend, lines, picture, ticks, xs
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from opinion_results import COUNTRIES, representation_of
from pictures import inside

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.plots import describe, describe_representation, plot_representation

mpl.use("agg")

MANY = [f"Country {i:03d} (Non-national sample)" for i in range(138)]


@pytest.fixture(scope="module")
def result() -> xr.Dataset:
    return representation_of()


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9.0, 5.0), layout="constrained").subplots()


def one(result: xr.Dataset, prompting: str = "default") -> xr.Dataset:
    return result.sel(model="alpha-7b", prompting=prompting)


def hand() -> xr.Dataset:
    """Return two countries with round numbers."""
    values = {"similarity": [0.6, 0.75], "similarity_low": [0.5, 0.7], "similarity_high": [0.65, 1]}
    values |= {"similarity_uniform": [0.7, 0.5], "similarity_others": [0.9, 0.8]}
    values |= {"rank": [2.0, 1.0], "rank_low": [1.0, 1.0], "rank_high": [2.0, 2.0]}
    data = {name: ("country", np.array(each, float)) for name, each in values.items()}
    numbers = {"n_questions": ("country", [1, 1200])}
    coords = {"country": ["JPN", "USA"], "model": "m", "prompting": "as KOR"}
    single = {name: ((), value) for name, value in {"spearman_uniform": -1.0}.items()}
    return xr.Dataset({**data, **numbers, **single}, coords, {"level": 0.9, "base": 2.0})


def test_rows_are_countries_from_the_most_similar(result: xr.Dataset, ax: Axes) -> None:
    assert plot_representation(result, model="alpha-7b", ax=ax) is ax
    known = one(result).sortby("similarity", ascending=False)
    assert ticks(ax.get_yticklabels()) == known.country.values.tolist()
    np.testing.assert_array_equal(xs(ax, "model [95 % interval]"), known.similarity)
    np.testing.assert_array_equal(xs(ax, "uniform responder"), known.similarity_uniform)
    np.testing.assert_array_equal(xs(ax, "other countries' mean"), known.similarity_others)
    (whiskers,) = ax.collections
    ends = [segment[:, 0] for segment in whiskers.get_segments()]  # type: ignore[attr-defined]
    np.testing.assert_allclose(ends, np.stack([known.similarity_low, known.similarity_high], 1))
    assert ax.yaxis_inverted()


def test_floors_are_lighter_than_the_model(result: xr.Dataset, ax: Axes) -> None:
    plot_representation(result, model="alpha-7b", ax=ax)
    drawn = lines(ax)
    assert drawn["model [95 % interval]"].get_alpha() is None
    for floor in ("uniform responder", "other countries' mean"):
        assert drawn[floor].get_alpha() < 1.0
        assert drawn[floor].get_zorder() < drawn["model [95 % interval]"].get_zorder()
    assert len(legend(ax)) == 3


def test_ranks_and_numbers_of_questions_stand_at_the_right(ax: Axes) -> None:
    plot_representation(hand(), ax=ax)
    assert [text.get_text() for text in ax.texts] == [
        *("1–2", "1–2", "rank"),
        *("1200", "1", "questions"),
    ]


def test_shared_ranks_are_not_rounded(ax: Axes) -> None:
    tied = hand().assign(rank_low=("country", [1.5, 1.0]), rank_high=("country", [2.5, 2.0]))
    plot_representation(tied, ax=ax)
    assert "1.5–2.5" in [text.get_text() for text in ax.texts]
    assert "rank 1.5–2.5" in describe(ax)


def test_a_floor_on_other_questions_is_not_drawn(ax: Axes) -> None:
    fewer = hand().assign(n_questions_others=("country", [1, 1100]))
    plot_representation(fewer, ax=ax)
    np.testing.assert_array_equal(xs(ax, "other countries' mean"), [np.nan, 0.9])
    assert "other countries' mean 0.900 (model below it in 1)" in describe(ax)


def test_the_title_names_model_prompting_mode_and_spearman(result: xr.Dataset, ax: Axes) -> None:
    plot_representation(result, model="beta-0.5b", prompting="as JPN", ax=ax)
    assert ax.get_title(loc="left").splitlines() == [
        "beta-0.5b, asked as JPN",
        "mode all: every question that the country answered",
        "Spearman with the uniform responder 0.92 [0.87, 0.95]",
    ]
    assert "Jensen–Shannon distance, base 2" in ax.get_xlabel()


@pytest.mark.parametrize(
    ("attrs", "told"),
    [
        ({"mode": "common", "n_common": 12}, "the 12 questions that every country answered"),
        ({"mode": "paired", "reference": "KOR"}, "questions shared with KOR"),
        ({"mode": "fixed_effects"}, "additive fit of countries and questions"),
    ],
)
def test_other_modes_are_named_and_have_no_spearman(
    result: xr.Dataset, attrs: dict[str, object], told: str
) -> None:
    given = result.assign_attrs(attrs)
    ax = plot_representation(given, model="alpha-7b", ax=Figure().subplots())
    assert ax.get_title(loc="left").replace("\n", " ").endswith(f"mode {attrs['mode']}: {told}")
    assert "Spearman" not in describe(ax)
    assert told in describe(ax)


def test_in_mode_paired_the_order_is_that_of_the_difference(ax: Axes) -> None:
    data = (
        hand()
        .assign_attrs(mode="paired", reference="KOR")
        .assign(
            rank=("country", [1.0, 2.0]),
            similarity_reference=("country", [0.5, 0.7]),
            similarity_difference=("country", [0.1, 0.05]),
            similarity_difference_low=("country", [0.05, -0.1]),
            similarity_difference_high=("country", [0.15, 0.1]),
        )
    )
    plot_representation(data, ax=ax)
    assert ticks(ax.get_yticklabels()) == ["JPN", "USA"]
    assert ax.get_ylabel() == "country, by difference from KOR"
    assert xs(ax, "KOR on the same questions").tolist() == [0.5, 0.7]
    texts = [text.get_text() for text in ax.texts]
    assert texts[:3] == ["+0.100 [+0.050, +0.150]", "+0.050 [−0.100, +0.100]", "less KOR"]
    assert "1 JPN 0.600 [0.500, 0.650], +0.100 [+0.050, +0.150] from KOR, rank 1–2" in describe(ax)


def test_the_text_has_the_figures(ax: Axes) -> None:
    plot_representation(hand(), ax=ax)
    assert describe(ax) == describe_representation(hand())
    assert describe(ax) == (
        "Similarity of m, asked as KOR, to 2 countries, mode all: every question that the country "
        "answered. By rank: 1 USA 0.750 [0.700, 1.000], rank 1–2, 1,200 questions; 2 JPN 0.600 "
        "[0.500, 0.650], rank 1–2, 1 question. Mean over countries 0.675; floors: uniform "
        "responder 0.600 (model below it in 1), other countries' mean 0.850 (model below it in 2). "
        "Spearman with the uniform responder −1.00."
    )
    assert "model [90 % interval]" in legend(ax)


def test_default_is_taken_of_several_promptings(result: xr.Dataset, ax: Axes) -> None:
    plot_representation(result, model="alpha-7b", ax=ax)
    assert ax.get_title(loc="left").startswith("alpha-7b, default prompting\n")
    with pytest.raises(InputError, match=r"several promptings \(as JPN, in ko\); name one with"):
        plot_representation(result.isel(prompting=[1, 2]), model="alpha-7b")


def test_countries_beyond_the_top_are_counted(ax: Axes) -> None:
    many = representation_of(MANY)
    plot_representation(many, model="alpha-7b", top=25, ax=ax)
    assert len(ax.get_yticklabels()) == 25
    assert ax.get_ylabel() == "the 25 first of 138 countries, by similarity"
    assert "Drawn are the first 25; 113 are left out." in describe(ax)
    best = one(many).similarity.sortby(one(many).similarity, ascending=False)
    np.testing.assert_array_equal(xs(ax, "model [95 % interval]"), best[:25])
    # Not asked for, no more than can be read is drawn.
    small = plot_representation(
        many, model="alpha-7b", ax=Figure((6.0, 4.0), layout="constrained").subplots()
    )
    assert 5 < len(small.get_yticklabels()) < 40
    sizes = {float(label.get_fontsize()) for label in small.get_yticklabels()}
    assert min(sizes) >= 6.0


@pytest.mark.parametrize(("countries", "top"), [(COUNTRIES, None), (MANY, None), (MANY, 138)])
@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_a_figure_of_its_own_holds_all_and_labels_do_not_overlap(
    countries: list[str], top: int | None, style: str
) -> None:
    with plt.style.context(style):
        ax = plot_representation(representation_of(countries), model="alpha-7b", top=top)
    assert inside(ax)
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert all(a.y0 >= b.y1 for a, b in pairwise(boxes))
    assert ax.bbox.width > 0.35 * ax.get_figure(root=True).bbox.width  # type: ignore[union-attr]
    rgb = (1.0, 1.0, 1.0) if style == "dark_background" else (0.0, 0.0, 0.0)
    assert mpl.colors.to_rgb(lines(ax)["uniform responder"].get_color()) == rgb
    plt.close("all")


def test_countries_without_a_score_are_named(result: xr.Dataset, ax: Axes) -> None:
    holed = result.assign(similarity=result.similarity.where(result.country != "JPN"))
    plot_representation(holed, model="alpha-7b", ax=ax)
    assert "JPN" not in ticks(ax.get_yticklabels())
    assert describe(ax).endswith("No score: JPN.")


def test_floors_that_are_not_there_are_not_drawn(result: xr.Dataset, ax: Axes) -> None:
    bare = result.drop_vars(["similarity_others", "rank_low", "spearman_uniform", "n_questions"])
    plot_representation(bare, model="alpha-7b", ax=ax)
    assert legend(ax) == ["model [95 % interval]", "uniform responder"]
    assert not ax.texts
    assert "nan" not in describe(ax)


def test_labels_are_text_whatever_they_hold(result: xr.Dataset) -> None:
    names = [HOSTILE, *COUNTRIES[1:]]
    strange = result.assign_coords(country=names, model=[HOSTILE, "b"]).assign_attrs(mode=HOSTILE)
    ax = plot_representation(strange, model=HOSTILE, ax=Figure().subplots())
    assert picture(ax)
    assert HOSTILE in ax.get_title(loc="left")


def test_what_is_synthetic_is_called_so(result: xr.Dataset) -> None:
    model = describe_representation(
        result.sel(model=["alpha-7b"]).assign_attrs(source="synthetic: x")
    )
    assert "Similarity of alpha-7b (synthetic), default" in model
    survey = describe_representation(result.assign_attrs(synthetic=np.int64(1)), model="alpha-7b")
    assert "Similarity of alpha-7b, synthetic data, default" in survey


def test_what_cannot_be_drawn_is_refused(result: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"several models \(alpha-7b, beta-0.5b\); name one with"):
        plot_representation(result)
    with pytest.raises(UnknownNameError, match="Unknown model 'alpha'; did you mean 'alpha-7b'"):
        plot_representation(result, model="alpha")
    with pytest.raises(UnknownNameError, match="Unknown prompting 'as JPM'; did you mean 'as JPN'"):
        plot_representation(result, model="alpha-7b", prompting="as JPM")
    with pytest.raises(UnknownNameError, match=r"Unknown model 'x'; known: m\."):
        plot_representation(hand(), model="x")
    with pytest.raises(InputError, match="lacks 'similarity'"):
        plot_representation(result.drop_vars("similarity"))
    with pytest.raises(InputError, match=r"Expected an xarray.Dataset, got int"):
        plot_representation(5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="alpha-7b, default prompting has no score for any of 7 c"):
        plot_representation(result.assign(similarity=result.similarity * np.nan), model="alpha-7b")
    with pytest.raises(InputError, match="The selection holds no model; select at least one"):
        plot_representation(result.isel(model=[]))
    by_group = result.expand_dims(group=["young", "old"])
    with pytest.raises(InputError, match=r"similarity is by group too; select one with \.sel\(gro"):
        plot_representation(by_group, model="alpha-7b")
    for top in (0, 2.5, True):
        with pytest.raises(ParameterError, match=f"top is {top}; it must be a whole number"):
            plot_representation(result, model="alpha-7b", top=top)  # type: ignore[arg-type]
