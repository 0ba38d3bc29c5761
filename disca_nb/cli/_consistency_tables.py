"""Tables and sentences of ``disca-nb consistency``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from disca_nb.cli._consistency_study import EFFECT

if TYPE_CHECKING:
    import xarray as xr

    from disca_nb.cli._consistency_findings import Finding
    from disca_nb.cli._consistency_study import Study

__all__ = ["plan_sentences", "print_tables", "zero_sentences"]

_LEGEND = """\
inconsistency: mean {kind} of the answers of a group to their centre,
base {base}, 0 where all are the same; share: of the largest possible; brackets: {level:g} %
bootstrap intervals over topics, none of too few. Beside it the same groups if every answer is a
coin flip, if the model's own answers are dealt anew over the groups (shuffled), or if all take the
first option; people: the published line. Larger groups have larger values, of coins too: read each
measure beside its own floors. –: not known."""

_SHIPPED = "disca_nb"
_FLOORS = {
    "inconsistency_random": "coin flips",
    "inconsistency_shuffled": "shuffled",
    "inconsistency_yes": "first option",
    "inconsistency_human": "people",
}


def print_tables(found: Study) -> None:
    """Print what was asked, a table for each model, differences, components and the judge."""
    _print_questions(found.questions)
    result = found.result
    if notice := str(result.attrs.get("notice", "")):
        print(notice)
    _print_legend(result)
    for model in result["model"].values:
        print(f"\n{model}")
        one = result.sel(model=model)
        print(_shown(one).to_string())
        if np.isfinite(entropy := float(one["stance_entropy"])):
            print(
                f"Entropy of its answers by letter: {entropy:.2f}; who hedges throughout is steady."
            )
    _print_findings(found.findings)
    _print_components(found)
    _print_agreement(found.agreement)


def _print_legend(result: xr.Dataset) -> None:
    """Print what the columns are."""
    attrs = result.attrs
    base = "2" if float(attrs["base"]) == 2.0 else "e"
    kind = f"Jensen-Shannon {attrs['kind']}"
    print(_LEGEND.format(kind=kind, base=base, level=100.0 * float(attrs["level"])))
    if compat := str(attrs.get("compat", "")):
        print(f"As published ({compat}): every answer counts alike.")


def _print_questions(questions: xr.Dataset) -> None:
    """Print what the questions are, and of a file what its reader found."""
    from disca_nb.datasets.values import value_report

    if not str(questions.attrs.get("source", "")).startswith(_SHIPPED):
        print(value_report(questions))
        return
    made_up = " (synthetic)" if questions.attrs.get("synthetic") else ""
    counts = [
        len(set(questions[name].values.tolist())) for name in ("value_question", "topic_name")
    ]
    print(
        f"Questions {questions.attrs.get('name', '')}{made_up}: {questions.sizes['wording']} "
        f"wordings of {counts[0]} questions on {counts[1]} topics."
    )


def _shown(one: xr.Dataset) -> pd.DataFrame:
    """Return the table of one model, a row for each measure."""
    columns = {
        "groups": [str(number) for number in one["n_groups"].values],
        "inconsistency": _texts(one, "inconsistency"),
        "share": _texts(one, "inconsistency_share", ".0%"),
    }
    for name, title in _FLOORS.items():
        columns[title] = [_number(value) for value in one[name].values]
    if "n_left_out" in one and one["n_left_out"].values.any():
        columns["left out"] = [str(number) for number in one["n_left_out"].values]
    return pd.DataFrame(columns, index=pd.Index(one["measure"].values.tolist()))


def _texts(one: xr.Dataset, name: str, form: str = "z.3f") -> list[str]:
    """Return figures with their intervals."""
    figures = (one[f"{name}{end}"].values for end in ("", "_low", "_high"))
    return [interval(value, low, high, form) for value, low, high in zip(*figures, strict=True)]


def interval(value: float, low: float, high: float, form: str = "z.3f") -> str:
    """Return a figure with its interval.

    Examples
    --------
    >>> interval(0.5, -0.00001, 0.75), interval(0.5, np.nan, np.nan)
    ('0.500 [0.000, 0.750]', '0.500')
    """
    ends = f" [{low:{form}}, {high:{form}}]" if np.isfinite([low, high]).all() else ""
    return _number(value, form) + ends


def _number(value: float, form: str = "z.3f") -> str:
    """Return a number, or a dash where there is none."""
    return f"{value:{form}}" if np.isfinite(value) else "–"


def _print_findings(findings: list[Finding]) -> None:
    """Print differences and shares, and which of the differences are told from 0."""
    for model in dict.fromkeys(each.model for each in findings):
        print(f"\n{model}: differences and shares")
        for each in (one for one in findings if one.model == model):
            form = "+z.3f" if each.signed else "z.3f"
            told = interval(each.value, each.low, each.high, form)
            dealt = f" (dealt anew: {each.dealt:.3f})" if np.isfinite(each.dealt) else ""
            print(f"  {told:26} {each.text}{dealt}{_verdict_of(each)}")
    if sentences := zero_sentences(findings):
        print()
    for sentence in sentences:
        print(sentence)


def _verdict_of(one: Finding) -> str:
    """Return whether a figure is told from 0."""
    leaves_out = one.leaves_out_zero
    if leaves_out is None:
        return "; no interval"
    if not one.signed and one.high == 0.0:
        return "; none was seen, and some there may be"
    if one.signed:
        return "; leaves out 0" if leaves_out else "; holds 0: not shown"
    return "; leaves out 0" if leaves_out else "; reaches 0"


def zero_sentences(findings: list[Finding]) -> list[str]:
    """Return how many differences are told from 0, and how many are not."""
    signed = [each for each in findings if each.signed]
    if not signed:
        return []
    kinds = [each.leaves_out_zero for each in signed]
    out, within, rest = (kinds.count(each) for each in (True, False, None))
    text = f"Of {len(signed)} differences the intervals of {out} leave out 0"
    text += f"; {within} hold 0, which shows no difference" if within else ""
    text += f"; {rest} have no interval" if rest else ""
    if out + within == 0:
        return [f"{text}."]
    one_by_one = "Each stands alone: of twenty differences that are none, about one leaves out 0."
    return [f"{text}.", one_by_one]


def _print_components(found: Study) -> None:
    """Print what varies, and how large a study would have to be."""
    if found.components is None:
        return
    one = found.components
    print("\nWhat varies: variance of p(supports) by letter, and shares of it")
    shares = [_number(share, "z.0%") for share in one["variance_share"].values]
    columns = {"variance": _texts(one, "variance", "z.4f"), "share": shares}
    print(pd.DataFrame(columns, index=pd.Index(one["component"].values.tolist())).to_string())
    print("Intervals of variances are too short where topics are few.")
    for sentence in plan_sentences(found):
        print(sentence)


def plan_sentences(found: Study) -> list[str]:
    """Return what a study would have to be to tell two models apart."""
    if found.plan is None:
        return ["How large a study must be to tell models apart takes answers of two at least."]
    best = found.plan.iloc[0]
    size = (
        f"{best['topics']:.0f} topics of {_many(best['questions'], 'question')} in "
        f"{_many(best['phrasings'], 'wording')} and {_many(best['orders'], 'order')}"
    )
    if bool(best["reached"]):
        text = (
            f"To find a difference of {EFFECT:g} between two models in mean p(supports) four times "
            f"in five, the cheapest study has {size}: {best['answers']:.0f} answers of each."
        )
    else:
        text = (
            f"Even {size} would find a difference of two models in mean p(supports) only from "
            f"{best['detectable_effect']:.3f} on, four times in five."
        )
    return [text]


def _many(number: float, what: str) -> str:
    """Return a number of things."""
    return f"{number:.0f} {what}{'' if number == 1 else 's'}"


def _print_agreement(agreement: xr.Dataset | None) -> None:
    """Print how far the judge agrees with people."""
    if agreement is None:
        return
    value, low, high = (float(agreement[f"kappa{end}"]) for end in ("", "_low", "_high"))
    kappa = interval(value, low, high)
    print(
        f"\nThe judge and the labels: kappa {kappa}, the same in "
        f"{float(agreement['agreement']):.0%} of {int(agreement['n'])} answers."
    )
