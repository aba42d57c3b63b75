"""Finding the phrases of the lexicon in a text, in one walk over its words through a tree of phrases."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sentiment.research.text.lexicon import Entry, Role, entries
from sentiment.research.text.subjects import subjects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.tokens import Tokens

_TICKER: Final = re.compile(r"[ \u00a0]?\$?([A-Z0-9]{1,6}(?:[.-][A-Z]{1,2})?)(?![\w])")
_HONG_KONG_DIGITS: Final = 4


class Hit(NamedTuple):
    """A phrase in a text: its first and last token, and its meaning."""

    first: int
    last: int
    entry: Entry


@cache
def _tree() -> dict[str, Any]:
    """Nest the phrases word by word; the key "" holds the entry of the phrase that ends there."""
    root: dict[str, Any] = {}
    for phrase, entry in entries().items():
        node = root
        for word in phrase.split():
            node = node.setdefault(word, {})
        node[""] = entry
    return root


def find(tokens: Tokens) -> list[Hit]:
    """Return the phrases of a text: the longest from the left, without overlap, in time bounded by the longest phrase."""
    words = tokens.words
    hits, skip, count = [], 0, len(words)
    tree, places = _tree(), subjects().places
    for i in [i for i, word in enumerate(words) if word in tree]:
        if i < skip:
            continue
        word = words[i]
        node = tree[word]
        entry, last, j = node.get(""), i, i + 1
        while j < count and (node := node.get(words[j])) is not None:
            if "" in node:
                entry, last = node[""], j
            j += 1
        if entry is not None and (not (entry.spellings or word in places) or _is_meant(tokens, i, last, entry)):
            hits.append(Hit(i, last, entry))
            skip = last + 1
    return _with_listings(tokens, hits) if ":" in words else hits


def _is_meant(tokens: Tokens, first: int, last: int, entry: Entry) -> bool:
    """Return whether a name that doubles as a word or a place is meant as a name here."""
    if entry.asset and first == last and tokens.words[first] in subjects().places and _is_place(tokens.words, first):
        return False
    return not entry.spellings or any(_is_spelled(tokens, first, last, spelling) for spelling in entry.spellings)


def _is_place(words: list[str], at: int) -> bool:
    """Return whether an index is named as the place where something is traded: "on Nasdaq", "listed on the Nasdaq"."""
    lists = subjects()
    before = words[max(at - 6, 0) : at]
    if before[-1:] == ["on"]:
        return lists.views.isdisjoint(before[-2:-1])
    return before[-2:] == ["on", "the"] and not lists.listed.isdisjoint(before)


def _with_listings(tokens: Tokens, hits: list[Hit]) -> list[Hit]:
    """Return the hits with the tickers that stand behind their exchange, "(NASDAQ: NVDA)", instead of the exchange."""
    listings = list(_listings(tokens))
    if not listings:
        return hits
    taken = {k for listing in listings for k in range(listing.first, listing.last + 1)}
    others = [hit for hit in hits if taken.isdisjoint(range(hit.first, hit.last + 1))]
    return sorted([*others, *listings])


def _listings(tokens: Tokens) -> Iterator[Hit]:
    words, text, lists = tokens.words, tokens.text, subjects()
    colon = -1
    for _ in range(words.count(":")):
        colon = words.index(":", colon + 1)
        first = colon - 1
        if first > 0 and words[first] in lists.segments:
            first -= 1
        if first < 0 or words[first] not in lists.exchanges:
            continue
        match = _TICKER.match(text, tokens.ends[colon])
        in_brackets = words[max(first - 1, 0)] == "(" and first > 0
        exchange = text[tokens.starts[first] : tokens.ends[first]]
        around = text[max(tokens.starts[first] - 40, 0) : tokens.ends[colon] + 40]
        if match is None or around.isupper() or not (in_brackets or exchange.isupper()):
            continue
        last = min(bisect_left(tokens.ends, match.end()), len(words) - 1)
        symbol = _symbol(match[1], lists.exchanges[words[first]])
        if in_brackets and words[last + 1 : last + 2] == [")"]:
            first, last = first - 1, last + 1
        yield Hit(first, last, Entry(Role.OBJECT, 1, asset=symbol))


def _symbol(ticker: str, ending: str) -> str:
    if ending == ".HK" and ticker.isdigit():
        ticker = ticker.lstrip("0").zfill(_HONG_KONG_DIGITS)
    return f"{ticker.replace('.', '-')}{ending}"


def _is_spelled(tokens: Tokens, first: int, last: int, spelling: str) -> bool:
    """Return whether a name that doubles as an ordinary word is meant as a name here."""
    shown = tokens.text[tokens.starts[first] : tokens.ends[last]]
    if shown != spelling and " ".join(shown.split()) != spelling:
        return False
    starts_sentence = not first or tokens.words[first - 1] in ".!?:\n"
    if spelling in subjects().not_at_start and starts_sentence:
        return False
    if spelling in subjects().not_in_titles and _in_title(tokens, first):
        return False
    if spelling not in subjects().not_in_capitals:
        return True
    around = tokens.text[max(tokens.starts[first] - 12, 0) : tokens.ends[last] + 12].replace(spelling, "")
    return not around.isupper()


def _in_title(tokens: Tokens, first: int) -> bool:
    """Return whether a capital stands before, inside the sentence: "Global Strategy"."""
    before = first - 1
    if before < 1 or tokens.starts[first] - tokens.ends[before] != 1:
        return False
    return tokens.text[tokens.starts[before]].isupper() and tokens.words[before - 1] not in ".!?:\n"
