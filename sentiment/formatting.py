"""Formatting of numbers, days and untrusted text for people."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

from sentiment.errors import SelectionError

if TYPE_CHECKING:
    from datetime import date

    from sentiment.models import Note

UNKNOWN = "—"
_MAX_QUOTED = 40
_LEAST_UNITS = 2
_LEAST_SHARE = 0.01
_SIGNED = re.compile(r"[+-](\d[\d,]*(?:\.\d+)?)")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u034f\u2800")  # letters and marks that render as nothing
_SELECTOR = re.compile("[\ufe00-\ufe0f\u180b-\u180f\u17b4\u17b5\U000e0100-\U000e01ef]")
_FORMS = frozenset(
    {"Fullwidth", "Mathematical", "Circled", "Squared", "Negative", "Parenthesized", "Double", "Script", "Modifier"}
)
_SCRIPT = dict.fromkeys(("Cjk", "Hiragana", "Katakana", "Hangul", "Bopomofo"), "East Asian") | {"Micro": "Greek"}
"""The script of characters by the first word of their name, where that is not the script itself. One name may mix East Asian ones."""
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ENDS_IN_Y, _ENDS_IN_HISS = re.compile("[^aeiou]y$"), re.compile("(s|x|ch|sh)$")


def plain_day(moment: date) -> str:
    """Return a day such as 2 Dec 2025."""
    return f"{moment.day} {moment:%b %Y}"


def published(note: Note) -> str:
    """Return when a note was published, as precisely as is known."""
    if note.precision == "month":
        return f"{note.published:%B %Y}"
    return f"{plain_day(note.day)}, {note.published:%H:%M} UTC" if note.precision == "minute" else plain_day(note.day)


def number(value: float | None, form: str = ".0f") -> str:
    """Format a number with a true minus sign; a dash where it is None or NaN."""
    if value is None or value != value:  # noqa: PLR0124 - NaN differs from itself
        return UNKNOWN
    text = format(value, form)
    if "e" in text:  # the figures of a price too small or too large for the form, in plain digits
        text = format(Decimal(text.replace(",", "")), f"{'+' if '+' in form else ''}{',' if ',' in form else ''}f")
    return true_sign(text)


def true_sign(text: str) -> str:
    """Write the sign of each number in a text as people do: a true minus, and none at zero."""
    return _SIGNED.sub(
        lambda found: found[0] if any(digit in found[0] for digit in "123456789") else found[1], text
    ).replace("-", "−")


def share(value: float | None) -> str:
    """Format a probability in whole percent; what is neither nothing nor everything is not rounded to it."""
    if value is not None and 0 < value < _LEAST_SHARE:
        return "under 1%"
    if value is not None and 1 - _LEAST_SHARE < value < 1:
        return "over 99%"
    return number(value, ".0%")


def price(value: float | None) -> str:
    """Format a price in plain digits, six of which count."""
    return number(value, ",.6g")


def counted(count: float, one: str, many: str = "") -> str:
    """Return how many of something there are, with the words for it: 1 day, 0 days, 2,000 entries.

    Parameters
    ----------
    count : float
        A whole number.
    one : str
        The words for one, such as "new entry" or "asset has no reading".
    many : str
        The words for any other number, where they are more than the plural of the last word: "assets have no reading".
    """
    return f"{count:,.0f} {one if count == 1 else many or plural(one)}"


def plural(noun: str) -> str:
    """Return the regular plural of an English noun, or of a phrase that ends in one."""
    if _ENDS_IN_Y.search(noun):
        return f"{noun[:-1]}ies"
    return f"{noun}{'es' * bool(_ENDS_IN_HISS.search(noun)) or 's'}"


def length(days: int) -> str:
    """Return a number of days in the largest unit of which there are two or more: 1 day, 45 days, 13 months, 4 years."""
    for unit, in_days in (("year", 365.2425), ("month", 30.436875)):
        if days >= _LEAST_UNITS * in_days:
            return f"{int(days / in_days)} {unit}s"
    return counted(days, "day")


def ago(days: int) -> str:
    """Return how long ago something was: today, yesterday, 45 days ago, 4 years ago."""
    return ("today", "yesterday")[days] if days in {0, 1} else f"{length(days)} ago"


def read_day(text: str) -> date:
    """Parse a day such as 2025-12-02, the form in links, pages and files.

    Raises
    ------
    SelectionError
        If it has another form or is not in the calendar.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date() if _DAY.fullmatch(text) else _no_day(text)
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> NoReturn:
    raise SelectionError(f"{shortened(text)} is not a day; a day looks like 2025-12-02") from None


def read_instant(text: str) -> datetime:
    """Read an instant such as 2026-10-04T12:00:00Z.

    Raises
    ------
    SelectionError
        If it is no instant, names no time zone, or lies before 1970 or ahead.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    # Near the ends of the calendar the offset may lead out of it, and what is written must be readable again.
    if moment is None or moment.tzinfo is None or not _EARLIEST <= moment <= _LATEST:
        raise SelectionError(f"known_at is {shortened(text)}; an instant looks like 2026-10-04T12:00:00Z")
    if moment > datetime.now(UTC):
        raise SelectionError(f"known_at is {shortened(text)}, which lies ahead; what is known then can still change")
    return moment.astimezone(UTC)


def shortened(text: str) -> str:
    """Quote user input, cut to a length that fits a message."""
    return repr(text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…")


def visible(text: str) -> str:
    """Replace invisible characters (controls, bidirectional marks, joiners, private use) by their code point: [U+202E]."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _is_visible(char) else f"[U+{ord(char):04X}]" for char in text)


def spelled_out(name: str) -> str:
    """Return a name from outside so that one that only looks like another is told from it.

    Invisible characters, among them variation selectors, become their code point, and a name with letters of several scripts, or
    of a form that only looks different (full-width, mathematical), says so: "K33 Rese\u0430rch [Cyrillic and Latin letters]".
    """
    if name.isascii() and name.isprintable():
        return name
    text = _SELECTOR.sub(lambda match: f"[U+{ord(match[0]):04X}]", visible(name))
    scripts = sorted({_script(char) for char in name if char.isalnum() and not (char.isascii() and char.isdigit())})
    if len(scripts) < 2 and not {*scripts} & _FORMS:  # noqa: PLR2004 - one script is no mixture
        return text
    return f"{text} [{' and '.join(scripts)} letters]"


def _script(char: str) -> str:
    script = unicodedata.name(char, "unnamed").partition(" ")[0].partition("-")[0].capitalize()
    return _SCRIPT.get(script, script)


def chart_text(text: str) -> str:
    """Return a text from outside for a chart, whose labels and hovers read tags: as written, with its invisible characters shown."""
    return html.escape(visible(text), quote=False)  # plotly does not know the entity of a quotation mark


def escaped(json_text: str) -> str:
    """Escape invisible characters in JSON text, which keeps the data and cannot control a terminal."""
    if json_text.isascii() and "\x7f" not in json_text:  # JSON escapes the other ASCII controls itself
        return json_text
    return "".join(char if _is_visible(char) else _escape(char) for char in json_text)


def _escape(char: str) -> str:
    halves = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{halves[place : place + 4]}" for place in range(0, len(halves), 4))


def _is_visible(char: str) -> bool:
    return char in "\n\t\r" or (unicodedata.category(char) not in _HIDDEN and char not in _BLANK)


def plain_name(text: str) -> str:
    """Return a text as the name of a file or folder that every system and every address can have."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.=^") else "_" for sign in text)
