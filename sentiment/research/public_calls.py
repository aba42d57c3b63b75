"""Public, dated calls that were collected afterwards: facts with their sources, graded by the rules of the notes' calls.

They are no notes: they have no tone, no stance and no vote in any score, and count in no publisher's record.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from sentiment import files
from sentiment.formatting import number, plain_day, price
from sentiment.models import Call, Status
from sentiment.research import grading
from sentiment.research.text.written_days import last_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sentiment.models import CallOutcome
    from sentiment.research.grading import Grade

Kind = Literal["house", "outlier", "options"]
KIND_WORDS: Mapping[Kind, str] = {
    "house": "a view of the publisher",
    "outlier": "from a list that its authors called improbable",
    "options": "implied by option prices, no view of the publisher; counted in no group",
}
_ASSETS = {"bitcoin.csv": "BTC-USD"}
_MOST_DAYS_LATE = {"day": 0, "day±1": 1, "day±2": 2}


@dataclass(frozen=True, slots=True)
class PublicCall:
    """A call that somebody published, as others reported it.

    ``stated`` and ``precision`` say when as far as it is known; ``published`` is the end of the latest day that this can mean, so that
    a grade rests on nothing earlier. ``one_price`` is a price named for a day without a range. ``conditional`` marks a call that was
    tied to an event and is graded without it; ``seen`` and ``confidence`` say how the page showed it and how sure the facts are.
    """

    id: str
    publisher: str
    published: datetime
    stated: str
    precision: str
    call: Call
    kind: Kind
    conditional: bool
    title: str
    source: str
    second_source: str
    seen: str
    confidence: str
    one_price: float | None = None

    @property
    def day(self) -> date:
        """UTC day from which the call is graded."""
        return self.published.date()

    @property
    def ungradable(self) -> bool:
        """Whether it names nothing that can be right or wrong by a rule."""
        levels = (self.call.floor, self.call.ceiling, self.call.target)
        return self.one_price is not None or (self.call.at_end and levels == (None, None, None))


class PublicEntry(NamedTuple):
    """A graded public call; `repeats` is the id of the call that it says again, empty where it says something new."""

    public: PublicCall
    outcome: CallOutcome
    repeats: str


@cache
def collection() -> tuple[PublicCall, ...]:
    """Return the bundled calls, the earliest first."""
    calls = [
        _read(row, asset)
        for name, asset in _ASSETS.items()
        for row in csv.DictReader((files.CALLS / name).read_text(encoding="utf-8").splitlines())
    ]
    return tuple(sorted(calls, key=lambda one: (one.published, one.id)))


def _read(row: Mapping[str, str], asset: str) -> PublicCall:
    floor, ceiling, target, probability = (
        float(row[name]) if row[name] else None for name in ("floor", "ceiling", "target", "probability")
    )
    at_end = row["direction"] == "end"
    call = Call(
        asset,
        row["text"],
        "range" if at_end else cast("Literal['up', 'down', 'range']", row["direction"]),
        end=date.fromisoformat(row["end"]),
        floor=target if at_end and target else floor,
        ceiling=target if at_end and target else ceiling,
        target=None if at_end else target,
        probability=probability,
        at_end=at_end,
    )
    return PublicCall(
        id=row["id"],
        publisher=row["publisher"],
        published=datetime.combine(latest_day(row["published"], row["precision"]), time(23, 59, 59), UTC),
        stated=row["published"],
        precision=row["precision"],
        call=call,
        kind=cast("Kind", row["kind"]),
        conditional=row["conditional"] == "yes",
        title=row["title"],
        source=row["source"],
        second_source=row["second_source"],
        seen=row["seen"],
        confidence=row["confidence"],
        one_price=target if at_end else None,
    )


def latest_day(stated: str, precision: str) -> date:
    """Return the latest day on which something can have been published that is known to the day, some days, its week or its month."""
    if precision == "month":
        year, month = map(int, stated.split("-"))
        return last_day(year, month)
    first = date.fromisoformat(stated)
    if precision == "week":
        return first + timedelta(days=6 - first.weekday())
    return first + timedelta(days=_MOST_DAYS_LATE[precision])


def known(as_of: date) -> tuple[PublicCall, ...]:
    """Return the calls that were published by the end of a day (UTC)."""
    return tuple(one for one in collection() if one.day <= as_of)


def repeats(calls: Iterable[PublicCall]) -> dict[str, str]:
    """Map the calls that say again what their publisher had said to the first that said it: same levels, same last day.

    Option prices are not said by anybody, so none of theirs is a repeat.
    """
    said: dict[tuple[str, Call], str] = {}
    again = {}
    for one in (call for call in calls if call.kind != "options"):
        first = said.setdefault((one.publisher, replace(one.call, text="", probability=None)), one.id)
        if first != one.id:
            again[one.id] = first
    return again


def entries(as_of: date, known_at: datetime | None = None, *, by: Grade = grading.grade) -> list[PublicEntry]:
    """Grade all public calls that were published by `as_of`, the earliest first; see `grade`."""
    calls = known(as_of)
    again = repeats(calls)
    return [PublicEntry(one, grade(one, as_of, known_at, by=by), again.get(one.id, "")) for one in calls]


def grade(one: PublicCall, as_of: date, known_at: datetime | None = None, *, by: Grade = grading.grade) -> CallOutcome:
    """Grade a public call by the closes known at the end of `as_of`, as `grading.grade` does.

    Parameters
    ----------
    one : PublicCall
    as_of : date
    known_at : datetime or None
    by : callable
        `grading.grade`, or the same with a cache.

    Returns
    -------
    CallOutcome
        One that names a single price for a day, or no level at all, is ungradable once its day has come; its reason has what the
        price was then.
    """
    outcome = by(one.call, one, as_of, known_at)
    if not one.ungradable:
        return outcome
    measured = replace(outcome, base_rate=None, base_return=None, chance=None, share_inside=None)
    if outcome.status is Status.PENDING or outcome.reference is None or outcome.forward_return is None:
        return measured
    reason = "names no level that a close can decide"
    if one.one_price is not None:
        close = outcome.reference * (1 + outcome.forward_return)
        reason = (
            f"one price for a day, without a range, is neither hit nor miss: {price(one.one_price)} named, {price(close)} on "
            f"{plain_day(outcome.last_day)}, {number(close / one.one_price - 1, '+.0%')}"
        )
    return replace(measured, status=Status.UNGRADABLE, reason=reason)
