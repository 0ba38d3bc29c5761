from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics.values.agreement import judge_agreement
from disca_nb.variables import VARIABLES, validate

SIDES = np.array(["supports", "opposes", "UNCERTAIN"])


def of_table(rows: list[list[int]]) -> tuple[dict[str, str], dict[str, str]]:
    """Return verdicts and labels that have a table of counts."""
    pairs = [
        (SIDES[i], SIDES[j])
        for i, row in enumerate(rows)
        for j, n in enumerate(row)
        for _ in range(n)
    ]
    keys = [f"w{i:03d}" for i in range(len(pairs))]
    verdicts = {key: str(said) for key, (said, _) in zip(keys, pairs, strict=True)}
    return verdicts, {key: str(meant) for key, (_, meant) in zip(keys, pairs, strict=True)}


def test_kappa_by_hand() -> None:
    # Agreement 70 of 100; by chance .6·.5 + .4·.5 = .5.
    verdicts, labels = of_table([[40, 20], [10, 30]])
    found = judge_agreement(verdicts, labels)
    assert found.agreement.item() == pytest.approx(0.7)
    assert found.kappa.item() == pytest.approx(0.4)
    assert found.n.item() == 100
    # The large-sample standard error of κ of this table is about .09.
    width = (found.kappa_high - found.kappa_low).item()
    assert width == pytest.approx(2 * 1.96 * 0.0907, rel=0.1)
    assert {str(name) for name in validate(found)} <= VARIABLES.keys()


def test_having_taken_no_side_is_a_category() -> None:
    verdicts, labels = of_table([[3, 0, 1], [0, 2, 1], [1, 0, 2]])
    # 7 of 10; by chance .4·.4 + .3·.2 + .3·.4 = .34.
    found = judge_agreement(verdicts, labels)
    assert found.kappa.item() == pytest.approx((0.7 - 0.34) / (1 - 0.34))


def test_perfect_and_reversed_verdicts() -> None:
    verdicts, labels = of_table([[10, 0], [0, 10]])
    found = judge_agreement(verdicts, labels)
    assert found.kappa.item() == pytest.approx(1.0)
    assert found.kappa_low.item() == pytest.approx(1.0)
    verdicts, labels = of_table([[0, 10], [10, 0]])
    assert judge_agreement(verdicts, labels).kappa.item() == pytest.approx(-1.0)


def test_one_category_throughout_has_no_kappa() -> None:
    found = judge_agreement(*of_table([[10]]))
    assert found.agreement.item() == 1.0
    assert np.isnan([found.kappa.item(), found.kappa_low.item(), found.kappa_high.item()]).all()


def test_verdicts_off_the_format_are_counted_apart() -> None:
    verdicts, labels = of_table([[4, 1], [1, 4]])
    off = verdicts | {"w000": "", "w009": ""}
    found = judge_agreement(off, labels)
    rest = {key: text for key, text in verdicts.items() if key not in {"w000", "w009"}}
    assert found.unread_share.item() == pytest.approx(0.2)
    assert found.n.item() == 8
    assert found.kappa.item() == judge_agreement(rest, labels).kappa.item()
    nothing = judge_agreement(dict.fromkeys(verdicts, ""), labels)
    assert np.isnan([nothing.kappa.item(), nothing.agreement.item()]).all()
    assert (nothing.n.item(), nothing.unread_share.item()) == (0, 1.0)


def test_keys_match_and_positions_do_not() -> None:
    verdicts, labels = of_table([[4, 1, 0], [1, 4, 2], [0, 1, 3]])
    back = dict(reversed(list(labels.items()))) | {"other": "supports"}
    one, other = judge_agreement(verdicts, labels), judge_agreement(verdicts, back)
    xr.testing.assert_equal(one, other)
    assert other.attrs["n_unmatched_labels"] == 1
    array = xr.DataArray([*list(back.values())], dims="wording", coords={"wording": list(back)})
    xr.testing.assert_equal(judge_agreement(verdicts, array), one)
    partial = judge_agreement(verdicts, {"w000": "supports", "w001": None})
    assert (partial.n.item(), partial.attrs["n_unmatched_verdicts"]) == (1, len(verdicts) - 1)


def test_arrays_of_several_models_match_on_both_dimensions() -> None:
    random = np.random.default_rng(1)
    verdicts = xr.DataArray(
        random.choice(SIDES, (2, 12)),
        dims=("model", "wording"),
        coords={"model": ["a", "b"], "wording": [f"w{i}" for i in range(12)]},
    )
    labels = verdicts.copy(data=random.choice(SIDES, (2, 12)))
    one = judge_agreement(verdicts, labels)
    assert one.n.item() == 24
    assert one.agreement.item() == (verdicts.values == labels.values).mean()
    turned = labels.isel(wording=slice(None, None, -1)).transpose("wording", "model")
    xr.testing.assert_identical(judge_agreement(verdicts, turned), one)
    # One model needs no label of the model.
    single = judge_agreement(verdicts.sel(model=["a"]), labels.sel(model="a", drop=True))
    assert single.n.item() == 12
    with pytest.raises(InputError, match="No label has a verdict"):
        judge_agreement(verdicts, labels.sel(model="a"))


def test_topics_are_resampled_whole() -> None:
    # Four topics of ten answers, right in half of them: between topics everything varies.
    keys = [f"w{i:03d}" for i in range(120)]
    labels = {key: str(SIDES[i % 2]) for i, key in enumerate(keys)}
    right = {key: i // 10 % 2 == 0 for i, key in enumerate(keys)}
    verdicts = {key: labels[key] if right[key] else "UNCERTAIN" for key in keys}
    topics = {key: f"t{i // 10:02d}" for i, key in enumerate(keys)}
    answers = judge_agreement(verdicts, labels)
    found = judge_agreement(verdicts, labels, topics=topics)
    assert found.kappa.item() == answers.kappa.item()
    wide, narrow = ((x.kappa_high - x.kappa_low).item() for x in (found, answers))
    assert wide > 2.0 * narrow
    assert (found.attrs["resampled"], answers.attrs["resampled"]) == ("topics", "answers")
    array = xr.DataArray(
        list(verdicts.values()),
        dims="wording",
        coords={"wording": keys, "topic_name": ("wording", list(topics.values()))},
    )
    xr.testing.assert_identical(judge_agreement(array, labels), found)
    few = {key: f"t{i // 30}" for i, key in enumerate(keys)}
    assert np.isnan(judge_agreement(verdicts, labels, topics=few).kappa_low)


def test_bad_input_is_refused() -> None:
    verdicts, labels = of_table([[4, 1], [1, 4]])
    with pytest.raises(InputError, match="No label has a verdict: labels are of x and verdicts"):
        judge_agreement(verdicts, {"x": "supports"})
    with pytest.raises(UnknownNameError, match="category 'suports'; did you mean 'supports'"):
        judge_agreement(verdicts | {"w000": "suports"}, labels)
    with pytest.raises(InputError, match="The answer 'w001' has no topic"):
        judge_agreement(verdicts, labels, topics={"w000": "t"})
    with pytest.raises(InputError, match="have no labels on 'wording'"):
        judge_agreement(xr.DataArray(["supports"], dims="wording"), labels)
    with pytest.raises(ParameterError, match="n_boot is 0"):
        judge_agreement(verdicts, labels, n_boot=0)
