"""What happened, for feed readers and calendars: Atom (RFC 4287) and iCalendar (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from icalendar import Calendar, Event

from sentiment.formatting import plain_day, visible
from sentiment.research.call_record import Record
from sentiment.web.site.record import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sentiment.web.happenings import Happening

MOST_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"


def atom(title: str, address: str, own: str, happenings: Iterable[Happening]) -> bytes:
    """Write a feed.

    Parameters
    ----------
    title : str
    address : str
        Of the page that the feed is about; ends in a slash.
    own : str
        Of the feed itself.
    happenings : iterable of Happening
        The newest first. A reading is known at the end of its day in UTC, so that is when an entry is updated.
    """
    entries = list(happenings)[:MOST_ENTRIES]
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    ET.SubElement(feed, "title").text = title
    ET.SubElement(feed, "id").text = own
    ET.SubElement(feed, "link", rel="self", href=own)
    ET.SubElement(feed, "link", rel="alternate", href=address)
    ET.SubElement(ET.SubElement(feed, "author"), "name").text = "Sentiment"
    ET.SubElement(feed, "updated").text = _end_of(max((one.day for one in entries), default=date(1970, 1, 1)))
    for one in entries:
        entry = ET.SubElement(feed, "entry")
        ET.SubElement(entry, "title").text = visible(f"{one.asset}: {one.text}")
        ET.SubElement(entry, "id").text = f"{own}#{_hex(one.identity)}"
        ET.SubElement(entry, "link", rel="alternate", href=address)
        ET.SubElement(entry, "updated").text = _end_of(one.day)
        ET.SubElement(entry, "summary").text = visible(f"{plain_day(one.day)}: {one.text}")
    ET.indent(feed)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _end_of(day: date) -> str:
    return f"{day + timedelta(days=1)}T00:00:00Z"


def _hex(identity: str) -> str:
    return digest(identity.encode())[:16]


def calendar(calls: pd.DataFrame, made: datetime) -> bytes:
    """Write the days on which pending calls end, as all-day events.

    Parameters
    ----------
    calls : pandas.DataFrame
        Rows of the table ``calls``.
    made : datetime
        When the calendar is made.
    """
    written = Calendar()
    written.add("prodid", "-//Sentiment//calls//EN")
    written.add("version", "2.0")
    pending = calls[(calls["status"] == "pending") & (calls["record"] != Record.HINDSIGHT.value)]
    for row in pending.sort_values(["horizon_end", "note", "call"]).to_dict("records"):
        event = Event()
        event.add("uid", f"{_hex('/'.join((row['note'], row['call'], row['horizon_end'])))}@sentiment")
        event.add("dtstamp", datetime.combine(made.astimezone(UTC).date(), time(), UTC))
        event.add("dtstart", date.fromisoformat(row["horizon_end"]))
        event.add("summary", visible(f"{row['asset']}: {row['publisher']}, {row['call']}"))
        written.add_component(event)
    return bytes(written.to_ical())
