"""A sentence with its days, prices, assets and other objects marked, for the rules of a call."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from sentiment.research.draft.wording import wording
from sentiment.research.text.lexicon import Role

if TYPE_CHECKING:
    from sentiment.research.text import Annotation
    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.tokens import Tokens


class Sentence:
    """A sentence of a text.

    Attributes
    ----------
    text : str
        The sentence in one line.
    words : list of str
        The tokens of the whole text; the mappings and sets below hold indices into it.
    first, last : int
        First token of the sentence and the one after its last.
    assets : dict of int to str
        Tokens that name an asset, with its symbol.
    days : set of int
        Tokens of horizons.
    prices : dict of int to Annotation
        Tokens of price levels.
    objects : set of int
        Tokens of other things that can move, such as fees.
    horizons, levels : list of Annotation
        The horizons and price levels, in text order.
    """

    __slots__ = ("assets", "days", "first", "horizons", "last", "levels", "objects", "prices", "text", "words")

    def __init__(self, tokens: Tokens, bounds: tuple[int, int], annotations: list[Annotation], hits: list[Hit]) -> None:
        self.first, self.last = bounds
        self.words = tokens.words
        first, last = tokens.starts[self.first], tokens.ends[self.last - 1]
        self.text = " ".join(tokens.text[first:last].split())
        self.assets: dict[int, str] = {}
        self.days: set[int] = set()
        self.prices: dict[int, Annotation] = {}
        self.horizons = [annotation for annotation in annotations if annotation.kind == "horizon"]
        self.levels = [annotation for annotation in annotations if annotation.kind == "level"]
        for annotation in annotations:
            span = range(bisect_left(tokens.origins, annotation.start), bisect_left(tokens.origins, annotation.end))
            if annotation.kind == "asset":
                self.assets |= dict.fromkeys(span, str(annotation.value))
            elif annotation.kind == "horizon":
                self.days.update(span)
                if self.words[span.start - 2 : span.start] == ["end", "of"]:
                    self.days.add(span.start - 2)
            elif annotation.kind == "level":
                self.prices |= dict.fromkeys(span, annotation)
        self.objects = {
            k
            for hit in hits
            if hit.entry.role is Role.OBJECT and not hit.entry.asset
            for k in range(hit.first, hit.last + 1)
            if self.words[k] not in wording().never_objects
        }

    def word(self, index: int) -> str:
        """Return the word at a token; outside this sentence, a full stop."""
        return self.words[index] if self.first <= index < self.last else "."

    def first_of(self, listed: frozenset[str]) -> str:
        """Return the first word in a list that is not part of a day, as in "the end of January"; empty if none is."""
        inside = range(self.first, self.last)
        return next((self.words[k] for k in inside if self.words[k] in listed and k not in self.days), "")

    def is_filler(self, index: int) -> bool:
        """Whether a token only joins others: a function word, a number, a day or a price."""
        word = self.word(index)
        return word in wording().glue or word[0].isdigit() or index in self.days or index in self.prices
