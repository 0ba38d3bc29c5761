"""The audit: its figures, its marks and what it refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import xarray as xr

import disca_nb
from disca_nb.datasets import demo_panel, targets
from disca_nb.errors import InputError, LeakageError, UnknownNameError
from disca_nb.metrics import Audit, ModelAudit, audit, default_rivals, hold_out
from disca_nb.steering.rivals import (
    Learns,
    OracleTemperature,
    RegionMean,
    Steerer,
    Temperature,
    Training,
    Variant,
    WorldMean,
    chances,
)

COUNTRIES = ["BRA", "CHN", "DEU", "JPN", "USA"]
FEW = (WorldMean(), RegionMean(), Temperature("vanilla"), Temperature("debiased"))
QUICK = {"n_boot": 60, "n_permutations": 60}


@dataclass(frozen=True)
class Leak:
    """A rival that reads everybody's figures, the scored country's among them."""

    name: ClassVar[str] = "leak"
    learns: ClassVar[Learns] = "other countries"

    def fit(self, train: Training) -> Steerer:  # noqa: ARG002 - that is the fault
        targets.moral_machine()
        return self

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        return dataset.assign(p_spare=dataset["base_gap"] * 0.0 + 0.5)


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return demo_panel(COUNTRIES)


@pytest.fixture(scope="module")
def report(panel: xr.Dataset) -> ModelAudit:
    steered = disca_nb.steer(panel, method="quadrature")
    rivals = [*FEW, Variant("vanilla"), OracleTemperature()]
    return audit(steered, rivals=rivals, **QUICK)["synthetic-demo"]  # type: ignore[arg-type]


def test_floors_are_those_of_alignment(panel: xr.Dataset, report: ModelAudit) -> None:
    scores = disca_nb.alignment(disca_nb.steer(panel, method="quadrature")).squeeze("model")
    mis = report.methods["mis"]
    pairs = {
        "coin-flip": "mis_coin_flip",
        "world-mean": "mis_leave_one_out",
        "vanilla": "mis_vanilla",
        "disca-paper": "mis",
    }
    for rival, name in pairs.items():
        np.testing.assert_allclose(mis.sel(rival=rival).values, scores[name].values, atol=1e-12)
    assert report.mis("world-mean") == pytest.approx(scores.mis_leave_one_out.mean().item())


def test_position_and_skill_by_hand(report: ModelAudit) -> None:
    macro, coin = report.mis(), report.mis("coin-flip")
    ceiling = report.methods["noise_ceiling"].mean().item()
    assert report.value("position") == pytest.approx((coin - macro) / (coin - ceiling))
    skill = report.methods["skill"].sel(rival="disca-paper", reference="world-mean").item()
    assert skill == pytest.approx(1.0 - macro / report.mis("world-mean"))
    assert set(report.methods["reference"].values) == {
        *("coin-flip", "temperature-debiased", "world-mean", "region-mean")
    }


def test_wins_are_counted_by_country(report: ModelAudit) -> None:
    mis = report.methods["mis"]
    closer = mis.sel(rival="disca-paper") < mis.sel(rival="vanilla")
    assert report.value("wins_vs_vanilla") == closer.sum().item()
    closer = mis.sel(rival="coin-flip") < mis.sel(rival="disca-paper")
    assert report.value("wins_vs_subject", "coin-flip") == closer.sum().item()


def test_the_audited_method_is_not_compared_with_itself(report: ModelAudit) -> None:
    assert np.isnan(report.value("p_holm"))
    assert report.value("difference") == 0.0
    assert "–" in next(line for line in repr(report).splitlines() if line.startswith("> "))


def test_oracles_are_marked_wherever_they_appear(report: ModelAudit) -> None:
    assert report.oracles == ["oracle-temperature"]
    assert report.ledger["oracle-temperature"] == "own country (oracle)"
    assert report.to_dataframe()["oracle"].sum() == 1
    assert report.to_dict()["methods"]["oracle-temperature"]["oracle"] is True
    for text in (repr(report), report._repr_html_()):
        lines = [line for line in text.replace("<tr", "\n<tr").splitlines() if "oracle-t" in line]
        assert len(lines) > 1
        assert all("(oracle)" in line or "no rivals" in line for line in lines)


def test_rivals_read_no_figure_of_the_country_scored(report: ModelAudit) -> None:
    assert report.ledger["disca-paper"] == report.ledger["coin-flip"] == "none"
    assert report.ledger["world-mean"] == "4 other countries"


@pytest.mark.parametrize("folds", ["country", "region"])
def test_a_planted_leak_is_refused(panel: xr.Dataset, folds: str) -> None:
    with pytest.raises(
        LeakageError, match=r"'leak' read the human figures of \w{3}, which were closed"
    ):
        audit(panel, rivals=[WorldMean(), Leak()], folds=folds, **QUICK)  # type: ignore[arg-type]


def test_figures_that_a_rival_brings_along_are_noticed(panel: xr.Dataset) -> None:
    known = targets.moral_machine()["human_preference"]

    class Knows(WorldMean):
        def fit(self, train: Training) -> Steerer:  # noqa: ARG002 - it knows already
            return self

        def apply(self, dataset: xr.Dataset) -> xr.Dataset:
            cells = {"country": dataset["country"], "attribute": dataset["category"]}
            p = known.sel(cells).drop_vars("attribute").transpose("country", "scenario")
            return chances(dataset, p, "knows")

    with pytest.raises(LeakageError, match="meets the human figures of every country exactly"):
        audit(panel, rivals=[Knows()], **QUICK)  # type: ignore[arg-type]


def test_an_oracle_that_is_audited_is_marked(panel: xr.Dataset) -> None:
    parts = [
        hold_out(OracleTemperature(), panel, train=[country], test=[country])
        for country in COUNTRIES
    ]
    decisions = xr.concat(parts, dim="country", data_vars="minimal")
    found = audit(decisions, rivals=[WorldMean()], **QUICK)["synthetic-demo"]  # type: ignore[arg-type]
    assert found.subject == "oracle-temperature"
    assert found.oracles == ["oracle-temperature"]


def test_one_persona_leaves_the_rest_of_the_audit(panel: xr.Dataset) -> None:
    found = audit(panel.isel(persona=[0]), rivals=FEW, **QUICK)["synthetic-demo"]  # type: ignore[arg-type]
    assert "disagreement" not in found.diagnostics
    assert "placebo" in found.diagnostics


def test_a_generator_of_rivals_serves_every_model(panel: xr.Dataset) -> None:
    two = xr.concat(
        [panel.assign_coords(model=[name]) for name in ("one", "two")],
        dim="model",
        data_vars="minimal",
    )
    found = audit(two, rivals=(rival for rival in FEW[:1]), **QUICK)  # type: ignore[arg-type]
    assert found["one"].names == found["two"].names


@pytest.mark.parametrize(
    ("rival", "message"),
    [
        (WorldMean, r"The rival WorldMean is a class; give an instance of it, as in WorldMean\(\)"),
        (3, "The rival 3 has no 'name'; give it name, learns, fit and apply"),
    ],
)
def test_what_is_no_rival_is_refused(panel: xr.Dataset, rival: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        audit(panel, rivals=[rival], **QUICK)  # type: ignore[arg-type, list-item]


def test_gains_of_the_waterfall_add_up(report: ModelAudit) -> None:
    steps = report.diagnostics["waterfall"]
    total = steps["mis"].isel(step=-1) - steps["mis"].isel(step=0)
    assert steps["gain"].sum().item() == pytest.approx(total.item(), abs=1e-12)


def test_every_figure_fits_into_json(report: ModelAudit) -> None:
    data = json.loads(json.dumps(Audit({"m": report}).to_dict(), allow_nan=False))
    one = data["models"]["m"]
    entry = one["methods"]["disca-paper"]
    assert {"macro_mis", "skill_world_mean", "lo", "hi", "wins_vs_vanilla"} <= entry.keys()
    assert entry["lo"] <= entry["macro_mis"] <= entry["hi"]
    assert {"own", "other", "p", "top1"} <= one["placebo"].keys()
    assert one["noise_ceiling"] == pytest.approx(report.methods["noise_ceiling"].mean().item())


def test_the_synthetic_panel_is_said_to_be_synthetic(report: ModelAudit) -> None:
    assert "synthetic" in repr(report)
    assert "synthetic" in report._repr_html_()


def test_labels_are_escaped(panel: xr.Dataset) -> None:
    named = panel.assign_coords(model=["<b>m</b>"])
    card = audit(named, rivals=[], **QUICK)._repr_html_()  # type: ignore[arg-type]
    assert "<b>" not in card
    assert "&lt;b&gt;m&lt;/b&gt;" in card


def test_gaps_alone_are_audited_as_the_paper_prints_it(panel: xr.Dataset) -> None:
    found = audit(panel, rivals=FEW, **QUICK)["synthetic-demo"]  # type: ignore[arg-type]
    assert found.subject == "disca-paper"
    assert "quadrature" in found.steering


def test_neither_order_nor_chunks_change_a_figure(panel: xr.Dataset, report: ModelAudit) -> None:
    steered = disca_nb.steer(panel, method="quadrature").isel(country=[3, 0, 4, 2, 1])
    rivals = [*FEW, Variant("vanilla"), OracleTemperature()]
    for given in (steered, steered.chunk(country=2, scenario=7)):
        other = audit(given, rivals=rivals, **QUICK)["synthetic-demo"]  # type: ignore[arg-type]
        xr.testing.assert_allclose(
            other.methods.sel(country=COUNTRIES), report.methods, rtol=1e-12, atol=1e-12
        )
        assert other.findings == report.findings


def test_models_are_audited_one_by_one(panel: xr.Dataset) -> None:
    two = xr.concat(
        [panel.assign_coords(model=[name]) for name in ("one", "two")],
        dim="model",
        data_vars="minimal",
    )
    found = audit(two, rivals=FEW, **QUICK)  # type: ignore[arg-type]
    assert list(found.models) == ["one", "two"]
    assert found["one"].mis() == found["two"].mis()
    assert found.to_dataframe().index.names == ["model", "method"]
    with pytest.raises(UnknownNameError, match="Unknown model 'on'; did you mean 'one'"):
        found["on"]


def test_decisions_alone_have_floors_and_means() -> None:
    cells = demo_panel(COUNTRIES)
    steered = disca_nb.steer(cells, variant="consensus")
    bare = steered[["p_spare"]].assign_attrs(variant="mine", steering="mine")
    found = audit(bare, **QUICK)["synthetic-demo"]  # type: ignore[arg-type]
    assert set(found.names) == {
        *(
            "coin-flip",
            "push-alone",
            "constant",
            "mine",
            "world-mean",
            "world-mean-all",
            "region-mean",
            "region-mean-all",
        )
    }
    assert "placebo" in found.diagnostics
    assert "waterfall" not in found.diagnostics


def test_two_countries_are_too_few(panel: xr.Dataset) -> None:
    with pytest.raises(InputError, match="There are 2 countries; leaving one out needs at least 3"):
        audit(panel.isel(country=slice(2)), **QUICK)  # type: ignore[arg-type]


def test_constant_gaps_are_refused(panel: xr.Dataset) -> None:
    constant = panel.assign(vanilla_gap=panel["vanilla_gap"] * 0.0)
    with pytest.raises(InputError, match="'vanilla_gap' is 0 in every cell and nothing can be"):
        audit(constant, rivals=[Temperature("vanilla")], **QUICK)  # type: ignore[arg-type]


def test_a_country_without_an_attribute_is_named(panel: xr.Dataset) -> None:
    status = xr.ones_like(panel["base_gap"], dtype=int)
    lost = (panel["category"] == "Age") & (panel["country"] == "JPN")
    with pytest.raises(InputError, match="JPN has no scored scenario of Age; leave out"):
        audit(panel.assign(status=status.where(~lost, 2)), **QUICK)  # type: ignore[arg-type]


def test_targets_without_errors_have_no_ceiling_and_it_is_said(panel: xr.Dataset) -> None:
    known = targets.moral_machine()
    bare = known.assign(human_preference_se=known["human_preference_se"] * np.nan)
    found = audit(panel, bare, rivals=FEW, **QUICK)["synthetic-demo"]  # type: ignore[arg-type]
    assert "The targets have no standard errors, so the noise ceiling is not known." in (
        found.findings
    )
    assert found.to_dict()["noise_ceiling"] is None
    assert "noise ceiling unknown" in found._repr_html_()


def test_two_rivals_of_one_name_are_refused(panel: xr.Dataset) -> None:
    with pytest.raises(InputError, match="Two rivals are named 'world-mean'; rename one"):
        audit(panel, rivals=[WorldMean(), WorldMean()], **QUICK)  # type: ignore[arg-type]


def test_default_rivals_are_those_that_the_gaps_allow(panel: xr.Dataset) -> None:
    names = [rival.name for rival in default_rivals(panel)]
    assert len(names) == len(set(names))
    assert {"shrinkage", "margin", "offset-per-attribute", "oracle-margin"} <= set(names)
    bare = [rival.name for rival in default_rivals(panel.drop_vars("persona_gap"))]
    assert "disca-paper" not in bare
    assert "temperature-debiased" in bare
