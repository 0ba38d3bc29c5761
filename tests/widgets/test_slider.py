"""The slider's traits; what it does on a page is shown in a browser."""

from __future__ import annotations

from ipywidgets.widgets import widget as registry

from disca_nb.widgets.slider import Slider


def test_it_holds_what_it_is_given() -> None:
    slider = Slider(label="η, eta", value=0.5, low=0.05, high=10.0, scale="log", help="heat")
    state = slider.get_state()
    shown = {name: state[name] for name in ("label", "value", "low", "high", "scale", "help")}
    assert shown == {
        "label": "η, eta",
        "value": 0.5,
        "low": 0.05,
        "high": 10.0,
        "scale": "log",
        "help": "heat",
    }
    slider.close()


def test_its_page_code_ships_with_it() -> None:
    slider = Slider(label="λ")
    assert "aria-label" in slider.get_state()["_esm"]
    assert ".disca-slider" in slider.get_state()["_css"]
    slider.close()


def test_nothing_is_left_of_it() -> None:
    before = set(registry._instances)
    slider = Slider(label="λ")
    slider.close()
    assert set(registry._instances) == before
