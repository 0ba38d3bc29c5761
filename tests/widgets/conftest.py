"""Widgets that tests open are closed, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ipywidgets.widgets import widget as registry


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before = set(registry._instances)
    yield
    left = [registry._instances[each] for each in set(registry._instances) - before]
    for each in left:
        each.close()
    assert left == []
