"""The ledger notes every read of a target while it is open, and none before or after."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest
from panels import figures, made_up

from disca_nb.datasets import targets
from disca_nb.datasets.ledger import note_reads, open_ledger
from disca_nb.metrics import select_targets
from disca_nb.steering.rivals import Training


def test_reads_before_and_after_are_not_noted() -> None:
    targets.moral_machine("JPN")
    with open_ledger() as ledger:
        targets.moral_machine(["USA", "BRA"])
    targets.moral_machine("DEU")
    assert ledger.countries == {"USA", "BRA"}


def test_a_text_is_one_country_and_not_its_letters() -> None:
    with open_ledger() as ledger:
        note_reads("JPN")
        targets.moral_machine("USA")
    assert ledger.countries == {"JPN", "USA"}


def test_all_countries_are_noted_where_none_is_named() -> None:
    with open_ledger() as ledger:
        known = targets.moral_machine()
    assert ledger.countries == set(known.country.values.tolist())


def test_a_file_of_ones_own_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("country,attribute,preference,se\nJPN,Age,0.5,0.01\nATL,Age,0.6,\n")
    with open_ledger() as ledger:
        targets.from_csv(path)
    assert ledger.countries == {"JPN", "ATL"}


def test_reads_deep_in_the_code_are_noted() -> None:
    with open_ledger() as ledger:
        select_targets(made_up(["JPN"]), attributes=["Age"])
    assert "JPN" in ledger.countries


def test_training_notes_what_it_hands_out() -> None:
    train = Training(made_up(["JPN", "USA"]), figures(["JPN", "USA", "BRA"]))
    with open_ledger() as ledger:
        assert train.human().shape == (2, 6)
    assert ledger.countries == {"JPN", "USA"}
    with open_ledger() as ledger:
        train.pool()
    assert ledger.countries == {"JPN", "USA", "BRA"}


def test_an_outer_ledger_notes_what_an_inner_one_does() -> None:
    with open_ledger() as outer:
        note_reads(["JPN"])
        with open_ledger() as inner:
            note_reads(["USA"])
        note_reads(["BRA"])
    assert inner.countries == {"USA"}
    assert outer.countries == {"JPN", "USA", "BRA"}


def test_an_error_closes_the_ledger_and_keeps_what_was_noted() -> None:
    def fail() -> None:
        with open_ledger():
            note_reads(["JPN"])
            raise RuntimeError

    with open_ledger() as outer:
        with pytest.raises(RuntimeError):
            fail()
        note_reads(["USA"])
    assert outer.countries == {"JPN", "USA"}


def test_threads_do_not_see_each_others_ledgers() -> None:
    def read(name: str) -> set[str]:
        with open_ledger() as own:
            note_reads([name])
        return own.countries

    with open_ledger() as outer, ThreadPoolExecutor(2) as pool:
        found = list(pool.map(read, ["JPN", "USA"]))
        assert outer.countries == set()
        pool.submit(copy_context().run, note_reads, ["BRA"]).result()
    assert found == [{"JPN"}, {"USA"}]
    assert outer.countries == {"BRA"}
