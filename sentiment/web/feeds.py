"""What happened, for feed readers and calendars: Atom (RFC 4287) and iCalendar (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from icalendar import Calendar, Event

from sentiment.formatting import plain_day, visible
from sentiment.research.call_record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    import pandas as pd

    from sentiment.web.happenings import Happening

MOST_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = UUID("1f117d76-8f19-45d8-9258-acdb50c367d6")
"""The name space of the entries: what happened has the same id in every feed of every server and site (RFC 4122, 4.3)."""


def atom(  # noqa: PLR0913 - what a feed says of itself
    title: str,
    address: str,
    own: str,
    happenings: Iterable[Happening],
    *,
    subtitle: str = "",
    link: Callable[[Happening], str] | None = None,
) -> bytes:
    """Write a feed.

    Parameters
    ----------
    title : str
    address : str
        Of the page that the feed is about.
    own : str
        Of the feed itself.
    happenings : iterable of Happening
        The newest first. A reading is known at the end of its day in UTC, so that is when an entry is updated.
    subtitle : str
        Left out where it is empty.
    link : callable, optional
        Returns the address of the page of one happening; without it that is `address`.
    """
    entries = list({one.identity: one for one in happenings}.values())[:MOST_ENTRIES]
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    ET.SubElement(feed, "title").text = visible(title)
    if subtitle:
        ET.SubElement(feed, "subtitle").text = visible(subtitle)
    ET.SubElement(feed, "id").text = own
    ET.SubElement(feed, "link", rel="self", href=own)
    ET.SubElement(feed, "link", rel="alternate", href=address)
    ET.SubElement(ET.SubElement(feed, "author"), "name").text = "Sentiment"
    ET.SubElement(feed, "updated").text = _end_of(max((one.day for one in entries), default=date(1970, 1, 1)))
    for one in entries:
        entry = ET.SubElement(feed, "entry")
        ET.SubElement(entry, "title").text = visible(f"{one.asset}: {one.text}")
        ET.SubElement(entry, "id").text = uuid5(_ENTRIES, one.identity).urn
        ET.SubElement(entry, "link", rel="alternate", href=link(one) if link else address)
        ET.SubElement(entry, "updated").text = _end_of(one.day)
        ET.SubElement(entry, "summary").text = visible(f"{plain_day(one.day)}: {one.text}")
    ET.indent(feed)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _end_of(day: date) -> str:
    return f"{day + timedelta(days=1)}T00:00:00Z"


def calendar(
    calls: pd.DataFrame,
    made: date,
    link: Callable[[Mapping[Any, Any]], str] | None = None,
    assets: Container[str] | None = None,
) -> bytes:
    """Write the days on which pending calls end, as all-day events during which nobody is busy.

    Parameters
    ----------
    calls : pandas.DataFrame
        Rows of the table ``calls``, with every call of each note.
    made : date
        The day on which the calendar is made.
    link : callable, optional
        Returns the address of the page of a row; without it the events have none.
    assets : container of str, optional
        Those whose calls are written; without it all.
    """
    written = Calendar()
    written.add("prodid", "-//Sentiment//calls//EN")
    written.add("version", "2.0")
    written.add("x-wr-calname", "Sentiment: calls that end")
    # One note may say the same of several assets. Those told apart are all of its calls, so that an id holds in every calendar.
    again = calls.groupby(["note", "call", "horizon_end"]).cumcount()
    pending = calls.assign(again=again)[(calls["status"] == "pending") & (calls["record"] != Record.HINDSIGHT.value)]
    for row in pending.sort_values(["horizon_end", "note", "call"], kind="stable").to_dict("records"):
        if assets is not None and row["asset"] not in assets:
            continue
        identity = "/".join((row["note"], row["call"], row["horizon_end"], *[str(row["again"])] * bool(row["again"])))
        event = Event()
        event.add("uid", f"{sha256(identity.encode()).hexdigest()[:16]}@sentiment")
        event.add("dtstamp", datetime.combine(made, time(), UTC))
        event.add("dtstart", date.fromisoformat(row["horizon_end"]))
        event.add("summary", visible(f"{row['asset']}: {row['publisher']}, {row['call']}"))
        event.add("transp", "TRANSPARENT")
        if link:
            event.add("url", link(row))
        written.add_component(event)
    return bytes(written.to_ical())
