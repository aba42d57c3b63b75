"""One sentence as the rules of a call see it: its words, and which of them are days, prices, assets and other things."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from sentiment.research.draft import wording
from sentiment.research.text import phrases

if TYPE_CHECKING:
    from sentiment.research.text import Finding
    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.tokens import Tokens


class Sentence:
    """One sentence while it is judged: its words, and which of them are days, prices, assets and other things."""

    __slots__ = ("assets", "days", "first", "horizons", "last", "levels", "objects", "prices", "text", "words")

    def __init__(self, tokens: Tokens, bounds: tuple[int, int], findings: list[Finding], hits: list[Hit]) -> None:
        self.first, self.last = bounds
        self.words = tokens.words
        first, last = tokens.starts[self.first], tokens.ends[self.last - 1]
        self.text = " ".join(tokens.text[first:last].split())
        self.assets: dict[int, str] = {}
        self.days: set[int] = set()
        self.prices: dict[int, Finding] = {}
        self.horizons = [one for one in findings if one.kind == "horizon"]
        self.levels = [one for one in findings if one.kind == "level"]
        for one in findings:
            places = range(bisect_left(tokens.starts, one.start), bisect_left(tokens.starts, one.end))
            if one.kind == "asset":
                self.assets |= dict.fromkeys(places, str(one.value))
            elif one.kind == "horizon":
                self.days.update(places)
                if self.words[places.start - 2 : places.start] == ["end", "of"]:
                    self.days.add(places.start - 2)
            elif one.kind == "level":
                self.prices |= dict.fromkeys(places, one)
        self.objects = {
            k
            for hit in hits
            if hit.entry.role is phrases.Role.OBJECT and not hit.entry.asset
            for k in range(hit.first, hit.last + 1)
            if self.words[k] not in wording.NO_THINGS
        }

    def word(self, index: int) -> str:
        """Return the word at a token of this sentence, and a full stop outside."""
        return self.words[index] if self.first <= index < self.last else "."

    def has(self, listed: frozenset[str]) -> str:
        """Return the first word that is in a list and no part of a day, as "the end of January" is; else nothing."""
        inside = range(self.first, self.last)
        found = (self.words[k] for k in inside if self.words[k] in listed and k not in self.days)
        return next(found, "")

    def fills(self, index: int) -> bool:
        """Whether a token only joins others: grammar, a number, a day or a price."""
        word = self.word(index)
        return word in wording.GLUE or word[0].isdigit() or index in self.days or index in self.prices
