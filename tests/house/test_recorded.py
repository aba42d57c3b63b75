"""Bytes of every table, saved links and the API's paths are as they were recorded at the release before."""

import json

import pytest
from recorded import FILE, record

pytestmark = pytest.mark.xdist_group("recorded")  # the set is computed once


@pytest.fixture(scope="module")
def both():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_API_RATE", "0")
        yield json.loads(FILE.read_text(encoding="utf-8")), json.loads(record())


@pytest.mark.parametrize("part", ["answers", "paths", "links"])
def test_what_users_hold_on_to_is_as_it_was_recorded(part, both):
    recorded, now = both
    assert now[part] == recorded[part]
