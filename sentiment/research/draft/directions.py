"""The words of a sentence that move the price of its asset, as opposed to its volatility, its miners or its fees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.draft.objects import stands_alone
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.draft.sentences import Sentence

Symbols = tuple[str, ...]

_UNKNOWN: Final = 2  # words between an auxiliary and its verb
_JOINTS: Final = frozenset({"and", "then", ",", "but", "yet", "before"})
_NOBODY: Final[Symbols] = ()


class Move(NamedTuple):
    """A word of direction: its token, its last token, its sign, and the symbols of the assets that move."""

    first: int
    last: int
    sign: int
    symbols: Symbols


def moves(sentence: Sentence, named_before: Symbols) -> Iterator[Move]:
    """Yield the words that say in which direction an asset's price goes; `named_before` is what "it" stands for."""
    lists = wording()
    compared, ends = sentence.compared, dict[int, Symbols]()
    for k in range(sentence.first, sentence.last):
        word = sentence.word(k)
        sign = lists.directions.get(word, 0)
        if word in lists.before_percent and _has_percent(sentence, k + 1):
            sign = lists.before_percent[word]
        if word in lists.sides and sentence.is_before_today(k):
            sign = lists.sides[word]
        if word in lists.extremes and sentence.word(k - 1) in lists.extreme_openers:
            sign = lists.extremes[word]
        idiom = word in {"up", "down"} and sentence.word(k - 1) in lists.not_up
        idiom = idiom or (sentence.word(k - 1) in {"it", "that", "this"} and sentence.word(k - 2) in lists.noting)
        idiom = idiom or (sentence.word(k - 1) == "or" and sentence.word(k - 2)[0].isdigit())  # "at 0.78 or lower"
        if not sign or idiom or k in compared or k in sentence.aside or k in sentence.days:
            continue
        second = lists.second_words.get(word)
        if second and sentence.word(k + 1) != second:
            continue
        last = k + bool(second)
        symbols = _moved(sentence, k, last, named_before, ends)
        if symbols and stands_alone(sentence, last) and not _is_state_of_today(sentence, k):
            ends[last] = symbols
            yield Move(k, last, sign, symbols)


def _is_state_of_today(sentence: Sentence, k: int) -> bool:
    """Whether "is up 3 %" stands before anything that looks ahead: "bitcoin is up 3 % and will be in focus until March"."""
    lists = wording()
    if sentence.word(k) not in lists.states or lists.is_forms.isdisjoint(
        sentence.word(j) for j in (k - 1, k - 2) if j >= sentence.first
    ):
        return False
    before = {sentence.word(j) for j in range(sentence.first, k)}
    return before.isdisjoint(
        lists.forward | lists.own | lists.modals | lists.foreseen | {"path", "way", "bias", "trend"}
    )


def _has_percent(sentence: Sentence, k: int) -> bool:
    """Whether a percentage follows that is of the price: "another 7 % by June", but not "10 % to its workforce"."""
    while k < sentence.last and not sentence.word(k)[0].isdigit() and sentence.is_filler(k):
        k += 1
    if not sentence.word(k)[0].isdigit() or sentence.word(k + 1) not in {"%", "percent", "per"}:
        return False
    k += 3 if sentence.word(k + 1) == "per" else 2
    later = sentence.word(k) in {"in", "during", "over", "this"} and not sentence.days.keys().isdisjoint({k + 1, k + 2})
    return (
        k in sentence.days
        or later
        or sentence.word(k) in wording().clause_ends | (wording().ahead - {"to", "towards", "toward"})
    )


def _moved(sentence: Sentence, k: int, last: int, named_before: Symbols, earlier: dict[int, Symbols]) -> Symbols:
    lists = wording()
    if sentence.word(k) in lists.states and last + 1 in sentence.assets:  # "a higher gold price"
        return _object(sentence, last) or _NOBODY
    symbols = subject(sentence, k, named_before, earlier)
    if symbols == _NOBODY and sentence.word(k - 1) == "and":
        return coordinated(sentence, k)
    if symbols == _NOBODY and sentence.word(k) in lists.nouns and sentence.word(last + 1) == "in":
        return _object(sentence, last) or _NOBODY  # "after three good years we expect a 6 % rise in"
    continued = sentence.word(sentence.first) in _JOINTS
    if symbols is not None or (sentence.word(k) not in lists.nouns | lists.extremes.keys() and not continued):
        return symbols or _NOBODY
    bare = sentence.word(k) in lists.states and k > sentence.first  # "a lower dollar"
    found = _object(sentence, last)
    return (_NOBODY if bare else named_before) if found is None else found


def subject(  # noqa: C901 - one walk over the kinds of words that can stand there
    sentence: Sentence, k: int, named_before: Symbols, earlier: dict[int, Symbols] | None = None
) -> Symbols | None:
    """Return the assets that a word at `k` says something of, walking back; empty if another thing, None at a clause start."""
    lists, unknown, j = wording(), 0, k - 1
    compared = sentence.compared
    gerund = sentence.word(k).endswith("ing")
    while j >= sentence.first:
        word = sentence.word(j)
        if j in sentence.aside or j in compared:
            j -= 1
            continue
        if j in sentence.assets:
            return _as_subject(sentence, j, unknown)
        if earlier and j in earlier and not unknown:
            return earlier[j]
        if (
            word in lists.pronouns
            or (word == "which" and j == sentence.first)
            or (word in lists.stand_ins and _is_definite(sentence, j))
        ):
            return named_before if unknown == 0 or sentence.word(j + 1) in lists.auxiliaries else _NOBODY
        if j in sentence.objects or (word == "'s" and not _of_asset(sentence, j)):
            return _NOBODY
        if word in {":", "-", "\u2013", "\u2014", ")"} or (
            word == "," and not gerund and sentence.word(j + 1) != "and"
        ):
            heads = word != "," or j - 1 in sentence.assets or sentence.word(k) not in lists.states
            return _heading(sentence, j) if heads and not unknown else _NOBODY
        if word in lists.clause_ends - {",", "-"} or (j == sentence.first and word in lists.contrasts | {"before"}):
            break
        if not (
            sentence.is_filler(j)
            or word in lists.directions
            or word in lists.reaches
            or word in {",", "and", "or", "not"}
        ):
            unknown += 1
            if unknown > _UNKNOWN or word in lists.blockers or not word.isalpha():
                return _NOBODY
        j -= 1
    return _NOBODY if unknown else None


def _of_asset(sentence: Sentence, j: int) -> bool:
    """Whether "'s" stands behind an asset, a day or a word for the asset, and not behind another thing."""
    before = sentence.word(j - 1)
    return j - 1 in sentence.assets or j - 1 in sentence.days or before in wording().pronouns | wording().stand_ins


def coordinated(sentence: Sentence, k: int) -> Symbols:
    """Return the subject of the verb before "and", as in "bitcoin should benefit from lower rates and rise"."""
    lists = wording()
    for j in range(k - 2, sentence.first, -1):
        if sentence.word(j) in lists.modals:
            return _as_subject(sentence, j - 1, 0) if j - 1 in sentence.assets else _NOBODY
    return _NOBODY


def _as_subject(sentence: Sentence, j: int, unknown: int) -> Symbols:
    """Return the assets that end at a token if the price of them moves: not "demand for bitcoin" nor "buy bitcoin"."""
    lists = wording()
    head = j + 1
    while sentence.word(head) in lists.prices or sentence.word(head) in {"'s", "shares", "stock"}:
        head += 1
    if unknown and sentence.word(head) not in lists.auxiliaries:
        return _NOBODY
    symbols, first = group(sentence, j)
    k = first - 1
    while sentence.word(k) in {"the", "a", "our", "its", "both", "spot", "one"}:
        k -= 1
    before = sentence.word(k)
    gerund = (
        before.endswith("ing")
        and sentence.word(k - 1) not in lists.own
        and not sentence.is_filler(k)
        and before not in lists.directions.keys() | lists.forward
    )
    if before in lists.dealings or gerund:
        return _NOBODY
    if before in lists.of and not (
        sentence.word(k - 1) in lists.of_price
        or (before == "for" and sentence.word(k - 1) in lists.is_forms)
        or (before == "with" and sentence.word(k - 1) == "," and sentence.word(head).endswith("ing"))
        or k - 1 in sentence.days
        or sentence.word(k - 1) in lists.clause_ends
    ):
        return _NOBODY
    return symbols


def group(sentence: Sentence, last: int) -> tuple[Symbols, int]:
    """Return the assets of a list that ends at a token, such as "bitcoin and ether", and its first token."""
    symbols, k = [sentence.assets[last]], last
    while True:
        j = k - 1
        while sentence.word(j) in {"and", ",", "or"} or (j in sentence.aside and j not in sentence.assets):
            j -= 1
        if j not in sentence.assets or j in sentence.compared:
            return tuple(dict.fromkeys(reversed(symbols))), k
        symbols.append(sentence.assets[j])
        k = j


def _is_definite(sentence: Sentence, j: int) -> bool:
    """Whether a word such as "token" stands for the asset named before: "the token", "its price"."""
    k = j - 1
    while sentence.word(k) in {"spot", "yellow", "precious", "second", "largest"}:
        k -= 1
    return sentence.word(k) in {"the", "its", "this", "their"} or (
        sentence.word(j) in wording().prices and sentence.word(k) in wording().clause_ends
    )


def _heading(sentence: Sentence, colon: int) -> Symbols | None:
    """Return the asset before a colon or dash, as in "BTC: bearish"; None if there is none."""
    named = [j for j in range(sentence.first, colon) if j in sentence.assets and j not in sentence.compared]
    return group(sentence, named[-1])[0] if named else None


def _object(sentence: Sentence, last: int) -> Symbols | None:
    """Return the assets after a noun, as in "a fall in bitcoin" or "lower bitcoin prices"; empty if another thing moves, None if none is named."""
    lists, k = wording(), last + 1
    if k in sentence.assets and sentence.word(k + 1) in lists.prices:
        return (sentence.assets[k],)
    while (
        k < sentence.last
        and (sentence.is_filler(k) or sentence.word(k) in {"%", "price", "$"})
        and k not in sentence.objects
    ):
        k += 1
        if k in sentence.assets and sentence.word(k - 1) in lists.into | {"the"} | lists.prices:
            symbols, j = [sentence.assets[k]], k + 1
            while j < sentence.last and (sentence.word(j) == "and" or j in sentence.assets):
                if j in sentence.assets:
                    symbols.append(sentence.assets[j])
                j += 1
            return _NOBODY if _is_compound(sentence, j) else tuple(dict.fromkeys(symbols))
    return None


def _is_compound(sentence: Sentence, after: int) -> bool:
    """Whether the token behind an asset makes it a part of another thing: "a rise in bitcoin holdings"."""
    lists, word = wording(), sentence.word(after)
    plain = (
        sentence.is_filler(after)
        or word in lists.follows
        or word in lists.contrasts
        or word in lists.stand_ins
        or word in lists.auxiliaries
        or word in lists.ahead
        or word in lists.directions
    )
    return after in sentence.objects or not plain
