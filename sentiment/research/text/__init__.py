"""Reading a text without a model: its tone, horizons, price levels, assets and topics, each with the words that say so.

The rules are few and open: `lexicon.py` has the words, `phrases.py` finds them, `tone.py` puts them together,
`horizons.py` and `levels.py` read days and prices. Nothing is learned and nothing is fetched; the same text always
reads the same. Tone is how the words sound, not what their author bets on.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sentiment.errors import InputError
from sentiment.research.text import horizons, levels, phrases, tone
from sentiment.research.text.tokens import Tokens, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sentiment.research.text.clauses import Cue
    from sentiment.research.text.phrases import Hit

Kind = Literal["tone", "horizon", "level", "asset", "topic"]
Label = Literal["positive", "neutral", "negative"]

MAX_TEXT: Final = 65_536
NEUTRAL: Final = 0.2
# A lone cue does not say all: what the cues weigh together is damped by this much.
_DAMPING: Final = 0.5
_BESIDE: Final = 5


class Finding(NamedTuple):
    """A stretch of a text, what it says, and the rule that reads it so.

    Attributes
    ----------
    kind : str
        ``tone``, ``horizon``, ``level``, ``asset`` or ``topic``.
    value : float, str or None
        What a cue is worth (-1 to 1), the last day meant (ISO; None if unknown without a publication date), a price, a
        symbol or a topic.
    start, end : int
        Characters of the text, the end excluded.
    rule : str
        The rule that made it, in words.
    role : str
        Of a level: ``support``, ``resistance`` or ``target``; of a topic: ``positive`` or ``negative``; else empty.
    """

    kind: Kind
    value: float | str | None
    start: int
    end: int
    rule: str
    role: str = ""


class Reading(NamedTuple):
    """What a text says: its tone from -1 to 1, the word for it, and the findings in the order in which they stand."""

    tone: float
    label: Label
    findings: tuple[Finding, ...]


def read(text: str, published: date | None = None) -> Reading:
    """Read a text.

    Parameters
    ----------
    text : str
        A sentence, a headline or a whole note; plain text or Markdown.
    published : date, optional
        Day of publication, against which "next 90 days" or "Q1" are resolved; a day before it is no horizon.

    Returns
    -------
    Reading
        The tone is the balance of all cues over their weight; within ``NEUTRAL`` of zero it is called neutral.

    Raises
    ------
    InputError
        If the text is longer than ``MAX_TEXT`` characters.
    """
    if len(text) > MAX_TEXT:
        raise InputError(f"the text has {len(text):,} characters; at most {MAX_TEXT:,} are read: shorten or split it")
    tokens = tokenize(text.rstrip())
    hits = phrases.find(tokens)
    cues = tone.cues(tokens, hits)
    balance, weight = sum(cue.value for cue in cues), sum(abs(cue.value) for cue in cues)
    worth = round(balance / (weight + _DAMPING), 4) + 0.0
    label: Label = "positive" if worth >= NEUTRAL else "negative" if worth <= -NEUTRAL else "neutral"
    findings = [*_said(tokens, cues), *_named(tokens, hits, cues), *_meant(tokens, hits, published)]
    findings.sort(key=_place)
    return Reading(worth, label, tuple(findings))


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.start, finding.end, finding.kind


def _said(tokens: Tokens, cues: list[Cue]) -> Iterator[Finding]:
    for cue in cues:
        yield Finding("tone", round(cue.value, 3), tokens.starts[cue.first], tokens.ends[cue.last], cue.rule)


def _named(tokens: Tokens, hits: list[Hit], cues: list[Cue]) -> Iterator[Finding]:
    anchors = [cue.anchor for cue in cues]
    for first, last, entry in hits:
        if not entry.topics and not entry.asset:
            continue
        start, end = tokens.starts[first], tokens.ends[last]
        if entry.asset:
            yield Finding("asset", entry.asset, start, end, "ticker" if _is_ticker(tokens, first) else "name")
        if entry.topics:
            role = _direction(tokens, first, last, cues, anchors)
            for topic in entry.topics:
                yield Finding("topic", topic, start, end, "topic word", role)


def _is_ticker(tokens: Tokens, first: int) -> bool:
    return tokens.text[tokens.starts[first] : tokens.ends[first]].isupper()


def _direction(tokens: Tokens, first: int, last: int, cues: list[Cue], anchors: list[int]) -> str:
    """Sign of the cue that holds a topic's words, or else of the nearest one beside them in the same clause."""
    k = bisect_left(anchors, first)
    best, distance = 0.0, _BESIDE + 1
    for cue in cues[max(k - 2, 0) : k + 2]:
        gap = 0 if cue.first <= last and first <= cue.last else max(first - cue.last, cue.first - last)
        if gap < distance and not {".", ";", "\n"} & set(tokens.words[min(last, cue.last) : max(first, cue.first)]):
            best, distance = cue.value, gap
    return "positive" if best > 0 else "negative" if best < 0 else ""


def _meant(tokens: Tokens, hits: list[Hit], published: date | None) -> Iterator[Finding]:
    for horizon in horizons.horizons(tokens, published):
        day = horizon.day.isoformat() if horizon.day else None
        yield Finding("horizon", day, tokens.starts[horizon.first], tokens.ends[horizon.last], horizon.rule)
    for price in levels.prices(tokens, named=any(hit.entry.asset for hit in hits)):
        start, end = tokens.starts[price.first], tokens.ends[price.last]
        yield Finding("level", price.value, start, end, price.rule, price.role)
