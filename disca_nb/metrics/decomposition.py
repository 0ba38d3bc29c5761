"""What misalignment is made of: one common error, errors of attributes, errors of countries."""

from __future__ import annotations

import xarray as xr

from disca_nb.metrics._blocks import check_countries
from disca_nb.metrics._sums import mean, total
from disca_nb.variables import annotate, validate

__all__ = ["decompose"]


def decompose(scores: xr.Dataset) -> xr.Dataset:
    """Split the mean squared misalignment exactly into offset, attributes and countries.

    With errors e_cd of n attributes, their means over countries ē_d and over everything ē, the
    mean over countries of MIS² is n ē² + Σ_d (ē_d - ē)² + mean_c Σ_d (e_cd - ē_d)². Only the last
    part has anything to do with which country is which.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned: ``preference`` and
        ``human_preference`` over country and attribute.

    Returns
    -------
    xarray.Dataset
        By model and variant ``mis_squared``, its parts ``offset_part``, ``attribute_part`` and
        ``country_part``, their shares ``offset_share``, ``attribute_share`` and
        ``country_share``; the signed ``offset`` ē and ``mean_error`` ē_d (attribute); where
        standard errors are known ``target_noise``, how much a perfect model would show, all of it
        in the country part but for a share of one by the number of countries; and
        ``n_countries``. A country without preferences is left out. Shares of no misalignment at
        all are NaN, and so is the noise where one of the countries has no standard error.

    Raises
    ------
    InputError
        When a variable is missing, or there are fewer than two countries.

    References
    ----------
    arXiv 2605.10843 for the score.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import alignment
    >>> from disca_nb.steering import steer
    >>> parts = decompose(alignment(steer(demo_panel(), variant="consensus")))
    >>> bool(abs(parts.offset_share + parts.attribute_share + parts.country_share - 1) < 1e-12)
    True
    """
    validate(scores, "preference", "human_preference", "country", "attribute")
    check_countries(scores, 2, "the split")
    error = scores["preference"] - scores["human_preference"]
    known = error.notnull().all("attribute")
    error, n = error.where(known), error.sizes["attribute"]
    mean_error = mean(error, "country")
    offset = total(mean_error, "attribute") / n
    whole = mean(total(error**2, "attribute"), "country")
    parts = {
        "offset": n * offset**2,
        "attribute": total((mean_error - offset) ** 2, "attribute"),
        "country": mean(total((error - mean_error) ** 2, "attribute"), "country"),
    }
    result = xr.Dataset({"mis_squared": whole, "offset": offset, "mean_error": mean_error})
    for name, part in parts.items():
        result[f"{name}_part"], result[f"{name}_share"] = part, part / whole.where(whole > 0.0)
    if "human_preference_se" in scores:
        noise = total(scores["human_preference_se"] ** 2, "attribute").where(known)
        all_known = (noise.notnull() | ~known).all("country")
        result["target_noise"] = mean(noise, "country").where(all_known)
    result = result.assign(n_countries=known.sum("country"))
    return annotate(result.assign_attrs(scores.attrs))
