"""What a result says of itself, in the form that sentences are made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.metrics.audit_report import Audit, ModelAudit
from disca_nb.metrics.means import macro
from disca_nb.steering.settings import DISCA_VARIANTS, VARIANTS
from disca_nb.variables import validate

__all__ = ["Facts", "Sentence", "clean", "facts_of"]

# Methods of an audit that stand where `alignment` has its floors.
_FLOORS = {
    "mis_vanilla": "vanilla",
    "mis_coin_flip": "coin-flip",
    "mis_leave_one_out": "world-mean",
}
# The folders of an absolute path, of any system; "https://" and "owner/name" are none.
_FOLDERS = re.compile(
    r"(?<![\w/\\.])(?:(?:file:|~[\w.-]*|[A-Za-z]:)|(?<!:)|(?!//))[\\/]+(?=\S)(?:[^\\/,;:\n]*[\\/])*"
)


class Sentence(NamedTuple):
    """A sentence without its full stop, what in the result it rests on, and whom it cites."""

    text: str
    evidence: str = ""
    cites: tuple[str, ...] = ()

    def __str__(self) -> str:
        evidence = f" ({self.evidence})" if self.evidence else ""
        keys = f" [{'; '.join(self.cites)}]" if self.cites else ""
        return f"{self.text}{evidence}{keys}."


@dataclass(frozen=True)
class Facts:
    """What there is to tell.

    Attributes
    ----------
    data : xarray.Dataset
        Gaps, decisions or scores; of an audit, the scores of its models side by side.
    means : xarray.Dataset or None
        Scores and floors averaged over countries.
    reports : tuple of ModelAudit
        The audits, if any.
    """

    data: xr.Dataset
    means: xr.Dataset | None
    reports: tuple[ModelAudit, ...] = ()

    def attr(self, name: str) -> str:
        """Return an attribute as clean text, empty when it is not there."""
        return clean(self.data.attrs.get(name, ""))

    def has(self, *names: str) -> bool:
        """Return whether the data have one of these variables."""
        return any(name in self.data for name in names)

    def labels(self, name: str) -> list[str]:
        """Return the labels of a dimension, or the one that was selected."""
        found = np.ravel(self.data[name].values) if name in self.data.coords else np.array([])
        return list(dict.fromkeys(clean(label) for label in found))

    @property
    def variants(self) -> list[str]:
        """Names of the variants, from the labels or else from the attribute."""
        names = self.labels("variant") or [self.attr("variant")] * ("variant" in self.data.attrs)
        # Audits and rivals put the method's name before the variant's.
        plain = {name: name.removeprefix("disca-") for name in names}
        return [plain[name] if plain[name] in VARIANTS else name for name in names]

    @property
    def captions(self) -> dict[str, list[str]]:
        """Parts of the caption of each variant that `disca_nb.steer` knows."""
        lines = [clean(line) for line in str(self.data.attrs.get("steering", "")).split("\n")]
        parts = {line.split(", ")[0].removeprefix("DISCA "): line.split(", ") for line in lines}
        return {name: parts[name] for name in self.variants if name in VARIANTS and name in parts}

    @property
    def method(self) -> str:
        """How the passes were made; empty without passes, or where the variants' ways differ."""
        makes_passes = any(name in DISCA_VARIANTS for name in self.variants)
        # Scores of a rival still carry the settings of the dataset that it was fitted to.
        stale = self.data.attrs.get("variant", "") not in {"", *self.variants}
        return self.attr("method") if makes_passes and not stale else ""


def facts_of(results: xr.Dataset | Audit | ModelAudit) -> Facts:
    """Return what there is to tell of a result.

    Parameters
    ----------
    results : xarray.Dataset, Audit or ModelAudit
        As for `disca_nb.methods`.

    Returns
    -------
    Facts
        The same in one form.

    Raises
    ------
    InputError
        When the dataset does not validate, or an audit holds no model.
    """
    if isinstance(results, ModelAudit):
        results = Audit({results.model: results})
    if not isinstance(results, Audit):
        return Facts(validate(results), _means(results))
    reports = tuple(results.models.values())
    if not reports:
        raise InputError("The audit holds 0 models; audit a dataset that has one.")
    scores = [
        report.scores.drop_vars("model", errors="ignore").expand_dims(model=[report.model])
        for report in reports
    ]
    data = _joined(scores)
    for name in ("source", "targets"):
        stated = [str(one.attrs[name]) for one in scores if name in one.attrs]
        if stated:
            data.attrs[name] = "; ".join(dict.fromkeys(stated))
    return Facts(data, _joined([_audited(report) for report in reports]), reports)


def _means(data: xr.Dataset) -> xr.Dataset | None:
    """Return means over countries, None without scores."""
    if "mis" not in data:
        return None
    if "country" not in data.coords:
        return data
    return macro(data if "country" in data.dims else data.expand_dims("country"))


def _joined(parts: list[xr.Dataset]) -> xr.Dataset:
    """Return models side by side, with the attributes that all of them have alike."""
    joined = xr.concat(
        parts,
        dim="model",
        data_vars="all",
        coords="different",
        compat="equals",
        join="outer",
        combine_attrs="drop_conflicts",
    )
    # What one does not say of itself is no fact about it.
    kept = {
        key: value
        for key, value in joined.attrs.items()
        if all(key in part.attrs for part in parts)
    }
    return joined.drop_attrs(deep=False).assign_attrs(kept)


def _audited(report: ModelAudit) -> xr.Dataset:
    """Return an audit's own means, named as `macro` names them."""
    found: dict[str, xr.DataArray] = {
        "noise_ceiling": report.methods["noise_ceiling"].mean("country", skipna=False)
    }
    for name, rival in {"mis": report.subject, **_FLOORS}.items():
        if report.has(rival):
            one = report.methods.sel(rival=rival)
            for end in ("", "_low", "_high"):
                found[name + end] = one[f"macro_mis{end}"].reset_coords(drop=True)
    means = xr.Dataset(found).assign(n_countries=report.methods.sizes["country"])
    return means.expand_dims(model=[report.model]).assign_coords(variant=report.subject)


def clean(value: object) -> str:
    """Return a text in one line, with the names of files but not the folders they lie in.

    Parameters
    ----------
    value : object
        An attribute or a label.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> clean("/home/me/runs/phi-4.csv; doi:10.1038/s41586-018-0637-6")
    'phi-4.csv; doi:10.1038/s41586-018-0637-6'
    """
    return _FOLDERS.sub("", " ".join(str(value).split()))
