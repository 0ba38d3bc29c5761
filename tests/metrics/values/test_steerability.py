from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr
from scipy import stats

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics.values.steerability import steerability
from disca_nb.variables import VARIABLES, validate

VALUES = ("achievement", "hedonism", "power", "security", "tradition")


def steered(
    agree: npt.ArrayLike,
    conditions: Sequence[str],
    values: Sequence[str],
    models: Sequence[str] = ("m",),
) -> xr.Dataset:
    """Return answers to portraits, (models, conditions, portraits)."""
    return xr.Dataset(
        {"agree_prob": (("model", "condition", "portrait"), np.asarray(agree, dtype=float))},
        {
            "model": list(models),
            "condition": list(conditions),
            "portrait": [f"p{i:02d}" for i in range(len(values))],
            "portrait_value": ("portrait", list(values)),
        },
    )


def noise(seed: int, *, per_value: int = 2, models: int = 1) -> xr.Dataset:
    values = [value for value in VALUES for _ in range(per_value)]
    agree = np.random.default_rng(seed).random((models, 1 + len(VALUES), len(values)))
    names = [f"m{i}" for i in range(models)]
    return steered(agree, ["none", *VALUES], values, names)


def test_shift_selectivity_and_ranks_by_hand() -> None:
    data = steered(
        [
            [
                [0.5, 0.2, 0.4],  # none
                [0.9, 0.2, 0.4],  # hedonism
                [0.6, 0.8, 0.3],  # power
                [0.4, 0.1, 0.3],  # security
            ]
        ],
        ["none", "hedonism", "power", "security"],
        ["hedonism", "power", "security"],
    )
    found = steerability(data, n_boot=20, n_permutations=20).squeeze("model")
    assert found.condition.values.tolist() == ["hedonism", "power", "security", "all"]
    # Shifts: hedonism .4 0 0, power .1 .6 -.1, security -.1 -.1 -.1.
    np.testing.assert_allclose(found.value_shift, [0.4, 0.6, -0.1, 0.9 / 3])
    selectivity = [0.4 - 0.0, 0.6 + 0.05, -0.1 + 0.05]
    np.testing.assert_allclose(found.selectivity, [*selectivity, sum(selectivity) / 3])
    # On the third portrait power and security share the ranks 2 and 3.
    np.testing.assert_allclose(found.value_rank, [1.0, 1.0, 2.5, 1.5])
    assert found.chance_rank.item() == 2.0
    # Drops of the likeliest answer. First (agree): 0 -.4 -.1 .1, hedonism is the smallest.
    # Second (disagree): 0 0 .6 -.1, power is the largest. Third (disagree): 0 0 -.1 -.1,
    # security shares the places 0 and 1.
    np.testing.assert_allclose(found.compat_rank, [0.0, 3.0, 0.5, 3.5 / 3])
    assert found.attrs["chance_compat_rank"] == 1.5


def test_the_twelve_conditions_of_the_published_study_have_chance_5_5() -> None:
    names = [f"v{i:02d}" for i in range(11)]
    agree = np.random.default_rng(1).random((1, 12, 22))
    found = steerability(steered(agree, ["none", *names], names * 2), n_boot=20)
    assert found.attrs["chance_compat_rank"] == 5.5
    assert found.chance_rank.item() == 6.0
    # Over all the places that a portrait's own condition could have, the mean is chance.
    assert abs(found.compat_rank.sel(condition="all").item() - 5.5) < 2.5


def test_another_implementation_agrees() -> None:
    data = noise(2, per_value=3, models=2)
    found = steerability(data, n_boot=20, n_permutations=20)
    for model, value in product(data.model.values, VALUES):
        rows = []
        for portrait in data.portrait.values[data.portrait_value.values == value]:
            agree = data.agree_prob.sel(model=model, portrait=portrait).to_series()
            shift = agree.drop("none") - agree["none"]
            own = shift[value]
            sign = 1.0 if agree["none"] >= 0.5 else -1.0
            drop = (sign * (agree["none"] - agree)).rank()[value] - 1.0
            rank = shift.rank(ascending=False)[value]
            rows.append((own, own - shift.drop(value).mean(), rank, drop))
        one = found.sel(model=model, condition=value)
        names = ("value_shift", "selectivity", "value_rank", "compat_rank")
        np.testing.assert_allclose([one[name] for name in names], np.mean(rows, axis=0))
        assert one.n_portraits.item() == 3


def test_two_portraits_have_no_interval_and_all_of_them_have() -> None:
    found = steerability(noise(3), n_boot=200, n_permutations=50).squeeze("model")
    each, pooled = found.sel(condition=list(VALUES)), found.sel(condition="all")
    assert np.isnan(each.value_shift_low).all()
    assert np.isnan(each.selectivity_high).all()
    assert pooled.value_shift_low < pooled.value_shift < pooled.value_shift_high
    many = steerability(noise(3, per_value=6), n_boot=200, n_permutations=50)
    assert np.isfinite(many.selectivity_low).all()


def test_the_pooled_interval_is_as_wide_as_students() -> None:
    data = noise(4, per_value=4)
    found = steerability(data, n_boot=4000, n_permutations=10).sel(condition="all")
    own = data.agree_prob.sel(
        model="m0", condition=data.portrait_value, portrait=data.portrait
    ) - data.agree_prob.sel(model="m0", condition="none")
    half = stats.t.isf(0.025, 19) * own.std(ddof=1).item() / np.sqrt(20)
    width = (found.value_shift_high - found.value_shift_low).item()
    assert width == pytest.approx(2 * half, rel=0.06)


def test_the_p_value_is_that_of_all_deals() -> None:
    data = noise(5)
    found = steerability(data, n_boot=10, n_permutations=20_000, permute="portrait")
    found = found.squeeze("model")
    # Without ties a label that is dealt by chance has each of the five ranks alike.
    for value in VALUES:
        observed = found.value_rank.sel(condition=value).item()
        share = np.mean([a + b <= 2 * observed for a, b in product(range(1, 6), repeat=2)])
        p = found.rank_p_value.sel(condition=value).item()
        assert p == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize("permute", ["value", "portrait"])
def test_p_values_of_models_that_follow_nothing_are_even(
    permute: Literal["value", "portrait"],
) -> None:
    data = noise(12, models=300)
    found = steerability(data, n_boot=2, n_permutations=499, permute=permute)
    p = found.rank_p_value.sel(condition="all").values
    assert np.mean(p <= 0.1) == pytest.approx(0.1, abs=0.05)
    assert p.mean() == pytest.approx(0.5, abs=0.06)


def test_portraits_of_a_value_that_move_alike_are_no_evidence_of_steering() -> None:
    # Conditions move both portraits of a value by the same, whichever condition it is.
    data = noise(13, models=600)
    first = data.agree_prob.values[..., ::2]
    data["agree_prob"] = data.agree_prob.copy(data=np.repeat(first, 2, axis=-1))
    for permute, low, high in (("value", 0.02, 0.08), ("portrait", 0.09, 0.2)):
        found = steerability(data, n_boot=2, n_permutations=299, permute=permute)  # type: ignore[arg-type]
        assert low < (found.rank_p_value.sel(condition="all") <= 0.05).mean().item() < high


def test_a_condition_that_raises_everything_is_no_evidence_for_all() -> None:
    data = noise(14, models=400)
    lifts = np.random.default_rng(15).normal(0.0, 0.2, (400, 6, 1))
    data["agree_prob"] = 1.0 / (1.0 + np.exp(-data.agree_prob - lifts))
    p = steerability(data, n_boot=2, n_permutations=299).rank_p_value.sel(condition="all")
    assert (p <= 0.05).mean().item() == pytest.approx(0.05, abs=0.035)


def test_a_model_that_follows_is_found_and_never_with_p_0() -> None:
    data = noise(6)
    own = data.condition == data.portrait_value
    data["agree_prob"] = data.agree_prob.where(~own, 1.0)
    found = steerability(data, n_boot=100, n_permutations=999).squeeze("model")
    assert (found.value_rank == 1.0).all()
    # One in 120 orders of the five labels is the right one.
    assert found.rank_p_value.sel(condition="all").item() == pytest.approx(1 / 120, abs=0.009)
    assert found.rank_p_value.min() >= 1 / 1000
    assert found.selectivity_low.sel(condition="all").item() > 0.0
    # Two portraits dealt alike are one witness: a fifth of the deals are right by chance.
    p = found.rank_p_value.sel(condition="power").item()
    assert p == pytest.approx(1 / 5, abs=0.05)
    apart = steerability(data, n_boot=10, n_permutations=999, permute="portrait")
    assert apart.rank_p_value.sel(condition="all").item() == 1 / 1000


def test_no_difference_at_all_is_chance() -> None:
    data = noise(7)
    data["agree_prob"] = xr.full_like(data.agree_prob, 0.4)
    found = steerability(data, n_boot=20, n_permutations=50).squeeze("model")
    assert (found.value_rank == found.chance_rank).all()
    assert (found.compat_rank == found.attrs["chance_compat_rank"]).all()
    assert (found.rank_p_value == 1.0).all()


def test_labels_order_and_selection_of_models_change_nothing() -> None:
    data = noise(8, models=3)
    one = steerability(data, n_boot=30, n_permutations=30)
    back = {"condition": slice(None, None, -1), "portrait": slice(None, None, -1)}
    xr.testing.assert_identical(steerability(data.isel(back), n_boot=30, n_permutations=30), one)
    few = steerability(data.sel(model=["m1"]), n_boot=30, n_permutations=30)
    xr.testing.assert_identical(few, one.sel(model=["m1"]))


def test_portraits_without_an_answer_are_left_out_for_that_model() -> None:
    data = noise(9, models=2)
    data["agree_prob"][0, 3, 0] = np.nan
    found = steerability(data, n_boot=30, n_permutations=30)
    counts = found.n_portraits.sel(condition=["achievement", "all"])
    assert counts.values.tolist() == [[1, 9], [2, 10]]
    whole = steerability(data.isel(portrait=slice(1, None)), n_boot=30, n_permutations=30)
    for name in ("value_shift", "selectivity", "value_rank", "compat_rank"):
        np.testing.assert_allclose(found[name][0], whole[name][0])
    none = steerability(data.where(data.portrait_value != "power"), n_boot=30, n_permutations=30)
    gone = none.sel(condition="power")
    assert np.isnan(gone.rank_p_value).all()
    assert (gone.n_portraits == 0).all()


def test_the_result_is_registered_and_says_what_it_left_out() -> None:
    data = noise(10).assign_attrs(synthetic=1, notice="Synthetic.", other="gone")
    found = validate(steerability(data.drop_sel(condition="power"), n_boot=5, n_permutations=5))
    assert {str(name) for name in found} <= VARIABLES.keys()
    assert json.loads(found.attrs["left_out"]) == ["p04", "p05"]
    assert "power" not in found.condition.values
    assert (found.attrs["synthetic"], found.attrs["notice"]) == (1, "Synthetic.")
    assert "other" not in found.attrs
    # A condition without portraits is a rival of the others.
    rival = steerability(noise(10).isel(portrait=slice(0, 8)), n_boot=5, n_permutations=5)
    assert rival.chance_rank.item() == 3.0
    assert "tradition" not in rival.condition.values


def test_bad_input_is_refused() -> None:
    data = noise(11)
    with pytest.raises(UnknownNameError, match="Unknown condition 'none'"):
        steerability(data.drop_sel(condition="none"))
    with pytest.raises(InputError, match="There is 1 condition beside 'none'"):
        steerability(data.sel(condition=["none", "power"]))
    with pytest.raises(UnknownNameError, match="Unknown value of portraits 'fun'"):
        steerability(data.assign_coords(portrait_value=("portrait", ["fun"] * 10)))
    named = data.assign_coords(condition=["none", "all", *VALUES[1:]])
    with pytest.raises(InputError, match="A condition is named 'all'"):
        steerability(named)
    with pytest.raises(ParameterError, match="permute is 'both'"):
        steerability(data, permute="both")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="n_permutations is 0"):
        steerability(data, n_permutations=0)
