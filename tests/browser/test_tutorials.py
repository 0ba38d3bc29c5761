"""Every tutorial runs in JupyterLab as a reader would run it, and nothing goes wrong unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing.notebook import Open
from tutorials import FILES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_runs_without_an_error_in_cells_widgets_or_console(
    path: Path, open_notebook: Open
) -> None:
    book = open_notebook(path.name)
    book.run_all()
    book.pictures(path.stem)
    assert book.errors == []
    assert book.log.errors == []
