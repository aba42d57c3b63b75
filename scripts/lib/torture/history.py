"""Prices and notes that come in any order, are revised, imported again and withdrawn: what was known then never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from sentiment import files
from sentiment.errors import BarsError, InputError
from sentiment.frames import PRICE_COLUMNS, day
from sentiment.market import bar_file, bar_store, bundled
from sentiment.models import Selection
from sentiment.research import database, frontmatter, library, store
from sentiment.tables import export
from sentiment.web import links
from torture import outcome
from torture.outcome import Attack

SYMBOL = "TORTURE"
FIRST = date(2025, 1, 1)
STEPS = 7


def prices(dice):
    """A vendor that appends, is late, revises, splits, forgets, is asked twice, and answers out of order."""
    empty_store()
    world = pd.DataFrame(index=pd.date_range(day(FIRST), periods=60, freq="D", name="date", unit="us"))
    world["close"] = 100 * np.exp(dice.rng.normal(0, 0.05, 60).cumsum())
    world = world.assign(
        open=world["close"], high=world["close"], low=world["close"], volume=1.0, dividends=0.0, splits=0.0
    )
    clock = datetime(2026, 1, 1, tzinfo=UTC)
    shown, pinned, seen = 10, {}, []
    for _ in range(STEPS):
        clock += timedelta(seconds=dice.pick((0, 0, 1, 86_400, -3_600)))
        world, shown, given, full = _step(world, shown, dice)
        asked = clock - timedelta(seconds=dice.pick((0, 0, 0, 7_200)))
        about = bar_store.Facts(asked, asked if full else asked - timedelta(days=1), "UTC", "CRYPTOCURRENCY", "USD")
        try:
            bar_store.append(SYMBOL, given, clock, about)
        except BarsError as error:
            assert "split" in str(error)
            seen.append("refused")
        rows = bar_file.load(SYMBOL)
        if rows is None:
            continue
        last = rows[0]["known_at"].max().to_pydatetime()
        assert rows[0]["known_at"].is_monotonic_increasing
        now = bar_store.read_bars(SYMBOL)
        pd.testing.assert_frame_equal(bar_store.read_bars(SYMBOL, known_at=last), now, check_exact=True)
        for instant, then in pinned.items():
            pd.testing.assert_frame_equal(bar_store.read_bars(SYMBOL, known_at=instant), then, check_exact=True)
        pinned[last] = now
    return "sequences of prices" + (", a split refused" if seen else "")


def _step(world, shown, dice):
    """Let the vendor change, and answer: all of it or a part."""
    kind = dice.below(8)
    if kind <= 2:
        shown = min(60, shown + 1 + dice.below(8))
    answer = world.iloc[:shown]
    if kind == 3:
        place = dice.below(shown)
        world = world.copy()
        world.iloc[place, 0] *= dice.pick((1.01, 0.5, 1 + 1e-9, 3))
        answer = world.iloc[:shown]
    if kind == 4:
        place = dice.below(shown - 1) + 1
        world = world.copy()
        world.iloc[:place, :4] /= 2
        world.iloc[place, 6] = 2.0
        answer = world.iloc[:shown]
    if kind == 5:
        keep = dice.rng.random(shown) < 0.8
        answer = answer[keep] if keep.any() else answer
    whole = dice.chance(0.6)
    if kind == 6 or not whole:
        answer = answer.iloc[dice.below(len(answer)) :]
    return world, shown, answer[list(PRICE_COLUMNS)], whole


def empty_store():
    """Remove everything that was saved."""
    for path in files.saved().iterdir():
        if path.is_dir():
            rmtree(path)
        else:
            path.unlink()


def empty_library():
    """Remove everything that was saved, and leave an empty database: making one takes as long as ten saves."""
    empty_store()
    database.beside_prices().write_bytes(_no_notes())


@cache
def _no_notes():
    with TemporaryDirectory() as folder:
        path = Path(folder, "notes.sqlite")
        store.build(path, ())
        return path.read_bytes()


def pins(dice):
    """Links pinned while prices and notes of bitcoin change under them give the same bytes."""
    empty_store()
    world = (
        bundled.bars("BTC-USD")
        .iloc[-500:]
        .reindex(columns=list(PRICE_COLUMNS))
        .fillna({"dividends": 0.0, "splits": 0.0})
    )
    clock = datetime.now(UTC) - timedelta(hours=2)
    bar_store.append("BTC-USD", world.iloc[:-40], clock, bar_store.Facts(clock, clock, "UTC", "CRYPTOCURRENCY", "USD"))
    written, pinned = _notes(), {}
    for number in range(3):
        clock = datetime.now(UTC)
        world = world.copy()
        world.iloc[-41 + dice.below(20), world.columns.get_loc("close")] *= dice.pick((1.2, 0.8))
        shown = world.iloc[: len(world) - 40 + 10 * number]
        bar_store.append("BTC-USD", shown, clock, bar_store.Facts(clock, clock, "UTC", "CRYPTOCURRENCY", "USD"))
        _edit(written, dice)
        query = links.to_query(Selection(as_of=shown.index[-1].date(), known_at=datetime.now(UTC)))
        pinned[query] = _bytes(query)
        for older, then in pinned.items():
            assert _bytes(older) == then, f"{older} gives other bytes"
    return "pinned links"


def _bytes(query):
    selection, problems = links.from_query(query)
    assert not problems, problems
    return tuple(
        export.to_csv(export.table(name, selection)) for name in ("scores", "prices", "notes", "calls", "claims")
    )


def _notes():
    """Notes to save, in versions: the bundled ones with other words."""
    return [replace(one, id=f"{one.id}-again", tone=0.5) for one in library.bundled() if "BTC-USD" in one.assets]


def _edit(written, dice):
    one = dice.pick(written)
    kind = dice.below(3)
    try:
        if kind == 2:
            library.withdraw(one.id, who="somebody", why="torture")
        else:
            changed = replace(one, tone=round(float(dice.rng.uniform(-1, 1)), 2))
            library.add(frontmatter.write(changed), "it", who="somebody", why="torture")
    except InputError as error:
        assert one.id in str(error)


ATTACKS = (Attack("prices in any order", 1_800, prices, slow=5.0), Attack("pinned links", 200, pins, slow=20.0))


def run(scale, seed):
    return outcome.run(ATTACKS, scale, seed)
