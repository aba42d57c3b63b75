"""The horizons of a text, such as "by year-end", "next 90 days" or "Q1", resolved against the day of publication."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import MAXYEAR, date
from functools import cache
from typing import TYPE_CHECKING, Final

from sentiment.research.text import named_days, written_days
from sentiment.research.text.lengths import Horizon, days_ahead, horizon_words, length, term
from sentiment.research.text.parts import is_led, part_of
from sentiment.research.text.periods import end_of_this, ending, lone_year, period_end, short_year
from sentiment.research.text.tokens import token_words
from sentiment.research.text.written_days import last_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.tokens import Tokens

_UNREADABLE: Final = ""  # the rule of a day that cannot be read
_SHORTER: Final = frozenset({"day", "week", "month", "quarter", "session"})
_LONGEST_MONTH_AHEAD: Final = 183  # days
_PERIOD_OPENERS: Final = frozenset({"end", "this", "next", "rest", "remainder", "last", "final", "turn"})
_LONGER, _YEAR_END = frozenset({"20", "ye"}), re.compile(r"ye(\d\d|20\d\d)?")  # a year or "YE27" begins


def horizons(tokens: Tokens, published: date | None) -> Iterator[Horizon]:
    """Yield the days and periods ahead that a text names, none before its publication."""
    words, skip = tokens.words, 0
    triggers, only_lengths, openers = _triggers(), _only_lengths(), horizon_words().openers
    begun = {*tokens.numbers, *[i for i, word in enumerate(words) if word in triggers]}
    if "Y" in tokens.text:
        begun |= {i for i, word in enumerate(words) if word[:2] == "ye"}
    for i in sorted(begun):
        word = words[i]
        if i < skip:
            continue
        if word in only_lengths or (word not in triggers and word[:2] not in _LONGER):  # most of them
            horizon = (length(words, i, published) if word in openers else None) or term(words, i, published)
        else:
            horizon = _horizon(tokens, i, published)
        if horizon is not None:
            skip = horizon.last + 1
            meant = _meant(words, horizon)
            if meant and _looks_ahead(meant, published):
                yield meant._replace(first=_include_end_of(words, meant.first))


@cache
def _triggers() -> frozenset[str]:
    return horizon_words().triggers | named_days.FIRST_WORDS


@cache
def _only_lengths() -> frozenset[str]:
    """Return the words that open a length of time and no other horizon, such as "in" and "over"."""
    lists = horizon_words()
    others = token_words().months.keys() | lists.quarters.keys() | lists.halves.keys() | lists.ordinals.keys()
    others |= named_days.FIRST_WORDS | _PERIOD_OPENERS | lists.year_ends
    others |= {"tomorrow", "month", "quarter", "mid", "midyear", "year", "eoy", "before", "week"}
    return frozenset(word for word in lists.openers | lists.counts.keys() if word not in others and word[:2] != "ye")


def _meant(words: list[str], horizon: Horizon) -> Horizon | None:
    """Return a horizon as the words before it mean it: "early January", "the first week of May"; None if it is unclear."""
    if horizon.rule in {_UNREADABLE, "day"}:
        return horizon if horizon.rule == "day" else None
    return part_of(words, horizon)


def _include_end_of(words: list[str], first: int) -> int:
    """Return the first token of a period, including an "end of (the)" or "close of (the)" before it."""
    before = words[max(first - 3, 0) : first]
    for opening in (["end", "of", "the"], ["close", "of", "the"], ["end", "of"], ["close", "of"]):
        if before[-len(opening) :] == opening:
            return first - len(opening)
    return first


def _looks_ahead(horizon: Horizon, published: date | None) -> bool:
    if horizon.day is None or published is None:
        return True
    return horizon.day > published or (horizon.day == published and horizon.rule != "day")


def _horizon(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    words = tokens.words
    word, after = words[i], words[i + 1] if i + 1 < len(words) else ""
    if word in token_words().months:
        return _month(tokens, i, published)
    if part := _part_of_year(word, after):
        return _in_year(tokens, (i, i + part[2]), part[0], published, part[1])
    opens = word in _PERIOD_OPENERS or word in horizon_words().year_ends
    if opens and ((period := period_end(tokens, i, published)) or word != "next"):
        return period
    if word == "tomorrow":
        return days_ahead(i, i, 1, published, "tomorrow")
    if word in named_days.FIRST_WORDS:
        return named_days.named_day(tokens, i, published)
    if word == "before" or (after == "'s" and word in {"week", "month", "quarter", "year"}):
        return ending(tokens, i, published)
    if word in {"month", "quarter"}:
        return end_of_this(words, i, published) if after == "end" else None
    return _by_number(tokens, i, published)


def _by_number(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    """Parse what a number or an opener begins: "2027", "2026-03-15", "mid-27", "YE27", "12-month target", "over the next week"."""
    words, lists = tokens.words, horizon_words()
    word = words[i]
    if word in lists.openers and (horizon := length(words, i, published)):
        return horizon
    if word.startswith("ye") and (match := _YEAR_END.fullmatch(word)) and tokens.text[tokens.starts[i]].isupper():
        year = int(match[1]) + (2000 if len(match[1]) == 2 else 0) if match[1] else published and published.year  # noqa: PLR2004
        return Horizon(i, i, date(year, 12, 31) if year else None, "year-end")
    if word == "mid" and (year := short_year(tokens, i + 1, published)):
        return Horizon(i + 1, i + 1, date(year, 12, 31), "year")
    if word == "midyear" or (word == "mid" and words[i + 1 : i + 2] == ["year"]):
        return _in_year(tokens, (i, i + (word == "mid")), 6, published, "half-year")
    if word.startswith("20") and (year := lone_year(tokens, i)):
        return Horizon(i, i, date(year, 12, 31), "year") if _is_ahead(words, i, year, published) else None
    return (_numeric(tokens, i) if word.startswith("20") else None) or term(words, i, published)


def _is_ahead(words: list[str], i: int, year: int, published: date | None) -> bool:
    """Whether the words around a bare year look ahead to it; the running year mostly names what has passed."""
    lists, k = horizon_words(), i - 1
    while k > 0 and words[k] in {"the", "of"}:
        k -= 1
    before, after = words[k] if k >= 0 else "", words[i + 1] if i + 1 < len(words) else ""
    if before in lists.parts or before in {"late", "rest", "end"}:
        return True
    running = published is not None and year == published.year
    return before in lists.before_year - ({"in", "for", "during"} if running else set()) or after in lists.after_year


def _part_of_year(word: str, after: str) -> tuple[int, str, bool] | None:
    """Return the last month of a part of the year, the rule, and whether the second word belongs to it."""
    lists = horizon_words()
    if word in lists.quarters:
        return lists.quarters[word], "quarter", False
    if word in lists.halves:
        return lists.halves[word], "half-year", False
    if after == "quarter" and word in lists.ordinals:
        return lists.ordinals[word] * 3, "quarter", True
    if after == "half" and lists.ordinals.get(word, 3) <= 2:  # noqa: PLR2004 - a year has two
        return lists.ordinals[word] * 6, "half-year", True
    if word == "eoy" or (word == "year" and after == "end"):
        return 12, "year-end", word == "year"
    return None


def _numeric(tokens: Tokens, i: int) -> Horizon | None:
    """Parse a day or period that begins with its year."""
    numeric = written_days.numeric(tokens.text, tokens.starts[i])
    if numeric is None:
        return None
    if numeric is written_days.UNREADABLE:
        return Horizon(i, i, None, _UNREADABLE)
    return Horizon(i, _token_at(tokens, numeric.end), date(numeric.year, numeric.month, numeric.day), numeric.rule)


def _token_at(tokens: Tokens, end: int) -> int:
    """Return the token that ends at a character or is cut by it."""
    return min(bisect_left(tokens.ends, end), len(tokens.ends) - 1)


def _in_year(tokens: Tokens, at: tuple[int, int], month: int, published: date | None, rule: str) -> Horizon | None:
    """Return the end of a part of the year: in the year that follows it ("Q1 2026"), or the next one."""
    words, lists = tokens.words, horizon_words()
    first, last = at
    before = words[first - 1] if first else ""
    written = written_days.year_after(tokens.text, tokens.ends[last], digit_first=words[first][0].isdigit())
    end = _token_at(tokens, written.end)
    whole = last + 1
    while words[whole : whole + 1] in (["of"], ["the"], ["next"], ["this"]):
        whole += 1
    if whole > last + 1 and words[whole : whole + 1] and words[whole] in token_words().months:
        return _month(tokens, whole, published)  # "the first half of January" is no half-year
    if whole > last + 1 and words[whole : whole + 1] and words[whole] in _SHORTER:
        return Horizon(first, whole, None, _UNREADABLE)  # "the first half of next month"
    if not written.readable or before in lists.fiscal or before.startswith("fy2"):
        return Horizon(first, end, None, _UNREADABLE)
    if before in lists.past:
        return None
    if written.year:
        return Horizon(first, end, last_day(written.year, month), rule)
    j = last + 1 + (words[last + 1 : last + 2] == ["of"])
    relative = {"next": 1, "this": 0, "last": -1}.get(words[j]) if words[j + 1 : j + 2] == ["year"] else None
    if relative is not None:
        last = j + 1
    if published is None:
        return Horizon(first, last, None, rule)
    year = published.year + (relative or 0)
    if relative is None and last_day(year, month) < published:
        year += 1
    return Horizon(first, last, last_day(year, month), rule) if year <= MAXYEAR else None


def _month(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    words, lists = tokens.words, horizon_words()
    month, start = token_words().months[words[i]], tokens.starts[i]
    led = is_led(words, i)
    if not (tokens.text[start].isupper() or led) or words[i + 1 : i + 2] == ["'s"]:
        return None
    written = written_days.around_month(tokens.text, start, tokens.ends[i], published.year if published else None)
    first, last = bisect_left(tokens.starts, written.start), _token_at(tokens, written.end)
    last += last == i and words[i + 1 : i + 2] == ["end"]  # "our March-end target"
    before = words[first - 1] if first else ""
    if before == "the" and first > 1:
        before = words[first - 2]
    if before in lists.past:
        return None
    is_name = last > i or before in lists.before_month or written.day is not None or written.year is not None
    if words[i] in {"may", "march"} and not is_name:
        return None  # the verbs
    if not written.readable:
        return Horizon(first, last, None, _UNREADABLE)
    rule = "day" if written.day is not None else "month"
    year = written.year
    if year is None and published is None:
        return Horizon(first, last, None, rule)
    if year is None and published is not None:
        following = before == "next" and month == published.month  # "by next November" in November
        year = published.year + (month < published.month or following)
    if year is None or year > MAXYEAR or written.day == 0 or (written.day or 1) > last_day(year, month).day:
        return Horizon(first, last, None, _UNREADABLE)
    day = date(year, month, written.day) if written.day else last_day(year, month)
    named = (
        before in lists.before_named_day
        or led
        or (last > i and words[last] == "end")
        or words[first - 2 : first] in ([":", "end"], ["for", "end"])
    )
    if not named and written.year is None and published is not None and (day - published).days > _LONGEST_MONTH_AHEAD:
        return None  # in December, "October" is the past one
    return Horizon(first, last, day, rule)
