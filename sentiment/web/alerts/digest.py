"""The week of the watchlist, as text and as HTML for a mail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentiment.errors import SentimentError
from sentiment.formatting import plain_day, visible
from sentiment.market import watchlist
from sentiment.web import sentences
from sentiment.web.report.page import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sentiment.web.alerts.reading import Reading

WEEK = timedelta(days=7)
_FOLDER = Path(__file__).parent


class Digest(NamedTuple):
    """The same content as text and as HTML."""

    title: str
    text: str
    html: str


def make(now: datetime, load: Callable[[str, datetime], Reading]) -> Digest:
    """Write the digest of the watchlist as known at an instant.

    An asset without readings stands in it with the reason.

    Raises
    ------
    InputError, SourceError
        If the watchlist cannot be read.
    """
    rows, missing = [], []
    for symbol in watchlist.symbols():
        try:
            rows.append(_row(load(symbol, now)))
        except SentimentError as error:
            missing.append(f"{symbol}: {visible(str(error))}")
    title = f"The week to {plain_day(now)}: fear and fundamentals"
    return Digest(title, _text(title, rows, missing), _html(title, rows, missing))


def _row(reading: Reading) -> dict[str, object]:
    since = reading.last - WEEK
    return {
        "headline": reading.headline,
        "changes": sentences.changes(reading.scored, WEEK.days),
        "happened": [
            f"{plain_day(one.day)}: {visible(' '.join(one.text.split()))}"
            for one in reading.happenings
            if since < one.day <= reading.last
        ],
        "link": reading.link,
        "source": reading.source,
    }


def _text(title: str, rows: list[dict[str, object]], missing: list[str]) -> str:
    parts = [title]
    for row in rows:
        happened = row["happened"]
        told = "".join(f"\n- {one}" for one in happened) if isinstance(happened, list) else ""
        parts.append(f"{row['headline']}\n{row['changes']}{told}\n{row['link']}\n{row['source']}")
    if missing:
        parts.append("Without readings:\n" + "\n".join(f"- {one}" for one in missing))
    return "\n\n".join((*parts, sentences.NOT_ADVICE))


def _html(title: str, rows: list[dict[str, object]], missing: list[str]) -> str:
    return render("digest.html.j2", _FOLDER, title=title, rows=rows, missing=missing, not_advice=sentences.NOT_ADVICE)
