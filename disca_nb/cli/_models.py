"""Models named on the command line: files of recorded gaps, folders of logs, released names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.errors import InputError, unknown_name

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["FILES", "load_models"]

FILES = (
    "A FILE is a CSV of recorded gaps, a result of disca-nb elicit (.zarr or .nc), a folder of "
    "released logs, or the name of a model whose logs were released (disca-nb fetch list), which "
    "are downloaded where needed."
)
_ENDINGS = (".csv", ".gz")
_RESULTS = (".zarr", ".nc")


def load_models(files: list[Path]) -> dict[str, xr.Dataset]:
    """Return each model's recorded gaps by its name."""
    from disca_nb.datasets import load_released, recorded, released_models, upstream
    from disca_nb.results import open_results

    models: dict[str, xr.Dataset] = {}
    for path in files:
        if path.suffix.lower() in _RESULTS:
            dataset = _one_model(open_results(path), path)
        elif path.is_dir():
            dataset = upstream.load_folder(path)
        elif not path.exists() and path.suffix.lower() not in _ENDINGS:
            if str(path) not in released_models():
                raise unknown_name("file or released model", path, released_models())
            dataset = load_released(str(path), progress=True)
        else:
            dataset = recorded.load(path)
        name = str(dataset["model"].values[0])
        if name in models:
            raise InputError(
                f"Two files are named {name!r}; rename one, as the name is the model's."
            )
        models[name] = dataset
    return models


def _one_model(dataset: xr.Dataset, path: Path) -> xr.Dataset:
    """Return a saved result if it holds the gaps of one model."""
    number = dataset.sizes.get("model", 0)
    if number != 1:
        raise InputError(f"{path} holds {number} models; save one with .sel(model=[NAME]).")
    return dataset
