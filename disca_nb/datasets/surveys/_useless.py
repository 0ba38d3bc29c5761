"""Questions that nobody can be compared on are left out of a bank, and counted."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.datasets.surveys.report import Report
from disca_nb.errors import DataFileError
from disca_nb.variables import annotate, validate

__all__ = ["FEW", "NOBODY", "NO_TEXT", "without_useless"]

NO_TEXT = "question without a text"
FEW = "question with fewer than two options"
NOBODY = "question without a country that answered"


def without_useless(bank: xr.Dataset, found: Report) -> xr.Dataset:
    """Return the bank without useless questions, each counted once, and with its report.

    Parameters
    ----------
    bank : xarray.Dataset
        A bank whose options are in place.
    found : Report
        What was counted before.

    Raises
    ------
    DataFileError
        When no question is left.
    """
    known = bank["survey_share"].notnull().any("option")
    answered = known.any([dim for dim in known.dims if dim != "question"])
    useless = {
        NO_TEXT: (bank["question_text"] == "").to_numpy(),
        FEW: (bank["n_options"] < 2).to_numpy(),
        NOBODY: ~answered.to_numpy(),
    }
    out = np.zeros(bank.sizes["question"], dtype=bool)
    dropped = {}
    for why, which in useless.items():
        if count := int((which & ~out).sum()):
            dropped[why] = count
        out |= which
    if out.all():
        why = ", ".join(f"{reason} {count}" for reason, count in dropped.items())
        raise DataFileError(f"{found.name} has no question left ({why}); check the file.")
    kept = bank.isel(question=~out)
    kept = kept.isel(option=slice(int(kept["n_options"].max())))
    final = found.but(
        dropped=dropped,
        kept_questions=kept.sizes["question"],
        kept_cells=int(kept["survey_share"].notnull().any("option").sum()),
    )
    return annotate(validate(kept.assign_attrs(report=final.to_json())))
