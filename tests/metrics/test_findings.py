"""Findings: sentences follow from the numbers, whichever way these fall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import disca_nb
from disca_nb.metrics import ModelAudit
from disca_nb.metrics.findings import findings
from disca_nb.steering.rivals import RegionMean, Steerer, Temperature, WorldMean

COUNTRIES = ["BRA", "CHN", "DEU", "JPN", "USA"]


@pytest.fixture(scope="module")
def report() -> ModelAudit:
    panel = disca_nb.datasets.demo_panel(COUNTRIES)
    rivals: list[Steerer] = [WorldMean(), RegionMean(), Temperature("vanilla")]
    return disca_nb.audit(panel, rivals=rivals, n_boot=60, n_permutations=60)["synthetic-demo"]


def changed(report: ModelAudit, name: str, **values: object) -> ModelAudit:
    """Return the report with other figures in a diagnostic."""
    found = report.diagnostics[name].assign(
        {key: xr.full_like(report.diagnostics[name][key], value) for key, value in values.items()}
    )
    return replace(report, diagnostics={**report.diagnostics, name: found})


def sentence(report: ModelAudit, word: str) -> str:
    """Return the one finding with a word."""
    (found,) = [text for text in findings(report) if word in text]
    return found


def test_coin_flips_are_counted(report: ModelAudit) -> None:
    mis = report.methods["mis"]
    better = int((mis.sel(rival="coin-flip") < mis.sel(rival=report.subject)).sum())
    assert f"in {better} of 5 countries" in sentence(report, "A coin flip would")


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.001, "for better than others"),
        (0.4, "not told apart from outputs made for other"),
    ],
)
def test_the_placebo_is_read_by_its_p(report: ModelAudit, p: float, words: str) -> None:
    assert words in sentence(changed(report, "placebo", placebo_p=p), "made for")


def test_a_noisy_country_is_no_example(report: ModelAudit) -> None:
    given = changed(report, "placebo", placebo_p=0.5)
    table = given.diagnostics["placebo"]["placebo_mis"].copy()
    own = {"country": "BRA", "made_for": "BRA"}
    table.loc[own] = 2.0
    given.diagnostics["placebo"]["placebo_mis"] = table
    assert "fit BRA better" in sentence(given, "made for")
    noisy = given.methods["noise_ceiling"].where(given.methods["country"] != "BRA", 0.5)
    given = replace(given, methods=given.methods.assign(noise_ceiling=noisy))
    assert "fit BRA better" not in sentence(given, "made for")
    assert "without BRA, above .100" in sentence(given, "perfect model")


@pytest.mark.parametrize(
    ("difference", "p", "words"),
    [
        (-0.2, 0.01, "better than disca-paper"),
        (0.2, 0.01, "worse than disca-paper"),
        (-0.2, 0.4, "not told apart from disca-paper"),
    ],
)
def test_the_temperature_is_read_by_its_corrected_p(
    report: ModelAudit, difference: float, p: float, words: str
) -> None:
    methods = report.methods.assign(
        difference=report.methods["difference"] * 0.0 + difference,
        p_holm=report.methods["p_holm"] * 0.0 + 0.0,
    )
    methods["p_holm"] = xr.full_like(methods["p_holm"], p)
    assert words in sentence(replace(report, methods=methods), "One temperature")


def test_what_is_not_known_is_left_out(report: ModelAudit) -> None:
    bare = replace(report, diagnostics={})
    text = " ".join(findings(bare))
    assert "nan" not in text
    assert "made for" not in text
    unknown = changed(report, "between", between_slope_pooled=np.nan)
    assert not [text for text in findings(unknown) if "one point" in text]
