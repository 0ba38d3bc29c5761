"""Human targets, dilemmas and recorded gaps: one file per source, each checked as it is read."""

from disca_nb.datasets import (
    download,
    languages,
    multitp,
    profiles,
    recorded,
    regions,
    scenarios,
    targets,
    upstream,
)
from disca_nb.datasets.demo import demo_panel
from disca_nb.datasets.download import fetch, load_released, released_models

__all__ = [
    "demo_panel",
    "download",
    "fetch",
    "languages",
    "load_released",
    "multitp",
    "profiles",
    "recorded",
    "regions",
    "released_models",
    "scenarios",
    "targets",
    "upstream",
]
