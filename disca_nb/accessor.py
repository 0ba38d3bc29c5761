"""The ``.disca`` accessor of datasets: a thin handle on the package's functions.

It imports what it delegates to at the call, so that registering it costs nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

    from disca_nb._methods import Methods
    from disca_nb._summary import Summary
    from disca_nb.metrics import Audit

__all__ = ["DiscaAccessor", "PlotAccessor"]


class PlotAccessor:
    """Plots of a dataset; every method takes ``ax=`` and returns Axes."""

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def forest(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_forest`."""
        from disca_nb.plots import plot_forest

        return plot_forest(self._dataset, **options)

    def gaps(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_gaps`."""
        from disca_nb.plots import plot_gaps

        return plot_gaps(self._dataset, **options)

    def gate(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_gate`."""
        from disca_nb.plots import plot_gate

        return plot_gate(self._dataset, **options)

    def landscape(self, **options: Any) -> npt.NDArray[np.object_]:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_landscape`."""
        from disca_nb.plots import plot_landscape

        return plot_landscape(self._dataset, **options)

    def mis(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_mis`."""
        from disca_nb.plots import plot_mis

        return plot_mis(self._dataset, **options)

    def placebo(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_placebo`."""
        from disca_nb.plots import plot_placebo

        return plot_placebo(self._dataset, **options)

    def sensitivity(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_sensitivity`."""
        from disca_nb.plots import plot_sensitivity

        return plot_sensitivity(self._dataset, **options)

    def waterfall(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_waterfall`."""
        from disca_nb.plots import plot_waterfall

        return plot_waterfall(self._dataset, **options)


@xr.register_dataset_accessor("disca")  # type: ignore[no-untyped-call] # xarray's own
class DiscaAccessor:
    """Methods of ``dataset.disca``; each delegates to the function of the same name.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN"])
    >>> panel.disca.steer(variant="consensus").disca.preferences().preference.sizes["attribute"]
    6
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def __repr__(self) -> str:
        return repr(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    @property
    def plot(self) -> PlotAccessor:
        """Plots of this dataset."""
        return PlotAccessor(self._dataset)

    def summary(self) -> Summary:
        """Delegate to `disca_nb.summary`."""
        from disca_nb._summary import summary

        return summary(self._dataset)

    def methods(self) -> Methods:
        """Delegate to `disca_nb.methods`."""
        from disca_nb._methods import methods

        return methods(self._dataset)

    def quality(self) -> pd.DataFrame:
        """Delegate to `disca_nb.quality`."""
        from disca_nb._elicit.quality import quality

        return quality(self._dataset)

    def landscape(self, **options: Any) -> xr.Dataset:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.steering.landscape`."""
        from disca_nb.steering import landscape

        return landscape(self._dataset, **options)

    def steer(self, **options: Any) -> xr.Dataset:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.steer`."""
        from disca_nb.steering import steer

        return steer(self._dataset, **options)

    def preferences(self) -> xr.Dataset:
        """Delegate to `disca_nb.preferences`."""
        from disca_nb.metrics import preferences

        return preferences(self._dataset)

    def alignment(self, targets: xr.Dataset | None = None, **options: Any) -> xr.Dataset:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.alignment`."""
        from disca_nb.metrics import alignment

        return alignment(self._dataset, targets, **options)

    def compare(self, *args: Any, **options: Any) -> xr.Dataset:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.compare`."""
        from disca_nb.metrics import compare

        return compare(self._dataset, *args, **options)

    def audit(self, targets: xr.Dataset | None = None, **options: Any) -> Audit:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.audit`."""
        from disca_nb.metrics import audit

        return audit(self._dataset, targets, **options)

    def macro(self, **options: Any) -> xr.Dataset:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.macro`."""
        from disca_nb.metrics import macro

        return macro(self._dataset, **options)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Delegate to `disca_nb.save_results`."""
        from disca_nb.results import save_results

        return save_results(self._dataset, path, overwrite=overwrite)
