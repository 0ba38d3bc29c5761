from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import xarray as xr

from disca_nb.datasets.values import recorded_responses
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics.values._facets import FACETS, effects, tidy
from disca_nb.metrics.values._least_squares import equations, solved
from disca_nb.metrics.values.component_words import components_table, describe_components
from disca_nb.metrics.values.components import _parts, variance_components
from disca_nb.variables import VARIABLES, validate

TRUTH = {
    "topic": 0.06,
    "question": 0.04,
    "phrasing": 0.02,
    "order": 0.01,
    "language": 0.015,
    "model": 0.03,
    "question × language": 0.012,
    "model × topic": 0.025,
    "model × question": 0.02,
    "model × phrasing": 0.015,
    "model × order": 0.008,
    "model × language": 0.01,
    "residual": 0.03,
}


def design(*sizes: int, seed: int | None = None, kept: float = 1.0) -> pd.DataFrame:
    """Return topics, questions, languages, phrasings, models, orders; ragged with a seed."""
    topics, questions, languages, phrasings, models, orders = sizes
    random = np.random.default_rng(seed)
    rows = []
    for topic in range(topics):
        for question in range(_ragged(questions, seed, random)):
            for language in range(languages):
                for phrasing in range(_ragged(phrasings, seed, random)):
                    cells = product(range(models), range(orders))
                    rows += [
                        (topic, question, language, phrasing, *cell)
                        for cell in cells
                        if seed is None or random.random() < kept
                    ]
    names = ["topic", "question", "language", "phrasing", "model", "order"]
    table = pd.DataFrame(rows, columns=names).astype(str)
    return table.assign(value=random.normal(size=len(table)))


def _ragged(n: int, seed: int | None, random: np.random.Generator) -> int:
    return n if seed is None else int(random.integers(1, n + 1))


def by_matrices(table: pd.DataFrame, keys: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return the estimates from dense matrices: y'Q y = E[y'Q y] for Q of each effect's fit."""
    n = len(table)
    centre = np.eye(n) - 1.0 / n
    shared, quadratics = [], []
    for facets in keys.values():
        codes = table.groupby(list(facets)).ngroup().to_numpy() if facets else np.arange(n)
        indicator = (codes[:, None] == np.unique(codes)).astype(float)
        shared.append(indicator @ indicator.T)
        # The projection on the effect alone, the mean taken off.
        quadratics.append(indicator @ np.linalg.pinv(indicator) - 1.0 / n)
    left = [[np.trace(q @ centre @ v @ centre) for v in shared] for q in quadratics]
    y = table["value"].to_numpy()
    right = [y @ q @ y for q in quadratics]
    return dict(zip(keys, np.linalg.solve(left, right), strict=True))


QUESTION = ("topic", "question")
WORDING = (*QUESTION, "language", "phrasing")
KEYS: dict[str, Sequence[str]] = {
    "topic": ("topic",),
    "question": QUESTION,
    "phrasing": WORDING,
    "order": ("order",),
    "language": ("language",),
    "model": ("model",),
    "question × language": (*QUESTION, "language"),
    "model × topic": ("topic", "model"),
    "model × question": (*QUESTION, "model"),
    "model × phrasing": (*WORDING, "model"),
    "model × order": ("model", "order"),
    "model × language": ("model", "language"),
    "residual": (),
}


def estimates(table: pd.DataFrame) -> dict[str, float]:
    series = variance_components(table, n_boot=1).variance.to_series()
    return {str(name): float(value) for name, value in series.items()}


def test_a_balanced_table_gives_the_analysis_of_variance_by_hand() -> None:
    # Topics × models: row means 2, 5, 8 and column means 4, 6; the grand mean is 5.
    values = [[1.0, 3.0], [5.0, 5.0], [6.0, 10.0]]
    table = pd.DataFrame(
        [(t, m, values[t][m]) for t, m in product(range(3), range(2))],
        columns=["topic", "model", "value"],
    )
    # MS(topic) = 2·(9+0+9)/2 = 18, MS(model) = 3·(1+1)/1 = 6, MS(residual) = 4/2 = 2:
    # residuals are 0, 0, 1, -1, -1, 1.
    expected = {"topic": (18 - 2) / 2, "model": (6 - 2) / 3, "residual": 2.0}
    assert estimates(table) == pytest.approx(expected, abs=1e-12)


def test_a_nested_balanced_table_gives_the_analysis_of_variance() -> None:
    table = design(4, 3, 1, 2, 3, 1)
    y = table.value.to_numpy().reshape(4, 3, 2, 3)  # topic, question, phrasing, model
    m = y.mean()
    t, q, p = y.mean((1, 2, 3)), y.mean((2, 3)), y.mean(3)
    o, tm, qm = y.mean((0, 1, 2)), y.mean((1, 2)), y.mean(2)
    ms_t = 18 * ((t - m) ** 2).sum() / 3
    ms_q = 6 * ((q - t[:, None]) ** 2).sum() / 8
    ms_p = 3 * ((p - q[..., None]) ** 2).sum() / 12
    ms_m = 24 * ((o - m) ** 2).sum() / 2
    ms_tm = 6 * ((tm - t[:, None] - o + m) ** 2).sum() / 6
    ms_qm = 2 * ((qm - q[..., None] - tm[:, None] + t[:, None, None]) ** 2).sum() / 16
    ms_e = ((y - p[..., None] - qm[:, :, None] + q[..., None, None]) ** 2).sum() / 24
    expected = {
        "topic": (ms_t - ms_q - ms_tm + ms_qm) / 18,
        "question": (ms_q - ms_p - ms_qm + ms_e) / 6,
        "phrasing": (ms_p - ms_e) / 3,
        "model": (ms_m - ms_tm) / 24,
        "model × topic": (ms_tm - ms_qm) / 6,
        "model × question": (ms_qm - ms_e) / 2,
        "residual": ms_e,
    }
    assert estimates(table) == pytest.approx(expected, abs=1e-12)


def test_an_unbalanced_table_gives_what_dense_matrices_give() -> None:
    table = design(4, 3, 2, 3, 2, 2, seed=4, kept=0.8)
    expected = by_matrices(table, KEYS)
    assert estimates(table) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", [None, 5], ids=["balanced", "unbalanced"])
def test_known_components_are_recovered(seed: int | None) -> None:
    table = tidy(design(8, 3, 4, 3, 5, 4, seed=seed, kept=0.9))
    found = effects(table)
    assert list(found.codes) == list(TRUTH)
    left = equations(_parts(table, found), np.ones((1, 8)))[0][0]
    random, draws = np.random.default_rng(6), []
    for _ in range(500):
        # Effects of +1 or -1: nothing asks for a normal distribution, and few draws are enough.
        y = np.zeros(len(table))
        for name, code in found.codes.items():
            y += np.sqrt(TRUTH[name]) * random.choice([-1.0, 1.0], code.max() + 1)[code]
        y -= y.mean()
        right = [(np.bincount(x, y) ** 2 / np.bincount(x)).sum() for x in found.codes.values()]
        draws.append(np.linalg.solve(left, right))
    # The same as the function itself gives.
    assert list(estimates(table.assign(value=y)).values()) == pytest.approx(draws[-1])
    mean = np.mean(draws, axis=0)
    np.testing.assert_allclose(mean, list(TRUTH.values()), rtol=0.1)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    truth = {"question": 0.03, "model × topic": 0.02, "residual": 0.02}
    table = tidy(design(30, 2, 1, 2, 3, 1, seed=8))
    codes = effects(table).codes
    inside = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        y = np.zeros(len(table))
        for name, variance in truth.items():
            y += np.sqrt(variance) * random.normal(size=codes[name].max() + 1)[codes[name]]
        result = variance_components(table.assign(value=y), n_boot=200)
        found = result.sel(component=list(truth))
        true = np.array(list(truth.values()))
        inside.append((found.variance_low < true) & (true < found.variance_high))
    # Of 95 %: those of variances are too short with few topics, as the docstring says.
    assert np.mean(inside) > 0.85
    assert np.mean(inside, axis=0).min() > 0.75


def test_rows_in_another_order_change_nothing() -> None:
    table = design(7, 2, 2, 2, 2, 2, seed=9, kept=0.9)
    one = variance_components(table, n_boot=30)
    other = variance_components(table.sample(frac=1.0, random_state=1), n_boot=30)
    xr.testing.assert_identical(one, other)


def test_names_do_not_matter_and_questions_are_named_within_topics() -> None:
    table = design(7, 2, 1, 2, 2, 2, seed=10)
    unique = table.assign(question=table.topic + "/" + table.question)
    assert estimates(table) == estimates(unique)


def test_a_draw_of_every_topic_once_is_the_estimate() -> None:
    table = tidy(design(8, 2, 2, 2, 2, 2, seed=11, kept=0.9))
    parts = _parts(table, effects(table))
    counts = np.ones((1, 8))
    assert solved(parts, counts)[0].tolist() == list(estimates(table).values())
    # A topic that is drawn twice is two topics with the same answers.
    counts[0, 2], counts[0, 5] = 2.0, 0.0
    copy = table[table.topic == "2"].assign(topic="copy")
    drawn = pd.concat([table[table.topic != "5"], copy])
    expected = list(estimates(drawn).values())
    np.testing.assert_allclose(solved(parts, counts)[0], expected, atol=1e-12)


def responses(values: npt.NDArray[np.float64]) -> xr.Dataset:
    """Return responses of p(supports), (model, order, wording), two wordings a topic."""
    n_models, n_orders, n = values.shape
    number = np.arange(n)
    return xr.Dataset(
        {
            "order_stance_prob": (
                ("model", "order", "wording", "stance"),
                np.stack([values, 1 - values], -1),
            )
        },
        {
            "model": [f"m{i}" for i in range(n_models)],
            "order": ["AB", "BA"][:n_orders],
            "wording": [f"w{i}" for i in number],
            "stance": ["supports", "opposes"],
            "topic_name": ("wording", [f"t{i // 4}" for i in number]),
            "value_question": ("wording", [f"t{i // 4}/q{i // 2 % 2}" for i in number]),
            "phrasing": ("wording", number % 2),
            "wording_language": ("wording", ["en"] * n),
        },
        {"synthetic": 1, "notice": "Synthetic answers.", "manifest": "left behind"},
    )


def test_responses_give_what_their_table_gives() -> None:
    data = responses(np.random.default_rng(12).random((2, 2, 28)))
    support = data.order_stance_prob.sel(stance="supports", drop=True)
    table = support.to_series().rename("value").reset_index()
    table["topic"] = "t" + (table.wording.str[1:].astype(int) // 4).astype(str)
    table["question"] = (table.wording.str[1:].astype(int) // 2 % 2).astype(str)
    table["phrasing"] = (table.wording.str[1:].astype(int) % 2).astype(str)
    one = variance_components(data.isel(wording=slice(None, None, -1)), n_boot=20)
    other = variance_components(table.drop(columns="wording"), n_boot=20)
    xr.testing.assert_allclose(one, other)
    assert (one.attrs["synthetic"], one.attrs["notice"]) == (1, "Synthetic answers.")
    assert "manifest" not in one.attrs
    assert {str(name) for name in validate(one)} <= VARIABLES.keys()
    assert one.variance_low.notnull().all()
    assert "Synthetic answers." in describe_components(one)
    assert "Intervals of variances are too short where topics are few" in describe_components(one)
    no_interval = one.drop_vars(["variance_low", "variance_high"])
    assert "Intervals" not in describe_components(no_interval)


def test_facets_of_one_level_are_left_out_with_a_sentence() -> None:
    data = responses(np.random.default_rng(13).random((1, 1, 28)))
    result = variance_components(data, n_boot=20)
    assert result.component.values.tolist() == ["topic", "question", "residual"]
    notes = json.loads(result.attrs["notes"])
    assert [note.split(",")[0] for note in notes[:3]] == [
        "There is one language",
        "There is one model",
        "There is one order",
    ]
    assert notes[3:] == [
        "'phrasing' cannot be told apart from 'residual' in these answers, which holds both."
    ]
    assert json.loads(result.attrs["merged"]) == {"residual": ["phrasing"]}
    sizes = {"topic": 7, "question": 14, "phrasing": 28, "language": 1, "model": 1, "order": 1}
    assert json.loads(result.attrs["levels"]) == sizes


def test_effects_of_equal_levels_are_merged() -> None:
    table = design(7, 2, 1, 2, 2, 2)
    same = table.assign(language=table.model)  # each model was asked in its own language
    result = variance_components(same, n_boot=5)
    assert json.loads(result.attrs["merged"])["language"] == ["model", "model × language"]
    assert "'model' cannot be told apart from 'language'" in result.attrs["notes"]


def test_effects_that_only_a_sum_of_others_hides_are_refused() -> None:
    # A single topic of two questions for each of two models: topic + model = question + …
    rows = [("t", "1", "x", 0.0), ("t", "2", "x", 1.0), ("u", "1", "y", 0.0), ("u", "1", "x", 2.0)]
    table = pd.DataFrame(rows, columns=["topic", "question", "model", "value"])
    with pytest.raises(InputError, match=r"cannot tell .* apart; give answers in"):
        variance_components(table, n_boot=5)


def test_few_topics_have_no_interval() -> None:
    result = variance_components(design(5, 2, 1, 2, 2, 2), n_boot=20)
    assert np.isnan(result.variance_low).all()
    assert result.variance.notnull().all()


def test_estimates_below_0_stay_and_have_no_share() -> None:
    # Within topics everything varies, between topics nothing does.
    table = pd.DataFrame(
        [(t, m, v) for t in "abc" for m, v in (("x", 0.0), ("y", 1.0))],
        columns=["topic", "model", "value"],
    )
    flipped = table.assign(value=[0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    result = variance_components(flipped, n_boot=5)
    assert result.variance.sel(component="topic").item() < 0.0
    assert result.variance_share.sel(component="topic").item() == 0.0
    assert result.variance_share.sum().item() == pytest.approx(1.0)
    assert "below 0" in describe_components(result)


def test_equal_answers_have_no_shares() -> None:
    result = variance_components(design(3, 2, 1, 2, 2, 2).assign(value=0.5), n_boot=5)
    assert (result.variance == 0.0).all()
    assert np.isnan(result.variance_share).all()
    assert describe_components(result).startswith("The answers do not vary.")


def test_missing_answers_are_counted() -> None:
    table = design(7, 2, 1, 2, 2, 2)
    holes = table.assign(value=table.value.where(table.index % 5 > 0))
    result = variance_components(holes, n_boot=5)
    assert result.attrs["n_left_out"] == (table.index % 5 == 0).sum()
    assert result.attrs["n_answers"] + result.attrs["n_left_out"] == len(table)
    kept = variance_components(holes.dropna(), n_boot=5)
    xr.testing.assert_equal(result, kept)


def test_the_table_names_each_component_and_stands_in_order() -> None:
    result = variance_components(design(7, 2, 1, 2, 2, 2), n_boot=20)
    table = components_table(result)
    assert table.variance.is_monotonic_decreasing
    assert (table.meaning != "").all()
    assert set(table.component) == set(result.component.values)


def test_bad_tables_are_refused() -> None:
    table = design(3, 2, 1, 2, 2, 2)
    with pytest.raises(UnknownNameError, match="column 'phrasng'; did you mean 'phrasing'"):
        variance_components(table.rename(columns={"phrasing": "phrasng"}))
    with pytest.raises(InputError, match="lacks the column 'topic'"):
        variance_components(table.drop(columns="topic"))
    with pytest.raises(InputError, match="A value is infinite"):
        variance_components(table.assign(value=np.inf))
    with pytest.raises(InputError, match="'value' holds text"):
        variance_components(table.assign(value="much"))
    with pytest.raises(InputError, match="'model' has a missing label"):
        variance_components(table.assign(model=None))
    with pytest.raises(InputError, match="There are 1 values"):
        variance_components(table.head(1))
    with pytest.raises(ParameterError, match="n_boot is 0"):
        variance_components(table, n_boot=0)
    assert set(FACETS) < set(table.columns)


def test_a_liking_for_a_letter_is_an_effect_of_the_order_and_not_noise() -> None:
    one = recorded_responses().sel(model=["synthetic-demo"])
    supports_first = (one.option_stance == "supports").isel(option=0)
    given = 0.4 + 0.2 * supports_first
    assert 0 < int(supports_first.sum()) < one.sizes["wording"]
    support = xr.concat([given, 1.0 - given], one["order"]).expand_dims(model=one["model"])
    both = xr.concat([support, 1.0 - support], one["stance"])
    liking = one.assign(order_stance_prob=both.transpose(*one["order_stance_prob"].dims))
    found = variance_components(liking, n_boot=20).variance
    assert found.sel(component="order").item() == pytest.approx(0.02)
    assert found.sel(component="residual").item() == pytest.approx(0.0, abs=1e-12)


def test_orders_of_unknown_stances_keep_their_labels() -> None:
    one = recorded_responses().sel(model=["synthetic-demo"]).drop_vars("option_stance")
    assert set(tidy(one)["order"]) == {"given", "reversed"}
