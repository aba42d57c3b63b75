"""The days that a text looks to: "by year-end", "next 90 days", "Q1", read against the day of publication."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text.tokens import wordset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.tokens import Tokens

_MONTH_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS: Final = {
    **{name: k for k, name in enumerate(_MONTH_NAMES, 1)},
    **{name[:3]: k for k, name in enumerate(_MONTH_NAMES, 1) if name != "may"},
    "sept": 9,
}
_NUMERALS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS: Final = {"a": 1, "an": 1} | {word: k for k, word in enumerate(_NUMERALS, 1)}
# Days that a period lasts; an unnumbered plural ("the coming weeks") is read as some of them, by this convention.
_DAYS: Final = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365, "trading": 1}
_SOME: Final = {"days": 7, "weeks": 28, "months": 90, "quarters": 182, "years": 730}
_LEADS: Final = wordset("next coming following within in over for")
_INTO: Final = wordset("in by of until before this next early mid late end through for till during to into")
_PAST: Final = wordset("since last after from past previous")
_QUARTERS: Final = {f"q{k}": k * 3 for k in range(1, 5)} | {f"{k}q": k * 3 for k in range(1, 5)}
_HALVES: Final = {"h1": 6, "h2": 12, "1h": 6, "2h": 12}
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_TRIGGERS: Final = frozenset(
    {
        *_MONTHS,
        *_QUARTERS,
        *_HALVES,
        *_ORDINALS,
        *_LEADS,
        "end",
        "year",
        "this",
        "tomorrow",
        "eoy",
        "by",
        "through",
        "until",
    }
)
_FARTHEST: Final = 183


class Horizon(NamedTuple):
    """A stretch of tokens that looks ahead, the last day meant (None: unknown without a publication date), the rule."""

    first: int
    last: int
    day: date | None
    rule: str


def horizons(tokens: Tokens, published: date | None) -> Iterator[Horizon]:
    """Yield the days and periods that a text looks to, none of them before its publication."""
    words, skip = tokens.words, 0
    for i, word in enumerate(words):
        if i < skip or (word not in _TRIGGERS and not word.startswith("20")):
            continue
        found = _horizon(tokens, i, published)
        if found is not None and _looks_ahead(found, published):
            yield found._replace(first=_with_its_end(words, found.first))
            skip = found.last + 1


def _with_its_end(words: list[str], first: int) -> int:
    """Return where "the end of December" begins, for a period that begins at `first`."""
    before = words[max(first - 3, 0) : first]
    for length, opening in ((3, ["end", "of", "the"]), (2, ["end", "of"])):
        if before[-length:] == opening:
            return first - length
    return first


def _looks_ahead(found: Horizon, published: date | None) -> bool:
    if found.day is None or published is None:
        return True
    return found.day > published or (found.day == published and found.rule != "day")


def _horizon(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    words = tokens.words
    word, after = words[i], words[i + 1] if i + 1 < len(words) else ""
    found: Horizon | None
    if word in _MONTHS:
        found = _month(tokens, i, published)
    elif part := _part_of_year(word, after):
        found = _in_year(words, (i, i + part[2]), part[0], published, part[1])
    elif word in {"end", "this", "next"} and (period := _period_end(words, i, published)):
        found = period
    elif word == "tomorrow":
        found = _ahead(i, i, 1, published, "tomorrow")
    elif word in _LEADS:
        found = _length(words, i, published)
    elif word in {"by", "through", "until"} and (year := _year(after)) and words[i + 2 : i + 3] != ["-"]:
        found = Horizon(i + 1, i + 1, date(year, 12, 31), "year")
    else:
        found = _written_day(tokens, i)
    return found


def _part_of_year(word: str, after: str) -> tuple[int, str, bool] | None:
    """Return the last month of a named part of the year, the rule, and whether it took the second word as well."""
    if word in _QUARTERS:
        return _QUARTERS[word], "quarter", False
    if word in _HALVES:
        return _HALVES[word], "half-year", False
    if after == "quarter" and word in _ORDINALS:
        return _ORDINALS[word] * 3, "quarter", True
    if after == "half" and _ORDINALS.get(word, 3) <= 2:  # noqa: PLR2004 - a year has two
        return _ORDINALS[word] * 6, "half-year", True
    if word == "eoy" or (word == "year" and after == "end"):
        return 12, "year-end", word == "year"
    return None


def _year(word: str) -> int | None:
    if len(word) == 4 and word.isdecimal() and word.isascii() and _FIRST_YEAR <= int(word) <= _LAST_YEAR:  # noqa: PLR2004
        return int(word)
    return None


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _in_year(words: list[str], at: tuple[int, int], month: int, published: date | None, rule: str) -> Horizon | None:
    """Return the end of a part of the year named after it ("Q1 2026"), or of its next occurrence."""
    first, last = at
    j = last + 1 + (words[last + 1 : last + 2] == ["of"])
    if j < len(words) and (year := _year(words[j])):
        return Horizon(first, j, _last_day(year, month), rule)
    if published is None:
        return Horizon(first, last, None, rule)
    day = _last_day(published.year, month)
    if day < published:
        if published.year == MAXYEAR:
            return None
        day = _last_day(published.year + 1, month)
    return Horizon(first, last, day, rule)


def _month(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    words = tokens.words
    month, before = _MONTHS[words[i]], words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    number_before = before.isdecimal() and len(before) <= 2  # noqa: PLR2004
    number_after = after.isdecimal() and len(after) <= 2  # noqa: PLR2004
    if not tokens.text[tokens.starts[i]].isupper() or before in _PAST or after == "'s":
        return None
    if words[i] in {"may", "march"} and not (before in _INTO or number_before or number_after or _year(after)):
        return None  # the verbs
    first, last = i - number_before, i + number_after
    dated = int(before) if number_before else int(after) if number_after else 0
    j = last + 1 + (number_after and last + 1 < len(words) and words[last + 1] == ",")
    year = _year(words[j]) if j < len(words) else None
    if year:
        last = j
    elif published is None:
        return Horizon(first, last, None, "month")
    else:
        year = published.year + (month < published.month)
    if dated > monthrange(min(year, MAXYEAR), month)[1] or year > MAXYEAR:
        return None
    day = date(year, month, dated) if dated else _last_day(year, month)
    named = last == j
    if not named and published is not None and (day - published).days > _FARTHEST:
        return None  # in December, "October" is the one that was
    return Horizon(first, last, day, "day" if dated else "month")


def _period_end(words: list[str], i: int, published: date | None) -> Horizon | None:
    """Read "end of the year", "this month", "next quarter"."""
    j = i + 1
    if words[i] == "end":
        while j < len(words) and j - i <= 3 and words[j] in {"of", "the", "this"}:  # noqa: PLR2004
            j += 1
        if j == i + 1:
            return None
    period = words[j] if j < len(words) else ""
    if period not in {"week", "month", "quarter", "year"}:
        return None
    if published is None:
        return Horizon(i, j, None, f"end of {period}")
    if words[i] == "next":
        return _ahead(i, j, _DAYS[period], published, f"next {period}")
    ends = {
        "week": min(published.toordinal() + 6 - published.weekday(), date.max.toordinal()),
        "month": _last_day(published.year, published.month).toordinal(),
        "quarter": _last_day(published.year, (published.month + 2) // 3 * 3).toordinal(),
        "year": date(published.year, 12, 31).toordinal(),
    }
    return Horizon(i, j, date.fromordinal(ends[period]), f"end of {period}")


def _length(words: list[str], i: int, published: date | None) -> Horizon | None:
    """Read "next 90 days", "in the coming weeks", "within six months", "over the next few weeks"."""
    j, ahead, count, some = i, words[i] == "within", 0, False
    while j < len(words) and j - i < 6:  # noqa: PLR2004
        word = words[j]
        unit = word.removesuffix("s")
        if unit in _DAYS and unit != "trading":
            plural = word != unit
            if not ahead and not (words[i] == "in" and count):
                return None
            if not count and not plural:
                return None
            days = count * _DAYS[unit] if count else _SOME[word]
            return _ahead(i, j, days, published, f"next {word if some or not count else 'n ' + word}")
        if word in {"next", "coming", "following", "within"}:
            ahead = True
        elif word in {"few", "several", "couple"}:
            count, some = 0, True
        elif word in _COUNTS and not (word in {"a", "an"} and (some or words[i] == "within")):
            count = _COUNTS[word]
        elif word.isdecimal() and len(word) <= 4:  # noqa: PLR2004
            count = int(word)
        elif word not in {"the", "in", "over", "for", "of", "or", "to", "trading"}:
            return None
        j += 1
    return None


def _ahead(first: int, last: int, days: int, published: date | None, rule: str) -> Horizon | None:
    if published is None:
        return Horizon(first, last, None, rule)
    if days > date.max.toordinal() - published.toordinal():
        return None
    return Horizon(first, last, published + timedelta(days), rule)


def _written_day(tokens: Tokens, i: int) -> Horizon | None:
    """Read 2026-03-31, which the tokens hold as three numbers parted by hyphens."""
    if i + 2 >= len(tokens.words) or tokens.ends[i + 2] - tokens.starts[i] != 10:  # noqa: PLR2004
        return None
    try:
        day = date.fromisoformat(tokens.text[tokens.starts[i] : tokens.ends[i + 2]])
    except ValueError:
        return None
    return Horizon(i, i + 2, day, "day")
