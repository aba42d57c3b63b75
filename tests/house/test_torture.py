"""The torture programme in small: every law under attack holds, and the programme tells what does not."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib import import_module

import pytest
from torture import __main__ as torture
from torture import pinned
from torture.outcome import Attack, run
from torture.payloads import ALL

from sentiment import files

pytestmark = pytest.mark.slow

SMALL = {
    "urls": 0.003,
    "notes": 0.001,
    "prices": 0.004,
    "history": 0.002,
    "record": 0.001,
    "published": 0.001,
    "pinned": 0.003,
    "lookahead": 0.002,
    "time": 0.001,
    "text": 0.003,
}


@pytest.mark.parametrize("part", torture.LANES[0])  # the others are in test_torture_processes.py
def test_each_law_holds_under_a_few_attacks(part):
    outcomes = import_module(torture.PARTS[part]).run(SMALL.get(part, 0.001), seed=7)
    assert outcomes
    assert [(one.what, one.examples) for one in outcomes if one.failed] == []
    assert all(one.tried for one in outcomes)


FAULTS = {
    "a series is described as it is now": (2, "sentiment.market.series_facts.Facts.at", lambda facts, _instant: facts),
    "a clock that is set back is believed": (
        3,
        "sentiment.files.promised_until",
        lambda: datetime(1970, 1, 1, tzinfo=UTC),
    ),
    "a promise waits for no save": (
        26,
        "sentiment.files.nothing_promised",
        lambda: nullcontext(files.promised_until()),
    ),
    "prices that are set aside are not missed": (1, "sentiment.market.bar_store.all_sound", lambda: True),
}
"""What breaks the law, behind a seed whose first cases show it soon."""


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_does_not_stay_is_noticed(fault, monkeypatch):
    seed, *change = FAULTS[fault]
    monkeypatch.setattr(*change)
    (found,) = run([Attack("immutable", 100, _until_noticed(pinned.answers))], 1.0, seed=seed)
    assert found.failed
    assert "changed from" in found.examples[0]


def _until_noticed(law):
    """Attack until the law breaks once, and then no more."""
    noticed = []

    def attack(dice):
        if noticed:
            return "enough"
        try:
            return law(dice)
        except AssertionError:
            noticed.append(1)
            raise

    return attack


def _odd(dice):
    return str(1 // dice.below(2))


def test_a_law_that_breaks_is_counted_and_told_with_its_case():
    (found,) = run([Attack("chance", 100, _odd)], 1.0, seed=3)
    assert found.tried == 100
    assert 30 < found.failed < 70
    assert found.examples[0].startswith("--seed 3 --case ")
    assert "ZeroDivisionError" in found.examples[0]


def test_the_table_says_how_to_see_a_failure_again(monkeypatch, capsys, tmp_path):
    part = import_module("torture.prices")
    monkeypatch.setattr(part, "ATTACKS", (Attack("chance", 100, _odd),))
    figures = tmp_path / "figures.json"
    monkeypatch.setattr("sys.argv", ["torture", "--scale", "0.1", "--json", str(figures), "prices"])
    assert torture.main() == 1
    said = capsys.readouterr().out
    assert "| prices: chance | 10 |" in said
    case = json.loads(figures.read_text())[0]["examples"][0].split(":")[0].split()[-1]
    assert f"scripts/torture --seed 1994 --case {case} prices" in said
    monkeypatch.setattr("sys.argv", ["torture", "--case", case, "prices"])
    with pytest.raises(ZeroDivisionError):
        torture.main()


def test_an_unknown_part_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["torture", "luck"])
    with pytest.raises(SystemExit):
        torture.main()
    assert "no part luck; there are: urls" in capsys.readouterr().err


def test_there_are_enough_payloads():
    assert len(ALL) > 250
