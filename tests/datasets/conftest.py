"""What the tests of the loaders share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from disca_nb.errors import DataFileError


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Return a function that writes a file and returns its path."""

    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


@pytest.fixture
def complaint() -> Callable[..., str]:
    """Return a function that calls a loader, which must refuse in one sentence, and returns it."""

    def _complaint(loader: Callable[..., object], *arguments: object) -> str:
        with pytest.raises(DataFileError) as caught:
            loader(*arguments)
        text = str(caught.value)
        assert text.endswith(".")
        assert "\n" not in text
        assert ". " not in text
        return text

    return _complaint
