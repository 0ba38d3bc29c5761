"""The run panel without a browser: its controls, what it says, and that it lets go of all."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from ipywidgets.widgets import widget as base
from scripted import Scripted
from watched_runs import (
    COUNTRIES,
    ENDS,
    LONG,
    PER_ATTRIBUTE,
    Gated,
    Raising,
    expected,
    same,
    threads,
)

import disca_nb
from disca_nb import run_panel
from disca_nb._elicit.given import Asked
from disca_nb.datasets.profiles import shipped
from disca_nb.errors import InputError
from disca_nb.models.embedded import NOTICE
from disca_nb.widgets import RunPanel
from disca_nb.widgets._throttle import Throttle

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    assert threads() == []


@pytest.fixture
def panels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Panels]:
    monkeypatch.chdir(tmp_path)
    made = Panels()
    yield made
    for panel in made.all:
        panel.close()


class Panels:
    """Makes panels that are closed at the end of the test."""

    def __init__(self) -> None:
        self.all: list[RunPanel] = []

    def __call__(self, model: Asked = "demo") -> RunPanel:
        panel = run_panel(model)
        self.all.append(panel)
        panel.controls.countries.value = COUNTRIES
        panel.controls.scenarios.value = ("balanced", PER_ATTRIBUTE)
        # Everything is shown, however fast it comes.
        panel._throttle = Throttle(0.0)
        return panel


def text(panel: RunPanel) -> str:
    """Return all that a panel says, as HTML."""
    said = (panel._notice, panel._message, panel._progress)
    return "".join(each.value for each in (*said, panel._failures, panel._plan, panel._next))


def clicked(panel: RunPanel, button: str = "start") -> RunPanel:
    """Click a button and wait until what it begins has ended."""
    getattr(panel.controls, button).click()
    panel.run.wait(LONG)
    return panel


def test_every_control_has_a_label(panels: Panels) -> None:
    controls = panels().controls
    inputs = (controls.model, controls.countries, controls.scenarios, controls.path)
    labels = [each.description for each in inputs]
    assert labels == ["Model", "Countries", "Scenarios", "Result"]
    buttons = [each.description for each in (controls.plan, controls.start, controls.stop)]
    assert buttons == ["Plan", "Start", "Stop"]
    assert "disca-run" in panels()._dom_classes


def test_all_countries_with_profiles_can_be_chosen_and_synthetic_ones_say_so(
    panels: Panels,
) -> None:
    options = dict(panels().controls.countries.options)
    profiles = shipped()
    assert sorted(options.values()) == sorted(profiles.country.values.tolist())
    for label, code in options.items():
        made_up = profiles.profile_source.sel(country=code).item() == "synthetic"
        assert f"({code})" in label
        assert ("synthetic profile" in label) == made_up
    assert next(iter(options)) == "Australia (AUS)"


def test_every_choice_of_scenarios_can_be_asked(panels: Panels) -> None:
    controls = panels().controls
    sizes = []
    for label, value in controls.scenarios.options:
        controls.scenarios.value = value
        scenarios, _ = controls.choice().asked()
        assert str(scenarios.sizes["scenario"]) in label
        sizes.append(scenarios.sizes["scenario"])
    assert (sizes[0], sizes[-1]) == (12, 310)


def test_what_is_synthetic_is_named(panels: Panels) -> None:
    panel = panels("demo")
    assert NOTICE in panel._notice.value
    panel.controls.model.value = "Qwen/Qwen2.5-0.5B-Instruct"
    assert panel._notice.value == ""
    panel.controls.countries.value = ("JPN", "ARG", "IRN")
    assert (
        "The personas of ARG, IRN are worded from synthetic profiles, drawn" in panel._notice.value
    )


def test_the_path_follows_the_model_until_one_is_typed(panels: Panels) -> None:
    controls = panels("demo").controls
    assert Path(controls.path.value) == Path("disca-runs/demo.zarr")
    controls.model.value = "Qwen/Qwen2.5-0.5B-Instruct"
    assert Path(controls.path.value) == Path("disca-runs/Qwen2.5-0.5B-Instruct.zarr")
    controls.path.value = "mine.nc"
    controls.model.value = "demo"
    assert controls.path.value == "mine.nc"


def test_start_asks_and_saves(panels: Panels, capsys: pytest.CaptureFixture[str]) -> None:
    panel = panels(Scripted())
    assert panel.result is None
    clicked(panel)
    assert same(panel.result, expected())
    assert same(disca_nb.open_results(panel.controls.path.value), expected())
    assert "216 of 216 prompts" in panel._progress.value
    assert "Done:" in panel._message.value
    assert "48 of 48 cells are scored" in panel._message.value
    assert "scripted.zarr" in panel._next.value
    assert panel._failures.value == ""
    assert panel.controls.start.description == "Start"
    assert "".join(capsys.readouterr()) == ""


def test_plan_says_what_it_would_cost(panels: Panels, tmp_path: Path) -> None:
    panel = clicked(panels(Scripted()), "plan")
    assert "216 prompts, up to 64 in a call" in panel._plan.value
    assert (panel._message.value, list(tmp_path.iterdir())) == ("", [])
    assert not panel.controls.start.disabled


def test_while_it_runs_it_can_be_stopped_and_nothing_else(panels: Panels) -> None:
    panel = panels(model := Gated())
    controls = panel.controls
    open_before = (controls.model, controls.countries, controls.scenarios, controls.path)
    panel.controls.start.click()
    model.until_call(2)
    # The kernel's thread is free: the run stands still in the model.
    assert "64 of 216 prompts" in panel._progress.value
    assert all(each.disabled for each in (*open_before, controls.plan, controls.start))
    assert not controls.stop.disabled
    controls.stop.click()
    assert controls.stop.disabled
    assert "as soon as the batch under way is finished" in panel._message.value
    model.let_on.release()
    panel.run.wait(LONG)
    assert "Stopped after 128 of 216 prompts" in panel._message.value
    assert not any(each.disabled for each in (*open_before, controls.plan, controls.start))
    assert controls.stop.disabled
    assert panel.result is None


def test_resume_goes_on_to_the_same_result(panels: Panels) -> None:
    panel = panels(model := Gated())
    panel.controls.start.click()
    model.until_call(2)
    panel.controls.stop.click()
    model.let_on.release()
    panel.run.wait(LONG)
    assert panel.controls.start.description == "Resume"
    path = panel.controls.path.value
    panel.controls.path.value = "other.zarr"
    assert panel.controls.start.description == "Start"
    panel.controls.path.value = path
    # Another panel, as after the kernel was restarted, finds it too.
    other = panels(again := Scripted())
    assert other.controls.start.description == "Resume"
    clicked(other)
    assert same(other.result, expected())
    assert len(again.asked) == ENDS[-1] - ENDS[2]
    assert other.controls.start.description == "Start"


def test_errors_are_in_the_panel_and_nowhere_else(
    panels: Panels, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    panel = panels()
    panel.controls.model.value = f"no model {HOSTILE}"
    clicked(panel)
    assert 'role="alert"' in panel._message.value
    assert "There is no folder no model &lt;script&gt;" in panel._message.value
    panel.controls.model.value = "demo"
    panel.controls.path.value = f"{HOSTILE}.csv"
    clicked(panel)
    assert "use .zarr (Zarr) or .nc (NetCDF)" in panel._message.value
    panel.controls.countries.value = ()
    clicked(panel)
    assert "No country was named" in panel._message.value
    assert "<script" not in text(panel)
    assert ("".join(capsys.readouterr()), caplog.text) == ("", "")


def test_what_the_thread_cannot_take_is_told(panels: Panels) -> None:
    panel = panels(model := Gated())
    panel.controls.start.click()
    model.until_call(1)
    panel.controls.start.click()  # as by a second click that was under way
    assert "Error:</strong> A run is running; stop it" in panel._message.value
    model.let_on.release(len(ENDS))
    assert panel.run.wait(LONG).phase == "finished"


def test_another_runs_store_is_told_by_what_differs(panels: Panels) -> None:
    panel = clicked(panels(Scripted()))
    panel.controls.countries.value = ("JPN", "DEU")
    clicked(panel)
    assert "countries: USA in the store alone, DEU now alone" in panel._message.value


@pytest.mark.parametrize("name", [HOSTILE, "a<b>&'\"/c", "../../up", " "])
def test_hostile_names_and_errors_are_text(panels: Panels, tmp_path: Path, name: str) -> None:
    panel = panels(Scripted(name=name, mass=lambda _: 0.1))
    assert Path(panel.controls.path.value).parent == Path("disca-runs")
    clicked(clicked(panel, "plan"))
    assert panel.run.state.phase == "finished"
    assert "48 cells without a score" in panel._failures.value
    assert "<script" not in text(panel)
    assert "<b>" not in text(panel)
    failing = panels(Raising(RuntimeError(f"<img src=x onerror={name}>"), name="failing"))
    clicked(failing)
    assert "RuntimeError: &lt;img" in failing._message.value
    assert [path.name for path in tmp_path.iterdir()] == ["disca-runs"]


def test_the_throttle_holds_back_what_is_more_of_the_same(panels: Panels) -> None:
    panel = panels(Scripted())
    now = [0.0]
    panel._throttle = Throttle(clock=lambda: now[0])
    shown: list[str] = []
    panel._progress.observe(lambda change: shown.append(change["new"]), "value")
    clicked(panel)
    # No time passes: one picture of each phase, the last one whole.
    assert ["0 of 216" in each for each in shown] == [False, True, False]
    assert "216 of 216 prompts" in shown[-1]


def test_five_pictures_a_second() -> None:
    now = [0.0]
    throttle = Throttle(clock=lambda: now[0])
    due = 0
    for step in range(1_000):
        now[0] = step / 1_000
        due += throttle.due("running")
    assert due == 5


def test_close_ends_a_run_and_leaves_no_widget_thread_or_lock(tmp_path: Path) -> None:
    before = len(base._instances)
    panel = run_panel(model := Gated(), folder=tmp_path)
    panel.controls.scenarios.value = ("balanced", PER_ATTRIBUTE)
    panel.controls.start.click()
    model.until_call(2)
    closing = threading.Thread(target=panel.close)
    closing.start()
    assert panel.run._asked_to_stop.wait(LONG)
    model.let_on.release()
    closing.join(LONG)
    assert not closing.is_alive()
    assert len(base._instances) == before
    assert threads() == []
    panel.close()
    # Its path is free, and what was finished is there.
    other = run_panel(again := Scripted(), folder=tmp_path)
    other.controls.scenarios.value = ("balanced", PER_ATTRIBUTE)
    clicked(other)
    assert same(other.result, expected())
    assert len(again.asked) == ENDS[-1] - ENDS[2]
    other.close()


def test_a_closed_panel_is_garbage(tmp_path: Path) -> None:
    panel = run_panel(Scripted(), folder=tmp_path)
    clicked(panel)
    panel.close()
    gone = weakref.ref(panel)
    del panel
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("model", "folder", "words"),
    [
        (3, "runs", "int is no language model"),
        ("", "runs", "is no name of a model"),
        (["demo", Scripted()], "runs", "There are 2 models; give one"),
        ("demo", 3, "folder is 3; give the path of a folder"),
    ],
)
def test_what_is_no_model_or_folder_is_refused(model: Asked, folder: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run_panel(model, folder=folder)


def test_the_embedded_model_by_mouse(panels: Panels) -> None:
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    panel = panels("demo")
    panel.controls.countries.value = ("JPN",)
    panel.controls.scenarios.value = ("balanced", 2)
    clicked(panel, "plan")
    for words in ("tokens read", "Memory:", "Time: about"):
        assert words in panel._plan.value
    clicked(panel)
    assert panel.run.state.error == ""
    assert panel.result is not None
    assert NOTICE in panel._message.value
    assert "synthetic" in panel.result.attrs["source"]
