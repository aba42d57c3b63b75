"""The torture programme's attacks on processes and servers, in small; `scripts/torture` runs them at length."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from torture import disks, kills, server, upstream, writers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("postgresql")]  # a test of the store freezes the server


def broken(outcomes):
    assert all(one.tried for one in outcomes)
    return [(one.what, one.examples) for one in outcomes if one.failed]


@pytest.fixture(autouse=True)
def no_clock(monkeypatch):
    """Leave the promises of seconds to the long run, which has the machine to itself."""
    for part in (server, upstream, writers):
        monkeypatch.setattr(part, "late", lambda _seconds, _most: False)


@pytest.fixture(autouse=True)
def no_server_of_databases(monkeypatch):
    """SQLite is enough here; test_store.py holds both to the same."""
    monkeypatch.delenv("SENTIMENT_TEST_DATABASE_URL", raising=False)


def test_a_kill_tears_and_loses_nothing(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    outcomes = kills.run(0.01, 7, ["SQLite"])
    assert all("killed" in one.note for one in outcomes)
    assert broken(outcomes) == []


def test_writers_at_once_lose_nothing_and_hold_up_no_reader():
    assert broken(writers.run(0.008, 7)) == []


def test_troubles_of_disks_are_told_and_readings_go_on():
    assert disks.met(["full disk: 0 bytes left"])["full disk: 0 bytes left"][0] == []


def test_a_server_under_attack_answers_the_others():
    assert broken(server.run(0.02, 7)) == []


def test_a_fault_of_the_source_is_one_banner_and_one_question(tmp_path):
    upstream.in_another_process(upstream.saved_before, str(tmp_path))
    for what, (wrong, _) in zip(
        ("page", "API", "command line"), upstream.met(("500", "stale"), str(tmp_path)), strict=True
    ):
        assert wrong == [], what


def test_parts_in_processes_of_their_own_make_one_table():
    command = [sys.executable, "-W", "ignore", "-m", "torture", "--scale", "0.001", "time", "prices"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(
            str(Path(__file__).parents[2] / folder) for folder in ("tests/support", "scripts/lib")
        ),
    }
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    parts = [line.split()[1] for line in done.stdout.splitlines()[2:]]
    assert set(parts) == {"time:", "prices:", "all,"}
    assert parts[-1] == "all,"
