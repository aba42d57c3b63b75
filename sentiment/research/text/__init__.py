"""Annotating a text by rules: its tone, horizons, price levels, assets and topics, each with the words behind it.

The words are in TOML files: `phrases.toml` and `subjects.toml` (found by `phrases.py`), and `words.toml`. `tone.py`
combines phrases into cues; `horizons.py` and `levels.py` parse days and prices. Nothing is learned or fetched, so a text
always gives the same result. Tone is how the words sound, not what the author expects of a price.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sentiment.errors import InputError
from sentiment.research.text import horizons, levels, phrases, tone
from sentiment.research.text.registers import is_central_bank
from sentiment.research.text.tokens import Tokens, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.sentence import Cue

Kind = Literal["tone", "horizon", "level", "asset", "topic"]
Label = Literal["positive", "neutral", "negative", "unread"]
Strength = Literal["strong", "weak", ""]

MAX_TEXT: Final = 65_536
NEUTRAL: Final = 0.2
STRONG: Final = 0.5
# Added to the weight of all cues, so that a single cue does not give an extreme tone.
_DAMPING: Final = 0.5
_BESIDE: Final = 5
_PLACE: Final = attrgetter("start", "end", "kind")
_SIGNED: Final = frozenset({"positive", "negative"})


class Annotation(NamedTuple):
    """A span of a text, what it means, and the rule behind it.

    Attributes
    ----------
    kind : str
        ``tone``, ``horizon``, ``level``, ``asset`` or ``topic``.
    value : float, str or None
        Tone of a cue (-1 to 1), last day of a horizon (ISO; None if unknown without a publication date), price, symbol
        or topic.
    start, end : int
        Characters of the span, the end excluded.
    rule : str
        The rule, in words.
    role : str
        Level: ``support``, ``resistance`` or ``target``; topic: ``positive`` or ``negative``; otherwise empty.
    """

    kind: Kind
    value: float | str | None
    start: int
    end: int
    rule: str
    role: str = ""


class AnnotatedText(NamedTuple):
    """How a text was read.

    Attributes
    ----------
    tone : float or None
        From -1 to 1; None where no cue was found, which is not the same as a balance of good and bad.
    label : str
        ``positive``, ``negative``, ``neutral`` (cues were found, and they balance or have no sign) or ``unread``.
    strength : str
        ``strong`` from ``STRONG`` on, ``weak`` below; empty where there is no sign.
    findings : tuple of Annotation
        The annotations in text order.
    central_bank : bool
        Whether it is the language of a central bank, which these rules read badly (`accuracy`).
    """

    tone: float | None
    label: Label
    strength: Strength
    findings: tuple[Annotation, ...]
    central_bank: bool


def annotate(text: str, published: date | None = None) -> AnnotatedText:
    """Annotate a text.

    Parameters
    ----------
    text : str
        A sentence, a headline or a whole note; plain text or Markdown.
    published : date, optional
        Day of publication, against which "next 90 days" or "Q1" is resolved; earlier days are no horizons.

    Returns
    -------
    AnnotatedText
        The tone is the sum of all cues over their total weight; closer to zero than ``NEUTRAL`` it is labelled neutral. Without
        any cue it is None and the text unread.

    Raises
    ------
    InputError
        If the text is longer than ``MAX_TEXT`` characters.
    """
    if len(text) > MAX_TEXT:
        raise InputError(f"the text has {len(text):,} characters; at most {MAX_TEXT:,} are read: shorten or split it")
    tokens = tokenize(text.rstrip())
    hits = phrases.find(tokens)
    present = set(tokens.words)
    cues = tone.cues(tokens, hits, present)
    values = [cue.value for cue in cues]
    score = round(sum(values) / (sum(map(abs, values)) + _DAMPING), 4) + 0.0 if cues else None
    annotations = [
        *_tones(tokens, cues),
        *_subjects(tokens, hits, cues),
        *_horizons_and_levels(tokens, hits, published),
    ]
    if len(annotations) > 1:
        annotations.sort(key=_PLACE)
    label = label_of(score)
    strength = strength_of(score) if label in _SIGNED else ""
    return AnnotatedText(score, label, strength, tuple(annotations), is_central_bank(tokens, present))


def label_of(value: float | None) -> Label:
    """Return the label of a tone; None and NaN are unread."""
    if value is None or math.isnan(value):
        return "unread"
    return "positive" if value >= NEUTRAL else "negative" if value <= -NEUTRAL else "neutral"


def strength_of(value: float | None) -> Strength:
    """Return whether a tone is strong or weak; an empty text where it has no sign."""
    if value is None or label_of(value) in {"neutral", "unread"}:
        return ""
    return "strong" if abs(value) >= STRONG else "weak"


def in_words(value: float | None) -> str:
    """Return a tone in words, such as "strongly negative", "weakly positive", "neutral" or "unread"."""
    strength = strength_of(value)
    return f"{strength}ly {label_of(value)}" if strength else label_of(value)


def _tones(tokens: Tokens, cues: list[Cue]) -> list[Annotation]:
    origins, ends = tokens.origins, tokens.origin_ends
    return [
        Annotation("tone", round(value, 3), origins[first], ends[last], rule) for first, last, _, value, rule in cues
    ]


def _subjects(tokens: Tokens, hits: list[Hit], cues: list[Cue]) -> Iterator[Annotation]:
    named = [hit for hit in hits if hit.entry.topics or hit.entry.asset]
    anchors = [cue.anchor for cue in cues] if named else []
    for first, last, entry in named:
        start, end = tokens.origins[first], tokens.origin_ends[last]
        if entry.asset:
            yield Annotation("asset", entry.asset, start, end, "ticker" if _is_ticker(tokens, first) else "name")
        if entry.topics:
            role = _direction(tokens, first, last, cues, anchors)
            for topic in entry.topics:
                yield Annotation("topic", topic, start, end, "topic word", role)


def _is_ticker(tokens: Tokens, first: int) -> bool:
    return tokens.text[tokens.starts[first] : tokens.ends[first]].isupper()


def _direction(tokens: Tokens, first: int, last: int, cues: list[Cue], anchors: list[int]) -> str:
    """Return the direction of the cue that covers a topic, or else of the nearest one beside it in the same clause."""
    k = bisect_left(anchors, first)
    best, distance = 0.0, _BESIDE + 1
    for cue in cues[max(k - 2, 0) : k + 2]:
        gap = 0 if cue.first <= last and first <= cue.last else max(first - cue.last, cue.first - last)
        if gap < distance and not {".", ";", "\n"} & set(tokens.words[min(last, cue.last) : max(first, cue.first)]):
            best, distance = cue.value, gap
    return "positive" if best > 0 else "negative" if best < 0 else ""


def _horizons_and_levels(tokens: Tokens, hits: list[Hit], published: date | None) -> Iterator[Annotation]:
    for horizon in horizons.horizons(tokens, published):
        day = horizon.day.isoformat() if horizon.day else None
        yield Annotation("horizon", day, tokens.origins[horizon.first], tokens.origin_ends[horizon.last], horizon.rule)
    for price in levels.prices(tokens, names_asset=any(hit.entry.asset for hit in hits)):
        start, end = tokens.origins[price.first], tokens.origin_ends[price.last]
        yield Annotation("level", price.value, start, end, price.rule, price.role)
