"""Two figures that a sentence compares: the new one and the old one, of the same unit."""

from __future__ import annotations

from typing import Final, NamedTuple

from sentiment.research.text.tokens import number, scale, wordset

_REACH: Final = 12
_CURRENCIES: Final = wordset(
    """
    $ € £ eur euro euros usd dollars sek nok dkk gbp jpy chf inr rub cad lvl eek ltl crowns kronor
    """
)
_MONTHS: Final = wordset(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec
    """
)


class Pair(NamedTuple):
    """The figures and the tokens at which they stand."""

    new: float
    old: float
    new_at: int
    old_at: int


class _Amount(NamedTuple):
    value: float
    at: int
    end: int
    unit: str


def compared(words: list[str], first: int, last: int, start: int, end: int) -> Pair | None:
    """Figures before and after the comparing words at ``first..last`` in the sentence ``start..end``.

    "from 3.1 to 4.2" holds both figures after the word; otherwise the new one stands before it.
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
    return Pair(new.value, old.value, new.at, old.end - 1)


def _next(words: list[str], first: int, last: int, end: int) -> _Amount | None:
    for i in range(first, last):
        if words[i][0].isdigit() and (found := _amount(words, i, end)):
            return found
    return None


def _previous(words: list[str], first: int, last: int, end: int, unit: str) -> _Amount | None:
    for i in range(first - 1, last - 1, -1):
        if words[i][0].isdigit() and (found := _amount(words, i, end)) and found.unit == unit:
            return found
    return None


def _amount(words: list[str], i: int, end: int) -> _Amount | None:
    read = number(words[i])
    if read is None:
        return None
    following = words[i + 1] if i + 1 < end else ""
    before = words[i - 1] if i else ""
    factor = scale(following) if not read.scaled else None
    after = i + 1 + (factor is not None)
    unit_word = words[after] if after < end else ""
    value = read.value * (factor or 1.0)
    if following == "%" or following.startswith(("percent", "pct", "per")):
        return _Amount(value, i, i + 2, "%")
    if before in _CURRENCIES or unit_word in _CURRENCIES:
        return _Amount(value, i, after + (unit_word in _CURRENCIES), "money")
    is_date = before in _MONTHS or following in _MONTHS or (len(words[i]) == 4 and words[i].isdigit())  # noqa: PLR2004
    return None if is_date else _Amount(value, i, after, "money" if read.scaled or factor else "count")
