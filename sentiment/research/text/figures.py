"""Two figures in the same unit that a sentence compares: the new and the old."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.tokens import WORDS, number, scale, token_words

_REACH: Final = 12


@dataclass(frozen=True, slots=True)
class FigureWords:
    """Words that give a figure its unit."""

    currencies: frozenset[str]


@cache
def figure_words() -> FigureWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, FigureWords, "figures")


class Pair(NamedTuple):
    """Two figures and their tokens."""

    new: float
    old: float
    new_token: int
    old_token: int


class _Amount(NamedTuple):
    value: float
    token: int
    end: int
    unit: str


def compared(words: list[str], first: int, last: int, start: int, end: int) -> Pair | None:
    """Return the figures compared by the words ``first..last`` of the sentence ``start..end``; None if there are none.

    In "from 3.1 to 4.2" both follow the word "from"; otherwise the new figure comes before the comparing words.
    """
    old = _next(words, last + 1, min(last + 1 + _REACH, end), end)
    if old is None:
        return None
    if words[first] == "from" and old.end < end and words[old.end] == "to":
        new = _next(words, old.end + 1, min(old.end + 4, end), end)
    else:
        new = _previous(words, first, max(first - _REACH, start), end, old.unit)
    if new is None or new.unit != old.unit:
        return None
    return Pair(new.value, old.value, new.token, old.end - 1)


def _next(words: list[str], first: int, last: int, end: int) -> _Amount | None:
    for i in range(first, last):
        if words[i][0].isdigit() and (amount := _amount(words, i, end)):
            return amount
    return None


def _previous(words: list[str], first: int, last: int, end: int, unit: str) -> _Amount | None:
    for i in range(first - 1, last - 1, -1):
        if words[i][0].isdigit() and (amount := _amount(words, i, end)) and amount.unit == unit:
            return amount
    return None


def _amount(words: list[str], i: int, end: int) -> _Amount | None:
    figure = number(words[i])
    if figure is None:
        return None
    following = words[i + 1] if i + 1 < end else ""
    before = words[i - 1] if i else ""
    factor = scale(following) if not figure.scaled else None
    after = i + 1 + (factor is not None)
    unit = words[after] if after < end else ""
    value = figure.value * (factor or 1.0)
    if following == "%" or following.startswith(("percent", "pct", "per")):
        return _Amount(value, i, i + 2, "%")
    currencies = figure_words().currencies
    if before in currencies or unit in currencies:
        return _Amount(value, i, after + (unit in currencies), "money")
    months = token_words().months
    is_date = before in months or following in months or (len(words[i]) == 4 and words[i].isdigit())  # noqa: PLR2004
    return None if is_date else _Amount(value, i, after, "money" if figure.scaled or factor else "count")
