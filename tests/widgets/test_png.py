"""The lab's pictures as files, read back by another library."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from disca_nb.widgets._png import png_of


@pytest.mark.parametrize("shape", [(1, 1, 4), (7, 3, 4), (403, 634, 4)])
def test_pixels_come_back(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    with Image.open(io.BytesIO(png_of(pixels))) as found:
        found.verify()
    with Image.open(io.BytesIO(png_of(pixels))) as found:
        assert (found.format, found.mode) == ("PNG", "RGBA")
        np.testing.assert_array_equal(np.asarray(found), pixels)
