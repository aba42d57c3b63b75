"""Drafting a note from a text by rules, for a person to confirm.

Tone is how a text sounds; a call is what it expects of a price. They are independent: a gloomy text may call a rebound,
and a text without a forecast has a tone and no call. `outlooks.py` has the rules of a call, `words.toml` their words.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from sentiment.errors import InputError
from sentiment.formatting import counted
from sentiment.models import Level, Note
from sentiment.research.draft.agreement import Attributed, agreed, attributed, same_house, told
from sentiment.research.draft.day_price import price_on
from sentiment.research.draft.headings import first_title, identifier, one_line
from sentiment.research.draft.outlooks import find_outlooks
from sentiment.research.draft.tables import flattened
from sentiment.research.frontmatter_schema import MAX_LEVELS
from sentiment.research.text import annotate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from sentiment.models import Call
    from sentiment.research.text import AnnotatedText

__all__ = [
    "UNSTATED",
    "Attributed",
    "Draft",
    "Stance",
    "draft",
    "identifier",
    "in_words",
    "note",
    "price_on",
    "stance_of",
    "with_calls",
]

Stance = Literal["bullish", "bearish", "neutral"]

UNSTATED: Final = 0.5  # conviction of a call that states none: a convention, not a measurement
_CLEARLY: Final = 2  # times as often as any other asset
_THEMES: Final = {"usage/revenue": "usage and revenue"}  # as the notes of the library spell it
_STANCES: Final[Mapping[int, Stance]] = {1: "bullish", -1: "bearish"}


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of a note that the rules propose for a text, and why.

    Attributes
    ----------
    reading : AnnotatedText
        Tone and annotations of the text.
    title : str
        As given, or the first heading or sentence; one line.
    assets, themes, levels, calls : tuple
        As in a note; empty if the text has none or they are unclear.
    stance : str
        Direction of all calls; neutral if there are none or they differ.
    conviction : float
        ``UNSTATED`` if a call is proposed, otherwise 0.
    because : mapping of str to str
        For each field the rule and the words behind it, or why it is empty.
    others : tuple of Attributed
        Forecasts that the text reports of somebody else, and whose they are: never calls of its publisher.
    subject : str or None
        Symbol that a sentence is about if it names no asset.
    """

    reading: AnnotatedText
    title: str
    assets: tuple[str, ...]
    themes: tuple[str, ...]
    levels: tuple[Level, ...]
    calls: tuple[Call, ...]
    stance: Stance
    conviction: float
    because: Mapping[str, str]
    others: tuple[Attributed, ...] = ()
    subject: str | None = None


def draft(  # noqa: PLR0913 - what a reader of the text would know
    text: str,
    published: date,
    *,
    title: str | None = None,
    asset: str | None = None,
    price: Callable[[str], float | None] | None = None,
    publisher: str | None = None,
) -> Draft:
    """Propose the fields of a note for a text.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    published : date
        Day of publication, against which horizons are resolved.
    title : str, optional
        Title, if known; it is shown but not annotated.
    asset : str, optional
        Symbol that a sentence is about if it names no asset.
    price : callable, optional
        Returns the price of a symbol on the day of publication, None if none is stored. A target against it tells a direction,
        and a percentage of it is a target; without it both need words.
    publisher : str, optional
        Who publishes the text: a forecast under this name is its own.

    Raises
    ------
    InputError
        If the text is longer than ``text.MAX_TEXT`` characters.
    """
    reading, flat = annotate(text, published), flattened(text)
    findings = reading.findings if flat == text else annotate(flat, published).findings
    mentions = Counter(str(annotation.value) for annotation in reading.findings if annotation.kind == "asset")
    subject, why_subject = (asset, "given by hand") if asset else _subject(mentions)
    known = cache(price) if price else _no_price
    outlooks = find_outlooks(flat, findings, published, subject, known, given=asset is not None)
    own = [outlook for outlook in outlooks if outlook.by is None or same_house(outlook.by, publisher)]
    calls, why_calls = agreed(own)
    others = attributed([outlook for outlook in outlooks if outlook not in own])
    stance = stance_of(calls)
    assets = tuple(dict.fromkeys([*([subject] if subject else mentions), *(call.asset for call in calls)]))
    levels, why_levels = _levels(reading, subject)
    themes = _themes(reading)
    heading, why_title = (title, "given") if title and one_line(title) else first_title(text)
    cues = sum(annotation.kind == "tone" for annotation in reading.findings)
    because = {
        "title": why_title,
        "assets": _with_others(why_subject, [symbol for symbol in mentions if symbol not in assets]),
        "themes": f"topics named, in this order: {', '.join(themes)}" if themes else "no topic word was found",
        "levels": why_levels,
        "calls": f"{why_calls}; {told(others)}" if others else why_calls,
        "stance": _why_stance(stance, calls),
        "conviction": (
            f"a call without a stated conviction counts {UNSTATED:g}, by convention"
            if calls
            else "no call, no conviction"
        ),
        "tone": f"{reading.label}, from {counted(cues, 'cue')}" if cues else "no cue was found: unread",
    }
    return Draft(
        reading,
        one_line(heading),
        assets,
        themes,
        levels,
        calls,
        stance,
        UNSTATED if calls else 0.0,
        because,
        others,
        subject,
    )


def stance_of(calls: Sequence[Call]) -> Stance:
    """Return the direction of all calls: neutral if there are none, they differ or one is a range with two ends."""
    signs = {call.sign for call in calls}
    return _STANCES.get(signs.pop(), "neutral") if len(signs) == 1 else "neutral"


def in_words(call: Call) -> str:
    """Return what a call says, such as "a rise of BTC-USD to 120,000 by 2026-12-31"."""
    ways = {"up": "a rise", "down": "a fall", "range": "a range"}
    ends = [f"{value:,.10g}" for value in (call.floor, call.ceiling) if value is not None]
    goal = f" to {call.target:,.10g}" if call.target is not None else f" of {' to '.join(ends)}" if ends else ""
    until = f"by {call.end:%Y-%m-%d}" if call.end else f"within {counted(call.days or 0, 'day')}"
    return f"{ways[call.direction]} of {call.asset}{goal} {until}"


def with_calls(made: Note, more: Sequence[Call]) -> Note:
    """Return the note of a draft with more calls, and the assets, stance and conviction that follow from all of them."""
    if not more:
        return made
    calls = (*made.calls, *more)
    symbols = tuple(dict.fromkeys([*made.assets, *(call.asset for call in more)]))
    return replace(made, calls=calls, assets=symbols, stance=stance_of(calls), conviction=UNSTATED)


def note(  # noqa: PLR0913 - a note has these fields
    drafted: Draft,
    *,
    id: str,  # noqa: A002 - the note's own field
    publisher: str,
    published: datetime,
    precision: Literal["minute", "day", "month"],
    body: str,
    author: str = "",
    source: str = "",
    source_url: str | None = None,
) -> Note:
    """Return the note of a draft; written to a file, it is read back as the same note.

    Raises
    ------
    InputError
        If no publisher is named, the instant has no time zone, or the body has a character that cannot be stored.
    """
    if published.tzinfo is None:
        raise InputError(f"the instant of publication, {published}, names no time zone; give one such as UTC")
    if unfit := re.search("[\0\ud800-\udfff]", body):
        raise InputError(f"the body contains a character that no database keeps (U+{ord(unfit[0]):04X}); remove it")
    publisher, author, source = one_line(publisher), one_line(author), one_line(source)
    if not publisher:
        raise InputError("the publisher must be named; write at least one word")
    return Note(
        id=id,
        title=drafted.title,
        publisher=publisher,
        author=author,
        source=source,
        published=published.astimezone(UTC),
        precision=precision,
        assets=drafted.assets,
        themes=drafted.themes,
        stance=drafted.stance,
        conviction=drafted.conviction,
        body=body.replace("\r\n", "\n").replace("\r", "\n").strip(),
        tone="unread" if drafted.reading.tone is None else drafted.reading.tone,
        source_url=source_url,
        calls=drafted.calls,
        levels=drafted.levels,
    )


def _subject(mentions: Counter[str]) -> tuple[str | None, str]:
    """Return the asset that a text is about, and why; None if there are several or none."""
    if not mentions:
        return None, "no asset is named"
    first = next(iter(mentions))
    others = max((count for symbol, count in mentions.items() if symbol != first), default=0)
    if not others:
        return first, f"{first} is the only asset named"
    if mentions[first] >= _CLEARLY * others:
        return first, f"{first} is named first, and {mentions[first]} times; no other more than {others}"
    return None, f"{len(mentions)} assets are named and none stands out"


def _with_others(why: str, others: list[str]) -> str:
    return f"{why}; also named: {', '.join(others)}" if others else why


def _themes(reading: AnnotatedText) -> tuple[str, ...]:
    topics = (str(annotation.value) for annotation in reading.findings if annotation.kind == "topic")
    return tuple(dict.fromkeys(_THEMES.get(topic, topic) for topic in topics))


def _levels(reading: AnnotatedText, subject: str | None) -> tuple[tuple[Level, ...], str]:
    """Return the support and resistance levels of the subject, and why; none if the subject is unclear."""
    roles: Mapping[str, Literal["support", "resistance"]] = {"support": "support", "resistance": "resistance"}
    prices = [price for price in reading.findings if price.kind == "level" and price.role in roles]
    if not prices:
        return (), "no price is called support or resistance"
    if subject is None:
        return (), f"prices called support or resistance: {len(prices)}, but of which asset is not sure"
    levels = dict.fromkeys(Level(subject, float(price.value or 0), roles[price.role]) for price in prices)
    return tuple(levels)[:MAX_LEVELS], "; ".join(
        dict.fromkeys(f"{price.value:,.15g}: {price.rule}" for price in prices)
    )


def _why_stance(stance: Stance, calls: tuple[Call, ...]) -> str:
    if not calls:
        return "no call, so no stance: tone alone is none"
    if stance == "neutral":
        return "the calls do not all point one way"
    return f"every call points {'up' if stance == 'bullish' else 'down'}"


def _no_price(_symbol: str) -> None:
    return None
