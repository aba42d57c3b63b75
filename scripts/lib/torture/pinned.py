"""Answers that were called immutable: whatever is saved, fetched, corrected, withdrawn or restored later, they stay as they were."""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import asgi
import numpy as np
import odd_notes
import pandas as pd

from sentiment import files
from sentiment.cli import backup
from sentiment.errors import BarsError, InputError
from sentiment.market import bar_file, bar_store
from sentiment.models import METHOD
from sentiment.research import library, store
from sentiment.tables import registry
from sentiment.web.api import ApiMiddleware
from torture import outcome
from torture.history import empty_library
from torture.outcome import Attack

FIRST, DAYS = date(2025, 11, 1), 60
SYMBOLS = ("RIVER", "LAKE")
STEPS = 5


async def _nobody(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class _World:
    """A data folder with a clock that may be set back, a vendor that changes its mind, and the answers given so far."""

    def __init__(self, dice):
        self.dice, self.app = dice, ApiMiddleware(_nobody)
        self.now = datetime(2026, 1, 10, 9, tzinfo=UTC) + timedelta(microseconds=dice.below(10**9))
        self.answers, self.notes = {}, 0
        days = pd.date_range(FIRST, periods=DAYS, tz="UTC", name="date").as_unit("us")
        self.closes = {
            symbol: pd.Series(100 * np.exp(dice.rng.normal(0, 0.03, DAYS).cumsum()), days) for symbol in SYMBOLS
        }

    def pass_time(self):
        self.now += self.dice.pick(
            (timedelta(seconds=1), timedelta(minutes=9), timedelta(days=1), -timedelta(hours=30))
        )

    def fetch(self):
        symbol = self.dice.pick(SYMBOLS)
        close = self.closes[symbol].iloc[: 30 + self.dice.below(DAYS - 30)]
        columns = dict.fromkeys(("open", "high", "low", "close"), close)
        bars = pd.DataFrame({**columns, "volume": 1.0, "dividends": 0.0, "splits": 0.0}, close.index)
        said = (
            self.dice.pick(("UTC", "America/New_York", "Asia/Tokyo")),
            self.dice.pick(("CRYPTOCURRENCY", "EQUITY")),
            self.dice.pick(("USD", "GBp")),
            self.dice.pick(("Yahoo", "River Office")),
        )
        bar_store.append(symbol, bars, self.now, bar_store.Facts(self.now, self.now, *said))

    def fetch_slowly(self):
        """Fetch prices that reach the disk minutes after their instant, and ask meanwhile."""
        save = bar_store.save

        def slow(*what):
            self.now += timedelta(minutes=9)
            self.ask()
            self.ask()
            save(*what)

        bar_store.save = slow
        try:
            self.fetch()
        finally:
            bar_store.save = save

    def mend(self):
        """Damage a price file, ask while it is set aside, and put back what it was."""
        path = self.dice.pick(sorted(bar_file.folder().glob("*.parquet")))
        content, times = path.read_bytes(), (path.stat().st_atime_ns, path.stat().st_mtime_ns)
        path.write_bytes(content[:-9])
        if self.dice.chance(0.5):
            with suppress(BarsError):
                bar_store.read_bars(path.stem)
        log = logging.getLogger("sentiment")
        level = log.level
        log.setLevel(logging.CRITICAL + 1)  # each refusal is logged with its cause
        try:
            for _ in range(3):
                self.ask(failing=True)
        finally:
            log.setLevel(level)
        path.write_bytes(content)
        os.utime(path, ns=times)
        for aside in bar_file.folder().glob("*.damaged-*"):
            aside.unlink()

    def revise(self):
        series = self.closes[self.dice.pick(SYMBOLS)]
        series.iloc[self.dice.below(DAYS)] *= self.dice.pick((0.5, 1.1))
        self.fetch()

    def add_note(self):
        self.notes += 1
        self._save(f"note-{self.notes}")

    def correct(self):
        if self.notes:
            self._save(f"note-{1 + self.dice.below(self.notes)}")

    def withdraw(self):
        own = [note.id for note in library.library() if note.publisher == "Desk"]
        if own:
            library.withdraw(self.dice.pick(own), who="somebody", why="torture")

    def restore(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder, "kept.zip")
            backup.make(kept)
            if self.dice.chance(0.5):
                for lost in (*files.saved().glob("bars/*.parquet"), *files.saved().glob("notes.sqlite*")):
                    lost.unlink()
            backup.restore(kept, replace=True)

    def _save(self, name):
        dice = self.dice
        published = datetime(2025, 12, 1 + dice.below(28), dice.below(24), tzinfo=UTC)
        asset = dice.pick(SYMBOLS)
        call = {"asset": asset, "text": f"A call {dice.below(3)}", "direction": "up", "days": str(1 + dice.below(20))}
        check = {"kind": "close", "series": asset, "end": "2025-12-01", "operator": ">", "value": "100"}
        header = {
            "id": name, "title": "A view", "publisher": "Desk", "author": "A", "source": "S", "precision": "minute",
            "published": f"{published:%Y-%m-%dT%H:%M:%SZ}", "assets": list(SYMBOLS), "themes": [], "stance": "bullish",
            "conviction": "1", "tone": str(dice.below(5) / 10), "calls": [call], "claims": [{"text": "F", "check": check}],
            "levels": [{"asset": asset, "price": str(50 + dice.below(99)), "role": "support"}],
        }  # fmt: skip
        try:
            library.add(odd_notes.written(header, "A body."), name, who="somebody", why="torture")
        except InputError as error:
            assert name in str(error)

    def ask(self, *, failing=False):
        """Ask for a table as pinned to a moment of the past, and keep what was called immutable."""
        moment = self.now - timedelta(seconds=60 + self.dice.below(self.dice.pick((1, 1, 3_600, 10**6))))
        day = FIRST + timedelta(days=20 + self.dice.below(DAYS - 20))
        name = self.dice.pick((*registry.offered("api"), "calls", "claims", "calls", "notes"))
        form = self.dice.pick(("csv", "csv", "json"))
        asset = "BTC-USD" if name in _OF_NOTES else self.dice.pick(SYMBOLS)
        query = f"asset={asset}&as_of={day}&known_at={quote(moment.isoformat())}&method={METHOD}"
        self._answer(f"/api/v1/{name}.{form}?{query}{'&publisher=Desk' if name in _OF_NOTES else ''}", failing)

    def _answer(self, address, failing):
        answer = asgi.ask(self.app, address)
        assert answer.status < 500 or (failing and answer.status == 503), f"{address}: {answer.body[:300]}"
        if answer.status == 200 and "immutable" in answer.headers["cache-control"]:
            self.answers[address] = answer.body

    def check(self):
        for address, then in self.answers.items():
            now = asgi.ask(self.app, address)
            assert now.status == 200, f"{address} is gone: {now.body[:300]}"
            assert now.body == then, f"{address} changed from {then[-300:]} to {now.body[-300:]}"


_OF_NOTES = ("notes", "calls", "claims", "publishers")


@contextmanager
def _clock(world):
    before, wait = store._now, files._PROMISE_WAIT  # noqa: SLF001 - the clock is what is attacked
    store._now, files._PROMISE_WAIT = lambda: world.now, 0.0  # noqa: SLF001
    try:
        yield
    finally:
        store._now, files._PROMISE_WAIT = before, wait  # noqa: SLF001


def answers(dice):
    """Answers that are pinned and called immutable are the same bytes after anything else was saved."""
    empty_library()
    world = _World(dice)
    with _clock(world):
        for _ in range(2):
            world.add_note()
            world.fetch()
        for _ in range(STEPS):
            world.pass_time()
            for _ in range(2):
                world.ask()
            world.pass_time()
            dice.pick((
                world.fetch, world.fetch, world.revise, world.add_note, world.add_note, world.correct, world.withdraw,
                world.restore, world.mend, world.fetch_slowly,
            ))()  # fmt: skip
        world.check()
    return f"sequences, {'with' if world.answers else 'without'} immutable answers"


ATTACKS = (Attack("immutable answers", 2_000, answers, slow=20.0),)


def run(scale, seed):
    return outcome.run(ATTACKS, scale, seed)
