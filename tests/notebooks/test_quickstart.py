"""What the quickstart says in words is what its code, its answers and the package give."""

from __future__ import annotations

import re

import numpy as np
import pytest
import xarray as xr
from tutorials import FOLDER, Tutorial

import disca_nb
from disca_nb.widgets._panel import Panel

CELLS = Tutorial.read(FOLDER / "00_quickstart.ipynb").cells
PANEL = disca_nb.datasets.demo_panel()
STEERED = disca_nb.steer(PANEL, variant="paper", method="quadrature")


@pytest.fixture(scope="module")
def scores() -> xr.Dataset:
    """What section 4 compares."""
    return disca_nb.compare(PANEL, ["vanilla", "consensus", "paper"], method="quadrature")


def code(cell: str) -> str:
    """Return the Python that stands in the text of a cell."""
    (found,) = re.findall(r"```python\n(.*?)```", CELLS[cell], re.DOTALL)
    return str(found)


def run(source: str, **names: object) -> dict[str, object]:
    """Run code of the page with what its earlier cells have defined."""
    known: dict[str, object] = {"disca_nb": disca_nb, **names}
    exec(source, known)  # noqa: S102 - our own code, as it stands on the page
    return known


def test_the_settings_are_those_that_the_text_names() -> None:
    assert (STEERED.attrs["variant"], STEERED.attrs["sigma"]) == ("paper", "adaptive")
    spread = PANEL.persona_gap.std("persona", ddof=1)
    widths = STEERED.sigma.transpose(*spread.dims)
    np.testing.assert_allclose(widths.values, np.maximum(spread.values, 0.3))
    assert "0.3 at least" in CELLS["cell-11"]
    printed = disca_nb.steer(PANEL, variant="paper", method="quadrature", sigma=0.3)
    assert printed.attrs["sigma"] == 0.3


def test_steering_moves_every_country_and_the_floor_is_nearer_still(scores: xr.Dataset) -> None:
    vanilla, consensus, paper = (scores.mis.sel(variant=name) for name in scores.variant.values)
    assert (vanilla - paper > 0.3).all()
    assert (vanilla > scores.mis_coin_flip).all()
    assert (scores.mis_leave_one_out < paper).all()
    assert abs(paper - consensus).max() < 0.005


def test_the_first_answer_is_what_it_prints(
    scores: xr.Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    run(code("cell-21"), scores=scores)
    first, *rows = capsys.readouterr().out.splitlines()
    assert first == "Nearer in 0 of 12 countries."
    assert "In none." in CELLS["cell-21"]
    assert [rows[0][:5], rows[-1][:5]] == ["JPN +", "IND +"]
    assert "from Japan, where it is least, to India" in CELLS["cell-21"]


def test_the_second_answer_is_what_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    run(code("cell-22"))
    found = re.findall(r"floor (\S+), model (\S+)\n", capsys.readouterr().out)
    (far, far_model), (near, near_model) = found
    assert far_model == near_model
    assert float(near) / float(far) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("cell", ["cell-21", "cell-22"])
def test_answers_state_no_figures_that_they_do_not_compute(cell: str) -> None:
    prose = re.sub(r"```.*?```", "", CELLS[cell].partition("<summary>")[2], flags=re.DOTALL)
    assert not re.search(r"\d", prose)


@pytest.mark.slow
def test_the_panels_that_it_points_to_open_with_what_the_page_has() -> None:
    for line in code("go-on").splitlines():
        opened = run(f"opened = {line}", steered=STEERED, panel=PANEL)["opened"]
        assert isinstance(opened, Panel)
        # What is wrong with a dataset would be said there.
        assert opened._message.value == ""
        opened.close()


def test_tutorials_that_it_points_to_are_there() -> None:
    named = re.findall(r"\]\((\w+\.ipynb)\)", "".join(CELLS.values()))
    assert {name[:2] for name in named} == {"01", "03", "04"}
    assert all((FOLDER / name).is_file() for name in named)
