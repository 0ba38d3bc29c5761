"""Array types that the kernels' signatures speak of."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
KeyArray: TypeAlias = npt.NDArray[np.uint64]
