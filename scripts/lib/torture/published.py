"""A published site of which somebody changes one byte: `sentiment verify` finds it, wherever it is."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sentiment.web import site
from sentiment.web.site import record
from torture import outcome
from torture.outcome import Attack

FIRST = datetime(2025, 12, 3, 6, tzinfo=UTC)
DAYS = 3


@cache
def _site(data):
    """Publish bitcoin and gold on three days into a data folder, which goes when its cases are done; return the site and its files."""
    folder = Path(data) / "site"
    for day in range(DAYS):
        site.publish(folder, "https://news.example/", ["BTC-USD", "GLD"], FIRST + timedelta(days=day))
    assert record.verify(folder) == ()
    return folder, sorted(path for path in folder.rglob("*") if path.is_file())


def changed(dice):
    """A changed byte of any file is found, and nothing is wrong once it is back."""
    folder, files = _site(os.environ["SENTIMENT_DATA_DIR"])
    path = dice.pick(files)
    before = path.read_bytes()
    place = dice.below(len(before))
    path.write_bytes(before[:place] + bytes([before[place] ^ (1 + dice.below(255))]) + before[place + 1 :])
    try:
        found = record.verify(folder)
    finally:
        path.write_bytes(before)
    where = path.relative_to(folder)
    assert found, f"byte {place} of {where}"
    return "in a frozen day" if where.parts[0] == record.DAYS else "in a page"


ATTACKS = (Attack("bytes of a published site changed, one at a time", 10_000, changed, slow=5.0),)


def run(scale, seed):
    return outcome.run(ATTACKS, scale, seed)
