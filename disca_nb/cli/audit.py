"""``disca-nb audit``: is recorded steering better than the trivial alternatives."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from disca_nb.cli._models import FILES, load_models
from disca_nb.cli._tables import print_table
from disca_nb.errors import InputError, UnknownNameError, unknown_name

if TYPE_CHECKING:
    import xarray as xr

    from disca_nb.metrics import Audit, ModelAudit

__all__ = ["add_parser"]

_FOLDS = ("country", "region")
_COLUMNS = {
    "macro_mis": "MIS",
    "macro_mis_low": "95 % from",
    "macro_mis_high": "to",
    "difference": "difference",
    "p_holm": "p (Holm)",
    "skill_world_mean": "skill",
    "skill_world_mean_low": "from",
    "skill_world_mean_high": "to ",
}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "audit",
        help="compare recorded steering with every trivial alternative",
        description=(
            "Sets recorded steering of a model (the logged decisions where there are any, else "
            "DISCA by the paper's Algorithm 1) beside coin flips, means of other countries' people "
            f"and rivals that are fitted on other countries alone. {FILES}"
        ),
        epilog="Example: disca-nb audit phi-4 --html audit.html",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--human",
        type=Path,
        metavar="CSV",
        help="human preferences: country, attribute, preference, se (default: Moral Machine)",
    )
    parser.add_argument(
        "--folds",
        default="country",
        metavar="WHAT",
        help="hold out one country at a time (default), or a whole region of neighbours: region",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the intervals")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--html", type=Path, metavar="OUT", help="also write a page with figures")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Read, audit, write and print."""
    from disca_nb.datasets import targets
    from disca_nb.kernels import check_seed

    if arguments.folds not in _FOLDS:
        raise unknown_name("folds", arguments.folds, _FOLDS)
    check_seed(arguments.seed)
    if arguments.html is not None:
        _check_target(arguments.html)
    human = None if arguments.human is None else targets.from_csv(arguments.human)
    report = _audit(load_models(arguments.files), human, arguments)
    if arguments.html is not None:
        _write(report, arguments.html)
    if arguments.json:
        print(json.dumps(report.to_dict(), indent=1, allow_nan=False, ensure_ascii=False))
    else:
        for one in report.models.values():
            _print(one)
        if arguments.html is not None:
            print(f"Wrote {arguments.html}.")


def _check_target(path: Path) -> None:
    """Raise before the work when the page cannot be written."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file with --html.")
    if not path.resolve().parent.is_dir():
        raise InputError(f"The folder {path.parent} does not exist; make it first.")


def _audit(
    models: dict[str, xr.Dataset], human: xr.Dataset | None, arguments: argparse.Namespace
) -> Audit:
    """Audit every model's logged decisions, or the paper's variant where none were logged."""
    from disca_nb.metrics import Audit, audit
    from disca_nb.steering import steer

    reports = {}
    for name, gaps in models.items():
        logged = "recorded_p_spare" in gaps
        results = steer(gaps, variant="reported", method="recorded") if logged else gaps
        try:
            found = audit(
                results,
                human,
                folds=arguments.folds,
                seed=arguments.seed,
                progress=True,
            )
        except UnknownNameError as error:  # a name in a file, and so not the command line's fault
            raise InputError(str(error)) from None
        reports[name] = found[name]
    return Audit(reports)


def _write(report: Audit, path: Path) -> None:
    """Write the page, whole or not at all."""
    from disca_nb._atomic import replace_when_done
    from disca_nb.plots import audit_page

    with replace_when_done(path) as target:
        target.write_text(audit_page(report), encoding="utf-8")


def _print(report: ModelAudit) -> None:
    """Print a model's findings and table."""
    table = report.to_dataframe()
    marked = [
        f"{'> ' if name == report.subject else '  '}{name}{' (oracle)' if oracle else ''}"
        for name, oracle in table["oracle"].items()
    ]
    columns = [column for column in _COLUMNS if column in table]
    table.loc[report.subject, "difference"] = float("nan")
    shown = table[columns].rename(columns=_COLUMNS).set_axis(marked)
    print(f"{report.model}: audit of {report.subject}")
    print(f"{report.steering}\ngaps: {report.source}\ntargets: {report.targets}")
    print_table(shown)
    print(
        "MIS: mean misalignment over countries (0 best). difference: from the audited method (>),"
    )
    print("with p from random signs by country, corrected by Holm. skill: 1 - MIS / MIS of the")
    print("other countries' mean. Rivals are fitted on other countries alone; an oracle is fitted")
    print(f"on the country that it is scored on. Folds: {report.folds}.")
    touched = sorted(set(report.ledger.values()))
    for text in touched:
        names = [name for name, read in report.ledger.items() if read == text]
        print(f"Targets touched: {text}: {', '.join(names)}.")
    for sentence in report.findings:
        print(f"- {sentence}")
    print()
