"""The bench in small: it runs, its ways to one figure agree, and it stops where they don't. Never a question of time."""

from __future__ import annotations

import json

import numpy as np
import pytest
from bench import __main__ as bench
from bench import judged, scorer, worlds
from bench.figure import at_least, at_most
from bench.timing import exponent

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("part", ["scorer", "evidence", "pictures", "store", "notes", "growth"])
def test_each_part_runs_in_small_and_its_answers_agree(part, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.argv", ["bench", "--quick", "--json", str(tmp_path / "figures.json"), part])
    bench.main()
    figures = json.loads((tmp_path / "figures.json").read_text())["figures"]
    assert figures
    assert {one["met"] for one in figures} == {None}, "small sizes judge no goal"
    said = capsys.readouterr().out
    assert all(f"| {one['name']} |" in said for one in figures)


def test_an_unknown_part_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench", "luck"])
    with pytest.raises(SystemExit):
        bench.main()
    assert "no part luck; there are: scorer" in capsys.readouterr().err


def test_a_wrong_panel_stops_the_bench(monkeypatch):
    many = list(worlds.assets(2, 800))
    scorer.check(many)
    real = scorer.scored

    def off(these, engine, last=None):
        blocks = real(these, engine, last)
        blocks[0].columns["fear"] = blocks[0].columns["fear"] + (engine == "numba") * 1e-6
        return blocks

    monkeypatch.setattr(scorer, "scored", off)
    with pytest.raises(AssertionError):
        scorer.check(many)


def test_wrong_turns_stop_the_bench():
    sizes = np.random.default_rng(1).normal(size=(500, 3))
    judged.check(sizes, sizes)
    with pytest.raises(AssertionError):
        judged.check(sizes * (1 + 1e-5), sizes)


def test_goals_and_exponents():
    assert exponent([1, 2, 4, 8], [3, 6, 12, 24]) == pytest.approx(1)
    assert exponent([1, 2, 4], [1, 4, 16]) == pytest.approx(2)
    assert at_most("p", "n", 1.0, "s", 1).met
    assert not at_least("p", "n", float("nan"), "s", 1).met
    assert at_least("p", "n", 2.0, "s", 1).goal == "at least 1 s"
