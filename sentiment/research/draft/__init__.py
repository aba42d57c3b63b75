"""From a text to the note that the rules would make of it; a person confirms it.

Tone is how a text sounds; a call is what it bets on. The two are read apart: a gloomy text may call a rebound, and a text
without a forecast has a tone and no call. `outlooks.py` has the rules of a call, `wording.py` their words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final, Literal

from sentiment.errors import InputError
from sentiment.models import Level, Note
from sentiment.research import text as reader
from sentiment.research.draft import outlooks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sentiment.models import Call
    from sentiment.research.draft.outlooks import Outlook
    from sentiment.research.text import Reading

Stance = Literal["bullish", "bearish", "neutral"]

UNSTATED: Final = 0.5  # conviction of a call that states none: an open convention, not a reading
UNTITLED: Final = "Untitled"
_TITLE: Final = 90
_IDENTIFIER: Final = 64
_CLEARLY: Final = 2
_THEMES: Final = {"usage/revenue": "usage and revenue"}  # as the library's notes write it
_STANCES: Final[Mapping[int, Stance]] = {1: "bullish", -1: "bearish"}
_HEADING: Final = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
_MARKS: Final = re.compile(r"\]\([^)\s]*\)|[*_`#>\[\]]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the rules make of a text, and why.

    Attributes
    ----------
    reading : Reading
        Tone and findings, with their places in the text.
    title : str
        As given, or the first heading or sentence; one line.
    assets, themes, levels, calls : tuple
        As a note holds them; empty where nothing was found or nothing is sure.
    stance : str
        Which way all calls point; neutral where there are none or they differ.
    conviction : float
        ``UNSTATED`` where a call is proposed, else 0.
    because : mapping of str to str
        For each field the rule and the words that say so, or why nothing does.
    """

    reading: Reading
    title: str
    assets: tuple[str, ...]
    themes: tuple[str, ...]
    levels: tuple[Level, ...]
    calls: tuple[Call, ...]
    stance: Stance
    conviction: float
    because: Mapping[str, str]


def draft(text: str, published: date, *, title: str | None = None, asset: str | None = None) -> Draft:
    """Read a text and propose the fields of its note.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    published : date
        Day of publication, against which days ahead are resolved.
    title : str, optional
        Title, where the text or its reader gives one; it is shown, not read.
    asset : str, optional
        Symbol of the asset that sentences mean which name none.

    Raises
    ------
    InputError
        If the text is too long to be read.
    """
    reading = reader.read(text, published)
    named = Counter(str(one.value) for one in reading.findings if one.kind == "asset")
    subject, about = (asset, "given by hand") if asset else _subject(named)
    found = list(outlooks.read(text, reading.findings, published, subject))
    calls, why_calls = _calls(found)
    stance = stance_of(calls)
    assets = tuple(dict.fromkeys([*([subject] if subject else named), *(call.asset for call in calls)]))
    levels, why_levels = _levels(reading, subject)
    themes = _themes(reading)
    heading, why_title = (title, "given") if title and _line(title) else _title(text)
    spoken = Counter(one.rule for one in reading.findings if one.kind == "tone")
    because = {
        "title": why_title,
        "assets": _with_others(about, [one for one in named if one not in assets]),
        "themes": f"topics named, in this order: {', '.join(themes)}" if themes else "no topic word was found",
        "levels": why_levels,
        "calls": why_calls,
        "stance": _why_stance(stance, calls),
        "conviction": (
            f"a call without a stated conviction counts {UNSTATED:g}, by convention"
            if calls
            else "no call, no conviction"
        ),
        "tone": f"{reading.label}, from {spoken.total()} cues" if spoken else "no cue was found: neutral",
    }
    return Draft(reading, _line(heading), assets, themes, levels, calls, stance, UNSTATED if calls else 0.0, because)


def stance_of(calls: Sequence[Call]) -> Stance:
    """Say which way all calls point: neutral where there are none, they differ or a range is closed on both sides."""
    signs = {call.sign for call in calls}
    return _STANCES.get(signs.pop(), "neutral") if len(signs) == 1 else "neutral"


def identifier(publisher: str, published: date, taken: Collection[str]) -> str:
    """Make the identifier of a note from publisher and day, with -2, -3 … where it is taken."""
    plain = unicodedata.normalize("NFKD", publisher).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[: _IDENTIFIER - 20].strip("-") or "note"
    first = f"{slug}-{published:%Y-%m-%d}"
    name, count = first, 1
    while name in taken:
        count += 1
        name = f"{first}-{count}"
    return name


def note(  # noqa: PLR0913 - a note has these fields
    made: Draft,
    *,
    id: str,  # noqa: A002 - the note's own field
    publisher: str,
    author: str,
    published: datetime,
    precision: Literal["minute", "day", "month"],
    source: str,
    body: str,
    source_url: str | None = None,
) -> Note:
    """Build the note of a draft such that it can be written as a file and read back as the same note.

    Raises
    ------
    InputError
        If a required text is empty, the instant names no time zone, or the body holds what no file keeps.
    """
    if published.tzinfo is None:
        raise InputError(f"the instant of publication, {published}, names no time zone; give one such as UTC")
    if unfit := re.search("[\0\ud800-\udfff]", body):
        raise InputError(f"the body holds a character that no database keeps (U+{ord(unfit[0]):04X}); remove it")
    publisher, author, source = _line(publisher), _line(author), _line(source)
    said = {"publisher": publisher, "author": author, "source": source}
    if empty := [name for name, value in said.items() if not value]:
        raise InputError(f"{' and '.join(empty)} must be named; write at least one word")
    return Note(
        id=id,
        title=made.title,
        publisher=publisher,
        author=author,
        source=source,
        published=published.astimezone(UTC),
        precision=precision,
        assets=made.assets,
        themes=made.themes,
        stance=made.stance,
        conviction=made.conviction,
        body=body.replace("\r\n", "\n").replace("\r", "\n").strip(),
        tone=made.reading.tone,
        source_url=source_url,
        calls=made.calls,
        levels=made.levels,
    )


def _line(text: str) -> str:
    """Put a text in one line without what a header cannot hold: control characters and what is seen by no eye."""
    shown = (one if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " for one in text)
    return " ".join("".join(shown).split())


def _title(text: str) -> tuple[str, str]:
    if heading := _HEADING.search(text):
        found, why = heading[1].rstrip("# \t"), "the first heading"
    else:
        opening = text.lstrip()
        first = re.match(r"(?:[^.!?\n]|[.!?](?!\s|$)|\n(?!\s*\n))*[.!?]?", opening)
        found, why = first[0].removesuffix(".") if first else "", "the first sentence"
    line = _line(_MARKS.sub("", found))
    if not line:
        return UNTITLED, "the text has no words to make one of"
    if len(line) > _TITLE:
        line = f"{line[:_TITLE].rpartition(' ')[0] or line[:_TITLE]}…"
        why += ", shortened"
    return line, why


def _subject(named: Counter[str]) -> tuple[str | None, str]:
    """Return the one asset that a text is about, and why; None where it is about several or none."""
    if not named:
        return None, "no asset is named"
    first = next(iter(named))
    others = max((count for name, count in named.items() if name != first), default=0)
    if not others:
        return first, f"{first} is the only asset named"
    if named[first] >= _CLEARLY * others:
        return first, f"{first} is named first, and {named[first]} times; no other more than {others}"
    return None, f"{len(named)} assets are named and none stands out"


def _with_others(about: str, others: list[str]) -> str:
    return f"{about}; also named: {', '.join(others)}" if others else about


def _themes(reading: Reading) -> tuple[str, ...]:
    topics = (str(one.value) for one in reading.findings if one.kind == "topic")
    return tuple(dict.fromkeys(_THEMES.get(topic, topic) for topic in topics))


def _levels(reading: Reading, subject: str | None) -> tuple[tuple[Level, ...], str]:
    """Return the prices called support or resistance; whose they are must be sure."""
    found = [one for one in reading.findings if one.kind == "level" and one.role in {"support", "resistance"}]
    if not found:
        return (), "no price is called support or resistance"
    if subject is None:
        return (), f"prices called support or resistance: {len(found)}, but of which asset is not sure"
    made = (
        Level(subject, float(one.value or 0), "support" if one.role == "support" else "resistance") for one in found
    )
    levels = tuple(dict.fromkeys(made))
    return levels, "; ".join(dict.fromkeys(f"{one.value:,.15g}: {one.rule}" for one in found))


def _calls(found: list[Outlook]) -> tuple[tuple[Call, ...], str]:
    """Keep the calls that no other sentence about the same asset contradicts."""
    ahead: dict[str | None, set[int]] = {}
    for one in found:
        signs = ahead.setdefault(one.asset, set())
        signs |= one.signs | ({one.call.sign} - {0} if one.call else set())
    sure: dict[tuple[str | None, str, date | None], Outlook] = {}
    for one in found:
        if one.call and len(ahead[one.asset]) < len(_STANCES):
            sure.setdefault((one.asset, one.call.direction, one.call.end), one)
    if sure:
        return tuple(one.call for one in sure.values() if one.call), "; ".join(one.why for one in sure.values())
    if not found:
        return (), "no sentence looks ahead"
    if any(one.call for one in found):
        return (), "sentences that look ahead name opposite ways"
    return (), _reasons(found)


def _reasons(found: Iterable[Outlook]) -> str:
    reasons = Counter(one.why for one in found)
    told = "; ".join(f"{why} ({count})" for why, count in reasons.most_common(3))
    return f"of {reasons.total()} sentences that look ahead none is sure: {told}"


def _why_stance(stance: Stance, calls: tuple[Call, ...]) -> str:
    if not calls:
        return "no call, so no stance: tone alone is none"
    if stance == "neutral":
        return "the calls do not all point one way"
    return f"every call points {'up' if stance == 'bullish' else 'down'}"
