"""What the first lines of a plain text say of its day, author and publisher, as letters and pasted articles begin.

Only a line that is nothing but a date, a byline or such a list of both counts: a date within a sentence is about something else.
The lines stay in the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sentiment.research.importers.document import one_line
from sentiment.research.importers.header import written_moment

if TYPE_CHECKING:
    from datetime import datetime

_LINES: Final = 8
_LONGEST: Final = 160
_PARTS: Final = re.compile(r"\s+[|·•–—/]\s+|\t+|\s{3,}")
_MARKS: Final = re.compile(r"^[#>*_\s]+|[*_\s]+$")
_LABEL: Final = re.compile(
    r"(?i)(?P<name>published(?: on)?|date|dated|author|by|publisher|source)\s*(?::|(?<=on)|(?<=by))\s+(?P<value>\S.*)"
)
_DAY_NAME: Final = re.compile(r"(?i)^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+")
_ORDINAL: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_TIME: Final = re.compile(r"(?i)(?:,|\s+at|\s)\s*\d{1,2}[:.]\d{2}(?:\s*(?:am|pm|a\.m\.|p\.m\.|[a-z]{2,4}))?$")
_NAME: Final = r"[A-Z\u00c0-\u00de][\w.'\u2019-]*"
_PEOPLE: Final = re.compile(rf"{_NAME}(?:,? (?:and )?{_NAME}){{1,7}}")
"""Two capitalised words or more: "By now bitcoin is cheap" names nobody."""


def stated(text: str) -> dict[str, Any]:
    """Return the fields of a `Document` that the first lines of a text state: ``published``, ``precision``, ``author``, ``publisher``."""
    found: dict[str, Any] = {}
    lines = [line for line in text[:4_000].split("\n") if line.strip()][:_LINES]
    for line in lines:
        if len(line) > _LONGEST:
            continue
        for part in _PARTS.split(_MARKS.sub("", line)):
            for name, value in _field(part).items():
                found.setdefault(name, value)
    return found


def _field(part: str) -> dict[str, Any]:
    """Return what one part of a line states; nothing if it is part of a sentence."""
    label = _LABEL.fullmatch(part.strip())
    name = label["name"].lower() if label else ""
    value = (label["value"] if label else part).strip().rstrip(".")
    if name in {"", "date", "dated", "published", "published on"}:
        when = _moment(value)
        return {"published": when[0], "precision": when[1]} if when else {}
    if name in {"author", "by"} and _PEOPLE.fullmatch(value):
        return {"author": one_line(value, 100)}
    if name in {"publisher", "source"} and ":" in part and "://" not in value:
        return {"publisher": one_line(value, 100)}
    return {}


def _moment(text: str) -> tuple[datetime, Any] | None:
    if not re.search(r"\d{4}", text):
        return None
    plain = " ".join(_ORDINAL.sub("", _DAY_NAME.sub("", text)).split())
    return written_moment(plain) or written_moment(_TIME.sub("", plain))
