"""The ``.disca`` accessor of datasets: a thin handle on the package's functions.

It imports what it delegates to at the call, so that registering it costs nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
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
    from disca_nb.widgets import Explorer, SteeringLab

__all__ = ["DiscaAccessor", "PlotAccessor"]


class PlotAccessor:
    """Plots of a dataset; methods take ``ax=``, of several panels ``figure=``, and return Axes."""

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def attributes(self, **options: Any) -> npt.NDArray[np.object_]:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_attributes`."""
        from disca_nb.plots import plot_attributes

        return plot_attributes(self._dataset, **options)

    def consistency(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_consistency`."""
        from disca_nb.plots import plot_consistency

        return plot_consistency(self._dataset, **options)

    def dumbbell(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_dumbbell`."""
        from disca_nb.plots import plot_dumbbell

        return plot_dumbbell(self._dataset, **options)

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

    def heatmap(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_heatmap`."""
        from disca_nb.plots import plot_heatmap

        return plot_heatmap(self._dataset, **options)

    def landscape(self, **options: Any) -> npt.NDArray[np.object_]:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_landscape`."""
        from disca_nb.plots import plot_landscape

        return plot_landscape(self._dataset, **options)

    def latency(self, gaps: xr.Dataset, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_latency`."""
        from disca_nb.plots import plot_latency

        return plot_latency(self._dataset, gaps, **options)

    def mis(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_mis`."""
        from disca_nb.plots import plot_mis

        return plot_mis(self._dataset, **options)

    def pca(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_pca`."""
        from disca_nb.plots import plot_pca

        return plot_pca(self._dataset, **options)

    def placebo(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_placebo`."""
        from disca_nb.plots import plot_placebo

        return plot_placebo(self._dataset, **options)

    def radar(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_radar`."""
        from disca_nb.plots import plot_radar

        return plot_radar(self._dataset, **options)

    def representation(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_representation`."""
        from disca_nb.plots import plot_representation

        return plot_representation(self._dataset, **options)

    def representation_map(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_representation_map`."""
        from disca_nb.plots import plot_representation_map

        return plot_representation_map(self._dataset, **options)

    def sensitivity(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_sensitivity`."""
        from disca_nb.plots import plot_sensitivity

        return plot_sensitivity(self._dataset, **options)

    def shift(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_shift`."""
        from disca_nb.plots import plot_shift

        return plot_shift(self._dataset, **options)

    def size(self, sizes: Mapping[str, float] | None = None, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_size`."""
        from disca_nb.plots import plot_size

        return plot_size(self._dataset, sizes, **options)

    def speakers(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_speakers`."""
        from disca_nb.plots import plot_speakers

        return plot_speakers(self._dataset, **options)

    def steerability(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_steerability`."""
        from disca_nb.plots import plot_steerability

        return plot_steerability(self._dataset, **options)

    def tile_map(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_tile_map`."""
        from disca_nb.plots import plot_tile_map

        return plot_tile_map(self._dataset, **options)

    def topic_consistency(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_topic_consistency`."""
        from disca_nb.plots import plot_topic_consistency

        return plot_topic_consistency(self._dataset, **options)

    def variance(self, **options: Any) -> Axes:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.plots.plot_variance`."""
        from disca_nb.plots import plot_variance

        return plot_variance(self._dataset, **options)

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

    def explore(self, targets: xr.Dataset | None = None, **options: Any) -> Explorer:  # noqa: ANN401 - passed on as they are
        """Delegate to `disca_nb.explore`."""
        from disca_nb.widgets import explore

        return explore(self._dataset, targets, **options)

    def steering_lab(self, targets: xr.Dataset | None = None) -> SteeringLab:
        """Delegate to `disca_nb.steering_lab`."""
        from disca_nb.widgets import steering_lab

        return steering_lab(self._dataset, targets)

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
