"""A text as a stream of words, numbers and marks, each with its place, split into sentences, in one pass."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


def wordset(listed: str) -> frozenset[str]:
    """Return the words of a list that is written out as text."""
    return frozenset(listed.split())


# Every alternative is free of nested repetition and no two can start alike, so the time grows with the length alone. A
# hyphen inside a word only parts it ("year-end" is two words); only a free-standing dash is a mark.
_TOKEN: Final = re.compile(
    r"[^\W\d_][^\W_]*"  # a word, also Q1 and K33
    r"|\d+(?:[.,]\d+)*[^\W\d_]*"  # a number with what sticks to it: 84K, 13.1mn, 2nd
    r"|['\u2019](?:[st]|re|ve|ll)\b"  # bitcoin's, don't
    r"|[.!?;:,()%$€£&\n\u2013\u2014]|(?<=\s)-(?=\s)"
)
_ENDS: Final = frozenset(".!?;\n")
_ABBREVIATIONS: Final = wordset(
    """
    inc corp ltd co vs approx mr mrs ms dr st no jr sr oyj plc jan feb mar apr jun jul aug sep sept oct nov dec
    """
)
_SCALES: Final = {
    "": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6,
    "b": 1e9, "bn": 1e9, "bln": 1e9, "billion": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12,
}  # fmt: skip
_LONGEST_NUMBER: Final = 24


class Tokens(NamedTuple):
    """The stream: lower-case words, where each starts and ends, and the first and last + 1 token of every sentence."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[tuple[int, int]]


def tokenize(text: str) -> Tokens:
    """Split a text; every token is a stretch of the text and none overlaps another."""
    matches = list(_TOKEN.finditer(text))
    words = [match[0].lower().replace("\u2019", "'") for match in matches]
    starts = [match.start() for match in matches]
    ends = [match.end() for match in matches]
    return Tokens(text, words, starts, ends, _sentences(text, words, ends))


def _sentences(text: str, words: list[str], ends: list[int]) -> list[tuple[int, int]]:
    found, first, last = [], 0, len(words)
    for i, word in enumerate(words):
        if word not in _ENDS:
            continue
        if word == ".":
            inside = ends[i] < len(text) and not text[ends[i]].isspace() and text[ends[i]] not in "\"'\u201d\u2019)*_"
            before = words[i - 1] if i else ""
            if inside or before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha()):
                continue
        elif word == "\n" and i + 1 < last and words[i + 1] not in {"\n", "-", "\u2013", "\u2014"}:
            continue  # a line that merely wraps
        if first <= i:
            found.append((first, i + 1))
            first = i + 1
    if first < last:
        found.append((first, last))
    return found


class Number(NamedTuple):
    """What a number token says: its value with the letters that stick to it as scale, and those letters."""

    value: float
    suffix: str
    scaled: bool


def number(word: str) -> Number | None:
    """Read a token such as ``84K``, ``74,433`` or ``13.1mn``; None if it is no plain number (``2nd``, ``1.2.3``)."""
    if not word[0].isdigit() or len(word) > _LONGEST_NUMBER:
        return None
    digits = word.rstrip("abcdefghijklmnopqrstuvwxyz")
    suffix = word[len(digits) :]
    if suffix not in _SCALES:
        return None
    head, _, tail = digits.rpartition(",")
    if head and len(tail.partition(".")[0]) != 3 and "." not in digits:  # noqa: PLR2004 - a European decimal comma
        digits = f"{head.replace(',', '')}.{tail}"
    try:
        return Number(float(digits.replace(",", "")) * _SCALES[suffix], suffix, scaled=bool(suffix))
    except ValueError:
        return None


def scale(word: str) -> float | None:
    """Return what a word such as ``million`` multiplies by; None if it is no such word."""
    return _SCALES.get(word) if word else None
