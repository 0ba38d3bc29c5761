"""The figure of scores that are not a comparison of a few variants by one model."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import disca_nb
from disca_nb.errors import InputError
from disca_nb.plots import describe_mis, plot_mis

mpl.use("agg")
COUNTRIES = ["BRA", "JPN", "USA"]


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    """Scores of a single variant, as `alignment` returns them."""
    panel = disca_nb.datasets.demo_panel(COUNTRIES).isel(scenario=slice(None, None, 8))
    return disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))


def drawn(scores: xr.Dataset) -> dict[str, np.ndarray]:
    """Return what is drawn where, by label."""
    ax = plot_mis(scores, ax=Figure().subplots())
    return {str(line.get_label()): np.asarray(line.get_xdata()) for line in ax.get_lines()}


def test_a_single_variant_is_drawn_with_its_floors(scores: xr.Dataset) -> None:
    lines = drawn(scores)
    order = np.argsort(scores.mis.squeeze("model").values)
    np.testing.assert_array_equal(lines["consensus"], scores.mis.squeeze("model")[order])
    np.testing.assert_array_equal(lines["coin flip"], scores.mis_coin_flip[order])
    np.testing.assert_array_equal(lines["noise ceiling"], scores.noise_ceiling[order])


def test_scores_without_variant_or_model_are_drawn(scores: xr.Dataset) -> None:
    bare = scores.squeeze("model", drop=True).drop_vars("variant")
    np.testing.assert_array_equal(drawn(bare)["scores"], drawn(scores)["consensus"])
    assert "scores" in describe_mis(bare)


def test_a_single_country_has_no_others_to_compare_with(scores: xr.Dataset) -> None:
    one = scores.sel(country=["JPN"])
    assert drawn(one)["consensus"].size == 1
    alone = disca_nb.alignment(
        disca_nb.steer(disca_nb.datasets.demo_panel(["JPN"]), variant="consensus")
    )
    assert "other countries' mean" not in drawn(alone)
    text = describe_mis(alone)
    lead = "Misalignment score of 1 country, synthetic-demo (synthetic): means are consensus 0."
    assert text.startswith(lead)
    assert "nan" not in text


def test_more_variants_than_markers_keep_their_colours() -> None:
    panel = disca_nb.datasets.demo_panel(COUNTRIES[:2]).isel(scenario=slice(None, None, 16))
    scores = disca_nb.compare(panel, ["vanilla"])
    many = xr.concat(
        [scores.assign_coords(variant=[f"v{i}"]) for i in range(10)], "variant", data_vars="minimal"
    )
    lines = plot_mis(many, ax=Figure().subplots()).get_lines()[:10]
    assert len({(line.get_marker(), str(line.get_color())) for line in lines}) == 10


def test_nothing_is_shown(scores: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr(plt, "show", lambda *_: shown.append(plt))
    monkeypatch.setattr(Figure, "show", lambda *_: shown.append(Figure))
    plot_mis(scores)
    plt.close("all")
    assert shown == []


def test_a_title_may_be_given(scores: xr.Dataset) -> None:
    assert plot_mis(scores, ax=Figure().subplots(), title="mine").get_title(loc="left") == "mine"


@pytest.mark.parametrize("name", ["mis", "mis_coin_flip", "noise_ceiling"])
def test_scores_without_their_floors_are_refused(scores: xr.Dataset, name: str) -> None:
    with pytest.raises(InputError, match=f"lacks '{name}'"):
        plot_mis(scores.drop_vars(name))
