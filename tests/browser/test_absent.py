"""Where there is no browser tests skip with the reason, or fail where they are required."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from browsing import axe, chromium

pytest.importorskip("playwright", reason="needs playwright, of the extra test")
pytest.importorskip("jupyterlab", reason="needs JupyterLab, of the extra lab")


@pytest.fixture(autouse=True)
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave no program on PATH, and nothing named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("DISCA_NB_REQUIRE_BROWSER", "DISCA_NB_CHROMIUM", "DISCA_NB_AXE"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_browser_tests_skip_and_say_why() -> None:
    with pytest.raises(pytest.skip.Exception, match="No Chromium on PATH"):
        chromium.executable()


def test_without_npm_checks_of_accessibility_skip_and_say_why(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"need npm, or axe\.min\.js"):
        axe.axe_source(tmp_path)


def test_where_a_browser_is_required_its_absence_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCA_NB_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="No Chromium on PATH"):
        chromium.executable()
    with pytest.raises(pytest.fail.Exception, match="need npm"):
        axe.axe_source(tmp_path)


def test_what_is_named_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Any program will do: it is not started here.
    monkeypatch.setenv("DISCA_NB_CHROMIUM", sys.executable)
    assert chromium.executable() == sys.executable
    (tmp_path / "axe.min.js").write_text("code", encoding="utf-8")
    monkeypatch.setenv("DISCA_NB_AXE", str(tmp_path / "axe.min.js"))
    assert axe.axe_source(tmp_path) == "code"


@pytest.mark.parametrize("name", ["DISCA_NB_CHROMIUM", "DISCA_NB_AXE"])
def test_a_wrong_name_fails_whether_required_or_not(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    asked = chromium.executable if name.endswith("CHROMIUM") else lambda: axe.axe_source(tmp_path)
    with pytest.raises(pytest.fail.Exception, match=f"{name} is .*nowhere"):
        asked()
