"""A sentence, or a part of one, with its days, figures, assets and other objects marked, for the rules of a call."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.wording import wording
from sentiment.research.text.lengths import horizon_words
from sentiment.research.text.lexicon import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sentiment.research.draft.wording import Phrases
    from sentiment.research.text import Annotation
    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.tokens import Tokens

_LONGEST: Final = 150  # tokens; nothing longer is read for calls
_SHORT: Final = 6  # tokens of ", at $64,000,"
_REMARK: Final = 6  # tokens of ", by contrast,"
_REMARKS: Final = frozenset(
    {"by contrast", "by comparison", "in turn", "for its part", "too", "however", "meanwhile", "though", "therefore"}
)
_LESSER: Final = 8  # tokens after "than"


class Sentence:
    """A sentence of a text, or a part of one.

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
    days : dict of int to Annotation
        Tokens of horizons.
    objects : set of int
        Tokens of other things that can move, such as fees.
    aside : set of int
        Tokens of clauses put in between, such as ", which fell last week,".
    inverse : set of int
        Tokens of assets whose price falls as what they name rises: "the yen" for USD/JPY.
    is_long : bool
        Whether it has more tokens than are read for calls.
    compared : set of int
        Tokens of what the asset is only compared with: after "than" or "against", up to the end of the clause.
    """

    __slots__ = (
        "aside",
        "assets",
        "compared",
        "days",
        "first",
        "inverse",
        "is_long",
        "last",
        "objects",
        "text",
        "tokens",
        "words",
    )

    def __init__(self, tokens: Tokens, bounds: tuple[int, int], annotations: list[Annotation], hits: list[Hit]) -> None:
        self.first, self.last = bounds
        self.tokens, self.words = tokens, tokens.words
        first, last = tokens.starts[self.first], tokens.ends[self.last - 1]
        self.text = " ".join(tokens.text[first:last].split())
        self.assets: dict[int, str] = {}
        self.days: dict[int, Annotation] = {}
        for annotation in annotations:
            span = range(bisect_left(tokens.origins, annotation.start), bisect_left(tokens.origins, annotation.end))
            if annotation.kind == "asset":
                self.assets |= dict.fromkeys(span, str(annotation.value))
            elif annotation.kind == "horizon" and annotation.value is not None:
                self.days |= dict.fromkeys(span, annotation)
        self.inverse = set[int]()
        self._leave_out_pairs(tokens)
        self.objects = {
            k
            for hit in hits
            if hit.entry.role is Role.OBJECT and not hit.entry.asset
            for k in range(hit.first, hit.last + 1)
            if self.words[k] not in wording().never_objects
        }
        self.is_long = self.last - self.first > _LONGEST
        self.aside = set() if self.is_long else set(self._asides())
        self.compared = self._compared()

    def part(self, first: int, last: int) -> Sentence:
        """Return a part of the sentence, with the same marks."""
        part = Sentence.__new__(Sentence)
        part.first, part.last, part.tokens, part.words = first, last, self.tokens, self.words
        part.text, part.is_long, part.objects, part.aside = self.text, self.is_long, self.objects, self.aside
        part.inverse = self.inverse
        part.assets = {k: symbol for k, symbol in self.assets.items() if first <= k < last}
        part.days = {k: day for k, day in self.days.items() if first <= k < last}
        part.compared = {k for k in self.compared if first <= k < last}
        return part

    def name(self, tokens: Collection[int], symbol: str) -> None:
        """Take tokens for the name of an asset, and no longer for another thing that can move."""
        self.assets |= dict.fromkeys(tokens, symbol)
        self.objects.difference_update(tokens)

    def word(self, index: int) -> str:
        """Return the word at a token; outside this sentence, a full stop."""
        return self.words[index] if self.first <= index < self.last else "."

    def shown(self, index: int) -> str:
        """Return a token with its capitals."""
        return self.tokens.text[self.tokens.starts[index] : self.tokens.ends[index]]

    def phrases(self, listed: Phrases) -> Iterator[tuple[int, str]]:
        """Yield the place and the words of each of some phrases outside days and asides."""
        for k in range(self.first, self.last):
            for words in listed.get(self.words[k], ()):
                if k not in self.days and k not in self.aside and tuple(self.words[k : k + len(words)]) == words:
                    yield k, " ".join(words)

    def phrase(self, listed: Phrases) -> tuple[int, str]:
        """Return the first of `phrases`; (-1, "") if there is none."""
        return next(self.phrases(listed), (-1, ""))

    def is_filler(self, index: int) -> bool:
        """Whether a token only joins others: a function word, an adverb, a number, a day, or a clause put in between."""
        word = self.word(index)
        return (
            word in wording().glue
            or word[0].isdigit()
            or index in self.days
            or index in self.aside
            or (word in horizon_words().counts and self.word(index + 1) in {"%", "percent", "per"})
            or (word.endswith("ly") and index not in self.assets)
        )

    def is_before_today(self, k: int) -> bool:
        """Whether "above" or "below" at a token is that of today's price: "below today's level", "above where it is now"."""
        today = {"today", "current", "present", "where"} & {self.word(k + 1), self.word(k + 2)}
        return bool(today) and {"low", "high", "stop"}.isdisjoint(self.words[max(k - 4, self.first) : k])

    def tells_ahead(self, first: int, last: int) -> bool:
        """Whether some tokens name a day and forecast: "which we think will reach $60 by June"."""
        lists, words = wording(), self.words[first:last]
        ahead = not (lists.own | (lists.modals - lists.possible - {"to"})).isdisjoint(words)
        return ahead and any(first <= k < last for k in self.days)

    def _compared(self) -> set[int]:
        lists, found, until = wording(), set[int](), -1
        if lists.compared.isdisjoint(self.words[self.first : self.last]):
            return found
        for k in range(self.first, self.last):
            word = self.word(k)
            if word in lists.compared:
                until = k + _LESSER
            elif word in lists.clause_ends or word == "and":
                until = -1
            if k <= until:
                found.add(k)
        return found

    def _leave_out_pairs(self, tokens: Tokens) -> None:
        """Take away both names of a ratio, as in "ETH/BTC": neither is what moves."""
        for k in [k for k in self.assets if k + 1 in self.assets and self.assets[k] != self.assets[k + 1]]:
            if tokens.text[tokens.ends[k] : tokens.starts[k + 1]] == "/":
                self.assets = {j: symbol for j, symbol in self.assets.items() if j not in {k, k + 1}}

    def _is_remark(self, k: int) -> bool:
        """Whether a comma opens a few words of remark, or what supports a price: ", by contrast,", ", supported by spending,"."""
        if self.word(k + 1) in wording().causes and self.word(k + 2) == "by":
            return True
        end = next((j for j in range(k + 1, min(k + _REMARK, self.last)) if self.words[j] == ","), None)
        return end is not None and " ".join(self.words[k + 1 : end]) in _REMARKS

    def _is_row(self, first: int, last: int) -> bool:
        """Whether brackets hold a whole target: "Nvidia (Buy, 12-month price target $235)"."""
        dated = any(first < k < last for k in self.days)
        inside = self.words[first:last]
        named = not {"at", "from", "by", "per"}.isdisjoint(inside)  # "(target $235 at Jefferies)"
        return dated and not named and self.word(first - 1) != "." and not wording().targets.isdisjoint(inside)

    def _asides(self) -> Iterable[int]:
        """Yield the tokens of clauses between commas or brackets that say something more of what stands before them."""
        lists = wording()
        k = self.first
        while k < self.last:
            word, following = self.words[k], self.word(k + 1)
            if word not in {",", "("}:
                k += 1
                continue
            ends = {",": ",", "(": ")"}.get(word)
            opens = following in lists.quoting or (
                word == "("
                or following in lists.relatives
                or self._is_remark(k)
                or (following in lists.own and self.word(k + 2) in lists.opining and self.word(k + 3) == ",")
            )
            if ends and opens and k > self.first:
                end = next((j for j in range(k + 1, self.last) if self.word(j) == ends), None)
                if following in lists.quoting and end is not None and end - k > _SHORT:
                    end = None
                if following in lists.relatives and self.tells_ahead(k + 1, end or self.last):
                    end = None
                if word == "(" and end is not None and self._is_row(k, end):
                    end = None
                if end is not None and self.assets.keys().isdisjoint(range(k, end + 1)):
                    yield from range(k, end + 1)
                    k = end
            k += 1
