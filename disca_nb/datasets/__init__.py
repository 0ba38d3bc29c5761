"""Human targets, dilemmas and recorded gaps: one file per source, each checked as it is read."""

from disca_nb.datasets import (
    country_names,
    download,
    languages,
    multitp,
    profiles,
    recorded,
    regions,
    scenarios,
    surveys,
    targets,
    tiles,
    upstream,
    values,
    wvs,
)
from disca_nb.datasets.demo import demo_panel
from disca_nb.datasets.download import fetch, load_released, released_models
from disca_nb.datasets.wvs import read_wvs

__all__ = [
    "country_names",
    "demo_panel",
    "download",
    "fetch",
    "languages",
    "load_released",
    "multitp",
    "profiles",
    "read_wvs",
    "recorded",
    "regions",
    "released_models",
    "scenarios",
    "surveys",
    "targets",
    "tiles",
    "upstream",
    "values",
    "wvs",
]
