"""The feed and the calendar that feed readers and calendars subscribe to: what each tells, and the parameters that change it."""

from __future__ import annotations

from typing import NamedTuple

from sentiment.tables.record import SEVERAL

FEED, CALENDAR = "feed", "calendar"
FILTERS = ("publisher", "theme", "about", "find", "since")
"""Parameters that pick among notes: with any of them, only notes and calls are told."""


class Subscription(NamedTuple):
    """What it tells, its form and that form's media type, and its parameters."""

    description: str
    form: str
    media: str
    parameters: tuple[str, ...]


SUBSCRIPTIONS = {
    FEED: Subscription(
        "What happened, the newest 50, as Atom: new regimes, notes, calls that are due within a week, calls that were graded. "
        "With a filter of notes only notes and calls.",
        "atom",
        "application/atom+xml; charset=utf-8",
        (SEVERAL, "as_of", "known_at", "weights", *FILTERS),
    ),
    CALENDAR: Subscription(
        "The days on which pending calls end, as iCalendar.",
        "ics",
        "text/calendar; charset=utf-8",
        (SEVERAL, "as_of", "known_at", *FILTERS),
    ),
}
