"""Bytes of every table, saved links and the API's paths are as they were recorded at the release before."""

import json

import pytest
from recorded import FILE, record

pytestmark = pytest.mark.xdist_group("recorded")  # the set is computed once


@pytest.fixture(scope="session")  # other modules run between its tests
def both():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_API_RATE", "0")
        recorded = json.loads(FILE.read_text(encoding="utf-8"))
        yield recorded, json.loads(record(recorded["components"]))


@pytest.mark.parametrize("part", ["answers", "paths", "links"])
def test_what_users_hold_on_to_is_as_it_was_recorded(part, both):
    recorded, now = both
    assert {name: now[part].get(name) for name in recorded[part]} == recorded[part], "what is new may be added"
