"""The stored answers are the embedded model's and five formulas', and say that they are made up."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr
from make_values_demo import LIKING, MADE_UP, WAVER, made_up

from disca_nb._data import data_path
from disca_nb._values import ask_values
from disca_nb.datasets.values.schema import questions_hash
from disca_nb.datasets.values.shipped import embedded_questions, recorded_responses
from disca_nb.models import embedded
from disca_nb.models._checks import weights_hash
from disca_nb.variables import validate

MODEL = "synthetic-demo"


@pytest.fixture(scope="module")
def responses() -> xr.Dataset:
    return validate(recorded_responses())


@pytest.fixture(scope="module")
def supports(responses: xr.Dataset) -> xr.DataArray:
    found: xr.DataArray = responses.stance_prob.sel(stance="supports")
    return found


def test_six_models_answered_every_question(responses: xr.Dataset) -> None:
    assert responses.model.values.tolist() == [MODEL, *MADE_UP]
    assert responses.form.values.tolist() == ["choice", "open"]
    assert responses.stance.values.tolist() == ["supports", "opposes"]
    questions = embedded_questions()
    for name in ("wording", *(key for key in questions.coords if key != "option")):
        np.testing.assert_array_equal(responses[name].values, questions[name].values)
    assert responses.attrs["questions_sha256"] == questions_hash(questions)
    assert data_path("values_demo.nc").stat().st_size < 550_000


def test_answers_are_distributions_but_where_no_side_was_taken(responses: xr.Dataset) -> None:
    silent = responses.abstained | (responses.status == 2)
    total = responses.stance_prob.sum("stance", skipna=False)
    np.testing.assert_allclose(total.values[~silent.values], 1.0, atol=1e-9)
    assert np.isnan(total.values[silent.values]).all()
    means = responses.order_stance_prob.mean("order").transpose("model", "wording", "stance")
    chosen = responses.stance_prob.sel(form="choice").transpose("model", "wording", "stance")
    np.testing.assert_allclose(means.values, chosen.values, atol=1e-9)
    shares = responses.abstained.sel(form="open").mean("wording")
    np.testing.assert_allclose(responses.abstained_share.values, shares.values)


def test_they_say_that_they_are_synthetic(responses: xr.Dataset) -> None:
    assert responses.attrs["synthetic"] == 1
    assert responses.attrs["source"].startswith("synthetic")
    assert embedded.NOTICE in responses.attrs["notice"]
    assert "made-up are formulas" in responses.attrs["notice"]


def test_they_are_of_the_weights_that_ship(responses: xr.Dataset) -> None:
    manifest = json.loads(responses.attrs["manifest"])
    stated = manifest["open"]["models"][MODEL]["weights_sha256"]
    assert stated == weights_hash(embedded.folder())


@pytest.mark.parametrize("name", MADE_UP)
def test_the_formulas_give_the_same_again(name: str, responses: xr.Dataset) -> None:
    again = made_up(name, responses.sel(model=[MODEL])).isel(model=0)
    stored = responses.sel(model=name)
    for key in ("stance_prob", "order_stance_prob", "stance_mass"):
        wanted = stored[key].transpose(*again[key].dims)
        np.testing.assert_allclose(again[key].values, wanted.values, atol=1e-12)
    for key in ("status", "abstained", "open_answer", "judge_verdict", "abstained_share"):
        assert again[key].values.tolist() == stored[key].values.tolist()


def test_the_formulas_do_not_hang_on_the_order_of_wordings(responses: xr.Dataset) -> None:
    turned = responses.sel(model=[MODEL]).isel(wording=slice(None, None, -7))
    for name in MADE_UP:
        again = made_up(name, turned).isel(model=0)
        stored = responses.sel(model=name, wording=turned.wording)
        np.testing.assert_allclose(again.stance_prob.values, stored.stance_prob.values, atol=1e-12)


def test_the_steady_one_takes_one_stance_for_each_topic(supports: xr.DataArray) -> None:
    steady = supports.sel(model="made-up: steady")
    spread = steady.groupby("topic_name").max() - steady.groupby("topic_name").min()
    assert (spread.max("form") == 0).all()
    assert (steady.sel(form="choice", drop=True) == steady.sel(form="open", drop=True)).all()
    assert set(np.unique(steady.values)) == {0.0, 1.0}


def test_the_yes_sayer_takes_the_first_option(
    responses: xr.Dataset, supports: xr.DataArray
) -> None:
    first = responses.option_stance.transpose("wording", "option").values[:, 0] == "supports"
    said = supports.sel(model="made-up: always yes").transpose("form", "wording").values
    np.testing.assert_array_equal(said, [first.astype(float)] * 2)
    assert 0 < first.sum() < first.size


def test_coins_are_fair_and_the_forms_independent(supports: xr.DataArray) -> None:
    coin = supports.sel(model="made-up: coin flips").transpose("form", "wording").values
    assert set(np.unique(coin)) == {0.0, 1.0}
    # Two standard errors of 240 flips are .065.
    assert np.abs(coin.mean(axis=1) - 0.5).max() < 0.065
    assert abs((coin[0] == coin[1]).mean() - 0.5) < 0.065


def test_the_base_model_wavers_four_times_as_much_as_the_chat_model(responses: xr.Dataset) -> None:
    assert WAVER["talker-base"] == 4 * WAVER["talker-chat"]
    assert LIKING["talker-base"] == 4 * LIKING["talker-chat"]
    names = [f"made-up: {name}" for name in WAVER]
    one = responses.order_stance_prob.sel(model=names)
    logits = np.log(one.sel(stance="supports") / one.sel(stance="opposes")).mean("order")
    wavered = [each.groupby("value_question").map(lambda x: x - x.mean()) for each in logits]
    np.testing.assert_allclose(wavered[0].values, 4 * wavered[1].values, atol=1e-6)


def test_asked_again_the_model_answers_the_same(responses: xr.Dataset) -> None:
    pytest.importorskip("torch", reason="the model needs PyTorch, of the extra models")
    some = embedded_questions().isel(wording=[0, 7, 239])
    again = ask_values("demo", some, forms=("choice", "open"), progress=False)
    stored = responses.sel(model=[MODEL], wording=some.wording)
    for name in ("stance_prob", "order_stance_prob", "stance_mass"):
        wanted = stored[name].transpose(*again[name].dims)
        # Processors and batches round differently.
        np.testing.assert_allclose(again[name].values, wanted.values, atol=1e-4)
    assert again.open_answer.values.tolist() == stored.open_answer.values.tolist()
    assert again.judge_verdict.values.tolist() == stored.judge_verdict.values.tolist()


def test_the_model_is_sure_of_its_letters_and_its_judge_keeps_the_format(
    responses: xr.Dataset,
) -> None:
    own = responses.sel(model=MODEL)
    assert own.stance_mass.sel(form="choice").min() > 0.99
    assert (own.status == 1).all()
    assert own.unread_share == 0
    assert own.abstained_share.item() == pytest.approx(3 / 240)
