"""Splitting a text into words, numbers and marks with their places, and into sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from sentiment.research.text import vocabulary

WORDS: Final = Path(__file__).with_name("words.toml")

# No alternative nests repetitions and no two can start alike, so the time is linear in the length. A hyphen inside a word
# only separates ("year-end" is two words); a dash with space around it is a mark.
_TOKEN: Final = re.compile(
    r"[^\W\d_][^\W_]*"  # a word, also Q1 and K33
    r"|\d+(?:[.,]\d+)*[^\W\d_]*"  # a number with its suffix: 84K, 13.1mn, 2nd
    r"|'(?:[st]|re|ve|ll)\b"  # bitcoin's, don't
    r"|[.!?;:,()%$€£&\n\u2013\u2014]|(?<=\s)-(?=\s)"
)
_ENDS: Final = frozenset(".!?;\n")
_LONGEST_NUMBER: Final = 24


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
        The text itself.
    words : list of str
        The tokens in lower case.
    starts, ends : list of int
        Characters of the text at which each token starts and ends, the end excluded.
    sentences : list of (int, int)
        First token of each sentence and the one after its last.
    """

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[tuple[int, int]]


def tokenize(text: str) -> Tokens:
    """Split a text into tokens, which do not overlap."""
    matches = list(_TOKEN.finditer(text.replace("\u2019", "'")))
    words = [match[0].lower() for match in matches]
    starts = [match.start() for match in matches]
    ends = [match.end() for match in matches]
    return Tokens(text, words, starts, ends, _sentences(text, words, ends))


def _sentences(text: str, words: list[str], ends: list[int]) -> list[tuple[int, int]]:
    sentences, first, last = [], 0, len(words)
    abbreviations = token_words().abbreviations
    for i, word in enumerate(words):
        if word not in _ENDS:
            continue
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
    head, _, tail = digits.rpartition(",")
    if head and len(tail.partition(".")[0]) != 3 and "." not in digits:  # noqa: PLR2004 - a European decimal comma
        digits = f"{head.replace(',', '')}.{tail}"
    try:
        return Number(float(digits.replace(",", "")) * factor, suffix, scaled=bool(suffix))
    except ValueError:
        return None


def scale(word: str) -> float | None:
    """Return the factor of a word such as ``million``; None for any other word."""
    return token_words().scales.get(word)
