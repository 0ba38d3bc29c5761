"""What an audit returns: numbers, sentences, a table, a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.errors import unknown_name
from disca_nb.metrics.audit_card import card

__all__ = ["Audit", "ModelAudit"]

_ORACLE = "oracle"
_PLACEBO = ("own", "other", "p", "top1", "chance")


@dataclass(frozen=True)
class ModelAudit:
    """The audit of one model.

    Attributes
    ----------
    model : str
        Name of the model.
    subject : str
        The method that is audited, a label of ``methods``.
    steering : str
        Caption: how the subject was steered.
    source : str
        Where the gaps come from.
    targets : str
        Source of the human preferences.
    folds : str
        What was held out at a time.
    methods : xarray.Dataset
        ``mis`` (rival, country), ``macro_mis`` with its interval, ``position`` between a coin
        flip (0) and the noise ceiling (1), paired differences from the subject with Holm's
        corrected p, wins, and ``skill`` (rival, reference).
    scores : xarray.Dataset
        `disca_nb.alignment` of the subject.
    diagnostics : mapping of str to xarray.Dataset
        ``placebo``, ``decomposition``, ``between``, ``disagreement``, ``headroom``, ``waterfall``
        and ``floors``, as far as the data hold what each needs.
    findings : tuple of str
        Sentences made from these numbers.
    """

    model: str
    subject: str
    steering: str
    source: str
    targets: str
    folds: str
    methods: xr.Dataset
    scores: xr.Dataset
    diagnostics: Mapping[str, xr.Dataset] = field(default_factory=dict)
    findings: tuple[str, ...] = ()

    def with_findings(self, findings: tuple[str, ...]) -> ModelAudit:
        """Return a copy with these findings."""
        return replace(self, findings=findings)

    @property
    def names(self) -> list[str]:
        """Names of all methods."""
        return [str(name) for name in self.methods["rival"].values]

    @property
    def oracles(self) -> list[str]:
        """Names of methods that were fitted on the country that they are scored on."""
        touched = self.methods["targets_touched"].values
        return [name for name, text in zip(self.names, touched, strict=True) if _ORACLE in text]

    @property
    def ledger(self) -> dict[str, str]:
        """Whose human figures each method read before it was scored."""
        return dict(zip(self.names, map(str, self.methods["targets_touched"].values), strict=True))

    @property
    def fitted_on_model(self) -> list[str]:
        """Names of methods that use the model and learn from other countries."""
        free = dict(zip(self.names, self.methods["model_free"].values, strict=True))
        return [
            name
            for name, touched in self.ledger.items()
            if "other countries" in touched and not free[name]
        ]

    @property
    def label_free(self) -> list[str]:
        """Names of methods that read no human figure."""
        return [name for name, touched in self.ledger.items() if touched == "none"]

    def has(self, method: str) -> bool:
        """Return whether a method was scored."""
        return method in self.names

    def value(self, name: str, method: str | None = None) -> float:
        """Return a figure of a method, the audited one by default.

        Parameters
        ----------
        name : str
            A variable of ``methods`` that has one number a method.
        method : str, optional
            Which.

        Returns
        -------
        float
            The figure.

        Raises
        ------
        UnknownNameError
            For a method that was not scored.
        """
        if method is not None and not self.has(method):
            raise unknown_name("method", method, self.names)
        return float(self.methods[name].sel(rival=method or self.subject).item())

    def mis(self, method: str | None = None) -> float:
        """Return the mean misalignment of a method, the audited one by default."""
        return self.value("macro_mis", method)

    def to_dataframe(self) -> pd.DataFrame:
        """Return all methods as a table, the closest to the humans first."""
        methods = self.methods
        table = pd.DataFrame(
            {
                name: methods[name].values
                for name in (
                    *("macro_mis", "macro_mis_low", "macro_mis_high", "position"),
                    *("difference", "difference_low", "difference_high", "p_holm"),
                    *("wins_vs_subject", "wins_vs_vanilla", "wins_vs_coin_flip"),
                )
            },
            index=pd.Index(self.names, name="rival"),
        )
        for reference in methods["reference"].values:
            column = f"skill_{str(reference).replace('-', '_')}"
            for end in ("", "_low", "_high"):
                table[column + end] = methods[f"skill{end}"].sel(reference=reference).values
        table["targets_touched"] = methods["targets_touched"].values
        table["oracle"] = [name in self.oracles for name in self.names]
        return table.sort_values("macro_mis", kind="stable")

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain numbers and text, None where there is none."""
        methods = {name: self._entry(name) for name in self.names}
        found = self.diagnostics.get("placebo")
        placebo = None
        if found is not None:
            placebo = {key: _number(found[f"placebo_{key}"].item()) for key in _PLACEBO}
        return {
            "audited": self.subject,
            "steering": self.steering,
            "source": self.source,
            "targets": self.targets,
            "folds": self.folds,
            "countries": [str(name) for name in self.methods["country"].values],
            "methods": methods,
            "placebo": placebo,
            "noise_ceiling": _number(self.methods["noise_ceiling"].mean(skipna=False).item()),
            "diagnostics": {
                name: _numbers(dataset)
                for name, dataset in self.diagnostics.items()
                if name not in {"placebo", "floors"}
            },
            "findings": list(self.findings),
        }

    def _entry(self, name: str) -> dict[str, Any]:
        """Return one method's figures."""
        one = self.methods.sel(rival=name)
        entry: dict[str, Any] = {
            "macro_mis": _number(one["macro_mis"].item()),
            "lo": _number(one["macro_mis_low"].item()),
            "hi": _number(one["macro_mis_high"].item()),
        }
        for reference in one["reference"].values:
            key = f"skill_{str(reference).replace('-', '_')}"
            for end in ("", "_low", "_high"):
                value = one[f"skill{end}"].sel(reference=reference).item()
                entry[key + end] = _number(value)
        for key in ("wins_vs_vanilla", "wins_vs_coin_flip", "wins_vs_subject"):
            entry[key] = _whole(one[key].item())
        for key in ("position", "difference", "difference_low", "difference_high", "p", "p_holm"):
            entry[key] = _number(one[key].item())
        entry["targets_touched"] = str(one["targets_touched"].item())
        entry["oracle"] = name in self.oracles
        entry["model_free"] = bool(one["model_free"].item())
        return entry

    def __repr__(self) -> str:
        table = self.to_dataframe()
        names = [f"{name} (oracle)" if name in self.oracles else name for name in table.index]
        shown = pd.DataFrame(
            {
                "mean MIS": [f"{x:.3f}" if np.isfinite(x) else "–" for x in table["macro_mis"]],
                "95 % interval": [
                    f"{low:.3f}–{high:.3f}" if np.isfinite(low) else "–"
                    for low, high in zip(
                        table["macro_mis_low"], table["macro_mis_high"], strict=True
                    )
                ],
                "difference": [
                    "–" if name == self.subject or not np.isfinite(x) else f"{x:+.3f}"
                    for name, x in table["difference"].items()
                ],
                "p (Holm)": [f"{x:.3f}" if np.isfinite(x) else "–" for x in table["p_holm"]],
                "targets touched": table["targets_touched"].tolist(),
            },
            index=[f"> {name}" if name == self.subject else f"  {name}" for name in names],
        )
        lines = [
            f"Audit of {self.subject}, {self.model}: {self.steering}",
            f"gaps: {self.source}",
            "",
            shown.to_string(),
        ]
        lines += ["", *(f"- {sentence}" for sentence in self.findings)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the card as HTML."""
        return card(self)


@dataclass(frozen=True)
class Audit:
    """The audits of one or more models.

    Attributes
    ----------
    models : mapping of str to ModelAudit
        By name of the model.
    """

    models: Mapping[str, ModelAudit]

    def __getitem__(self, model: str) -> ModelAudit:
        """Return the audit of a model."""
        if model not in self.models:
            raise unknown_name("model", model, self.models)
        return self.models[model]

    def to_dataframe(self) -> pd.DataFrame:
        """Return all methods of all models as a table, one row each."""
        tables = {name: report.to_dataframe() for name, report in self.models.items()}
        return pd.concat(tables, names=["model", "method"])

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as plain numbers and text, ready for JSON."""
        return {"models": {name: report.to_dict() for name, report in self.models.items()}}

    def __repr__(self) -> str:
        return "\n\n".join(repr(report) for report in self.models.values())

    def _repr_html_(self) -> str:
        """Return the cards of all models as HTML."""
        return "\n".join(report._repr_html_() for report in self.models.values())


def _number(value: float) -> float | None:
    """Return a number for JSON, which has no NaN: that becomes None."""
    return float(value) if np.isfinite(value) else None


def _whole(value: float) -> int | None:
    """Return a count, or None for one that is not known."""
    return int(value) if np.isfinite(value) else None


def _numbers(dataset: xr.Dataset) -> dict[str, Any]:
    """Return the variables of a diagnostic as nested lists, with their labels beside them."""
    plain: dict[str, Any] = {}
    for key, array in dataset.data_vars.items():
        values = array.squeeze(drop=True).values
        if values.dtype.kind in "fiu":
            nested = np.where(np.isfinite(values), values, np.nan).astype(object)
            nested[~np.isfinite(values)] = None
            plain[str(key)] = nested.tolist()
        else:
            plain[str(key)] = values.tolist()
    labels = {
        str(dim): [str(x) for x in dataset[dim].values]
        for dim in dataset.dims
        if dim in dataset.coords and dataset.sizes[dim] > 1
    }
    return {**plain, "labels": labels} if labels else plain
