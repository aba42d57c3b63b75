"""A record that somebody tidies up: by dates, other words, other names, withdrawals and archives, once outcomes are known."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import odd_notes
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from sentiment.errors import InputError, NoteError
from sentiment.models import Selection
from sentiment.research import library, store
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import export, registry
from sentiment.tables.records.publishers import publishers_table
from sentiment.web import report
from torture import outcome
from torture.history import empty_library
from torture.outcome import Attack

LAST = date(2026, 10, 3)
TIDIED = datetime(2026, 9, 1, 9, tzinfo=UTC)
FIRST = date(2025, 11, 1)
PUBLISHERS = ("A", "B", "K33 Research")


@contextmanager
def _clock():
    """Yield a function that sets the clock of the store."""
    before = store._now  # noqa: SLF001 - the clock is what is attacked
    try:
        yield lambda instant: setattr(store, "_now", lambda: instant)
    finally:
        store._now = before  # noqa: SLF001


def poisoned(dice):
    """Whatever is saved when outcomes are known, no record and no earlier reading moves."""
    empty_library()
    with _clock() as set_clock:
        for number in range(2 + dice.below(4)):
            published = _moment(dice)
            set_clock(
                published + timedelta(microseconds=dice.below(59 * 60 * 10**6))
            )  # what is cached goes by instants
            _save(f"honest-{number}", _header(dice, published, collection=None))
        before = _records(), _readings()
        steps = [_step(dice, number, set_clock) for number in range(1 + dice.below(5))]
        after = _records(), _readings()
    pd.testing.assert_frame_equal(before[0], after[0], check_exact=True, obj=f"records after {steps}")
    pd.testing.assert_frame_equal(before[1], after[1], check_exact=True, obj=f"readings after {steps}")
    return "sequences"


def _step(dice, number, set_clock):
    set_clock(TIDIED + timedelta(days=number, microseconds=dice.below(10**9)))
    known = [note.id for note in library.library()]
    kind = dice.pick(("dated back", "rewritten", "rewritten", "withdrawn", "brought back"))
    try:
        if kind == "withdrawn":
            library.withdraw(dice.pick(known), who="somebody", why="tidied")
        else:
            own = [f"honest-{place}" for place in range(6)]
            name = {"dated back": f"new-{number}", "rewritten": dice.pick(known), "brought back": dice.pick(own)}[kind]
            _save(name, _header(dice, _moment(dice), collection=dice.pick((None, None, "attic"))))
    except (InputError, NoteError):
        return f"{kind}, refused"
    return kind


def _moment(dice):
    """Any moment that is long past when the record is tidied; up to 23:00, so that saving an hour later is in time."""
    return datetime.combine(FIRST + timedelta(days=dice.below(280)), time(dice.below(23)), UTC)


def _header(dice, published, *, collection):
    direction = dice.pick(("up", "down"))
    sign = {"up": 1, "down": -1}[direction]
    calls = []
    for _ in range(dice.below(3)):
        call = {"asset": "BTC-USD", "text": f"A call {dice.below(9)}", "direction": direction}
        call["days"] = str(1 + dice.below(90))
        if dice.chance(0.4):
            call["target"] = str(round(90_000 * (1 + sign * 0.2 * dice.rng.random()), 2))
        if dice.chance(0.3):
            call["invalidation"] = str(round(90_000 * (1 - sign * 0.3 * dice.rng.random()), 2))
        calls.append(call)
    level = {"asset": "BTC-USD", "price": str(60_000 + dice.below(60_000)), "role": "support"}
    header = {
        "title": "A view", "publisher": dice.pick(PUBLISHERS), "author": "A", "source": "S", "precision": "minute",
        "published": f"{published:%Y-%m-%dT%H:%M:%SZ}", "assets": ["BTC-USD"], "themes": [], "calls": calls,
        "stance": "bullish" if sign > 0 else "bearish", "conviction": str(dice.below(11) / 10),
        "tone": str((dice.below(21) - 10) / 10), "levels": [level],
    }  # fmt: skip
    return header if collection is None else header | {"collection": collection}


def _save(name, header):
    text = odd_notes.written({"id": name, **header}, "A body.")
    library.add(text, name, who="somebody", why="mended")


def _records():
    table = publishers_table(LAST)
    shown = table[(table["calls"] > 0) & (table["collection"] != "attic")]
    return shown.drop(columns=["notes", "hindsight"]).reset_index(drop=True)


def _readings():
    tidied = pd.Timestamp(TIDIED.date(), tz="UTC")
    return score(load_inputs("BTC-USD", LAST)).axes[: tidied - pd.Timedelta(1, "D")]


def odd(dice):
    """Notes that are valid and odd break no table and no report, of themselves and of the others."""
    empty_library()
    for number in range(4):
        for text in _drawn(odd_notes.notes(f"odd-{number}"), dice.below(2**31)):
            store.append(f"odd-{number}", text, who="somebody")
    for selection in (Selection(), Selection(as_of=date(2025, 12, 3))):
        for table in registry.offered("api"):
            export.to_csv(export.table(table, selection))
    assert "</html>" in report.html(Selection(), "http://localhost/")
    return "sets of four notes"


def _drawn(strategy, seed):
    """Return an example of a Hypothesis strategy, the same for the same seed."""
    drawn = []

    @seeded(seed)
    @settings(max_examples=2, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def draw(example):
        drawn.append(example)

    draw()
    return drawn[-1:]


ATTACKS = (
    Attack("tidied up when outcomes are known", 2_000, poisoned, slow=20.0),
    Attack("odd but valid notes", 200, odd, slow=30.0),
)


def run(scale, seed):
    return outcome.run(ATTACKS, scale, seed)
