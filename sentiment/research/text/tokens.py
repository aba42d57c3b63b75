"""Splitting a text into words, numbers and marks with their places, and into sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.as_seen import with_places

WORDS: Final = Path(__file__).with_name("words.toml")

# No alternative nests repetitions and no two can start alike, so the time is linear in the length. A hyphen inside a word
# only separates ("year-end" is two words); a dash with space around it is a mark.
_TOKEN: Final = re.compile(
    r"[^\W\d_][^\W_]*"  # a word, also Q1 and K33
    r"|(?=\d)(?:"
    # a number in groups of three: 84 000, 84'000,50; but not the "100 200" of "Nasdaq 100 200-day average"
    r"(?<![\d.,])(?<!&[Pp] )(?<!(?i:sdaq|ftse|toxx) )(?<!(?i:csi) )"
    r"\d{1,3}(?:[ \u00a0\u202f\u2009']\d{3})++(?!\d|-[^\W\d_])(?:[.,]\d+)?[^\W\d_]*"
    r"|\d+(?:[.,]\d+)*[^\W\d_]*)"  # a number with its suffix: 84K, 13.1mn, 2nd
    r"|'(?:[st]|re|ve|ll)\b"  # bitcoin's, don't
    r"|[.!?;:,()%$€£&\n\u2013\u2014]|(?<=\s)-(?=\s)"
)
_GROUPED: Final = re.compile(r"\d{1,3}(?:[ \u00a0\u202f\u2009']\d{3})+(?:[.,]\d+)?")
_GAPS: Final = re.compile(r"[ \u00a0\u202f\u2009']")
_POINTED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")
_ENDS: Final = frozenset(".!?;\n")
_LONGEST_NUMBER: Final = 24
_GROUP: Final = 3  # digits between marks


@dataclass(frozen=True, slots=True)
class TokenWords:
    """Words that matter to tokens and numbers."""

    abbreviations: frozenset[str]
    scales: dict[str, float]
    months: dict[str, int]


@cache
def token_words() -> TokenWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, TokenWords, "tokens")


class Tokens(NamedTuple):
    """A tokenized text.

    Attributes
    ----------
    text : str
        The text as seen: without invisible characters, with plain letters.
    words : list of str
        The tokens in lower case.
    starts, ends : list of int
        Characters of `text` at which each token starts and ends, the end excluded.
    sentences : list of (int, int)
        First token of each sentence and the one after its last.
    numbers : list of int
        Tokens that begin with a digit.
    origins, origin_ends : list of int
        As `starts` and `ends`, in the original text.
    """

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[tuple[int, int]]
    numbers: list[int]
    origins: list[int]
    origin_ends: list[int]


def tokenize(original: str) -> Tokens:
    """Split a text into tokens, which do not overlap."""
    text, places = with_places(original)
    matches = _TOKEN.finditer(text.replace("\u2019", "'"))
    if text.isascii():  # small letters then stand where the capitals stood
        small, spans = text.lower(), [match.span() for match in matches]
        words = [small[start:end] for start, end in spans]
    else:
        found = list(matches)
        words, spans = [match[0].lower() for match in found], [match.span() for match in found]
    starts, ends = map(list, zip(*spans, strict=True)) if spans else ([], [])
    sentences = _sentences(text, words, ends)
    numbers = [i for i, word in enumerate(words) if word[0].isdigit()]
    if places is None:
        return Tokens(text, words, starts, ends, sentences, numbers, starts, ends)
    # Both end inside a token's own characters: what is invisible around them stays outside.
    return Tokens(
        text,
        words,
        starts,
        ends,
        sentences,
        numbers,
        [places[at] for at in starts],
        [places[at - 1] + 1 for at in ends],
    )


def _sentences(text: str, words: list[str], ends: list[int]) -> list[tuple[int, int]]:
    sentences, first, last = [], 0, len(words)
    abbreviations = token_words().abbreviations
    for i in [i for i, word in enumerate(words) if word in _ENDS]:
        word = words[i]
        if word == ".":
            inside = ends[i] < len(text) and not text[ends[i]].isspace() and text[ends[i]] not in "\"'\u201d\u2019)*_"
            before = words[i - 1] if i else ""
            if inside or before in abbreviations or (len(before) == 1 and before.isalpha()):
                continue
        elif word == "\n" and i + 1 < last and words[i + 1] not in {"\n", "-", "\u2013", "\u2014"}:
            continue  # a wrapped line
        if first <= i:
            sentences.append((first, i + 1))
            first = i + 1
    if first < last:
        sentences.append((first, last))
    return sentences


class Number(NamedTuple):
    """The value of a number token, its suffix, and whether the suffix scaled the value."""

    value: float
    suffix: str
    scaled: bool


def number(word: str) -> Number | None:
    """Parse a token such as ``84K``, ``74,433`` or ``13.1mn``; return None for any other (``2nd``, ``1.2.3``)."""
    if not word[0].isdigit() or len(word) > _LONGEST_NUMBER:
        return None
    digits = word.rstrip("abcdefghijklmnopqrstuvwxyz")
    suffix = word[len(digits) :]
    factor = token_words().scales.get(suffix) if suffix else 1.0
    if factor is None:
        return None
    plain = _plain(digits)
    try:
        return Number(float(plain) * factor, suffix, scaled=bool(suffix))
    except ValueError:
        return None


def is_grouped(word: str) -> bool:
    """Whether the digits of a number token are written in groups, as prices are and years are not."""
    return "," in word or _GAPS.search(word) is not None


def _plain(digits: str) -> str:
    """Return a number without the marks between its groups of three; what cannot be read stays as it is."""
    if _GAPS.search(digits):
        return _GAPS.sub("", digits).replace(",", ".") if _GROUPED.fullmatch(digits) else digits
    if _POINTED.fullmatch(digits):
        return digits.replace(".", "").replace(",", ".")
    head, _, tail = digits.rpartition(",")
    if not head:
        return digits
    if "." not in digits and "," not in head and len(tail) != _GROUP:  # a European decimal comma
        return f"{head}.{tail}"
    if "." in head or len(tail.partition(".")[0]) != _GROUP:
        return digits  # two figures, or a slip
    return digits.replace(",", "")


def scale(word: str) -> float | None:
    """Return the factor of a word such as ``million``; None for any other word."""
    return token_words().scales.get(word)
