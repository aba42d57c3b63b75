"""The parts of a sentence that each say something of their own: "bitcoin to rise to 70,000 | and ether to 2,400"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sentiment.research.draft.sentences import Sentence

_TO_COME: Final = frozenset({"likely", "set", "going", "bound", "due", "poised", "headed", "heading"})
_PIECE: Final = 9  # tokens of "Horizon: end of the first quarter."
_LENGTH: Final = re.compile(r"\d{1,2}m|\d{1,2} (?:weeks?|months?|years?)|\d{1,2}m [.;\n]")
_ROW: Final = 26  # tokens of all pieces of a row


def segments(sentence: Sentence) -> list[Sentence]:
    """Split a sentence where another subject or another forecast begins; reasons are left out."""
    cuts = [sentence.first, *_cuts(sentence), sentence.last]
    spans = [(first, last) for first, last in pairwise(cuts) if first < last]
    return [sentence.part(*span) for span in spans if not _is_reason(sentence, span[0])]


def joined(words: Sequence[str], sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the pieces of a flattened table to one sentence: "Silver: buy. Target: $57. Horizon: three months."."""
    bounds = list[tuple[int, int]]()
    for first, last in sentences:
        start = first
        while start < last - 1 and words[start] in {"-", "–", "\n", "*", "|"}:
            start += 1
        row = last - start <= _PIECE and _opens_cell(words, start, last)
        if (
            row
            and bounds
            and bounds[-1][1] == first
            and _is_piece(words, bounds[-1])
            and "\n" not in words[first - 1 : start]
        ):
            bounds[-1] = bounds[-1][0], last
            while len(bounds) > 1 and words[bounds[-2][1] - 1] == ";" and _is_piece(words, (bounds[-2][0], last)):
                bounds[-2:] = [(bounds[-2][0], last)]
        else:
            bounds.append((first, last))
    return bounds


def _opens_cell(words: Sequence[str], k: int, last: int) -> bool:
    """Whether a label or a bare length of time begins at a token: "Horizon: 6 months", "6m"."""
    length = k + 3 >= last and _LENGTH.fullmatch(" ".join(words[k : min(k + 2, last)])) is not None
    return words[k] in wording().row_labels or length


def _is_piece(words: Sequence[str], bounds: tuple[int, int]) -> bool:
    """Whether a sentence is a few words of a table: no verb, nobody who speaks."""
    first, last = bounds
    told = set(words[first:last])
    return last - first <= _ROW and told.isdisjoint(wording().modals | wording().own | wording().is_forms | {"?", "!"})


def _cuts(sentence: Sentence) -> Iterator[int]:
    lists, start, until = wording(), sentence.first, _end_of_opening(sentence)
    for k in range(sentence.first + 1, sentence.last - 1):
        if k in sentence.aside or k in sentence.days:
            continue
        if k == until or begins_relative(sentence, k) or _is_reason(sentence, k) or _begins_verb(sentence, start, k):
            if sentence.word(k) in lists.relatives:
                until = _end_of_relative(sentence, k)
            yield k
            start = k
            continue
        word, after = sentence.word(k), sentence.word(k + 1)
        comma = sentence.word(k - 1) == ","
        if (
            (word == ";" and not _opens_cell(sentence.words, k + 1, sentence.last))
            or (word == ":" and after in lists.own)
            or (word == "\n" and sentence.word(k + 2) == ":" and k + 1 not in sentence.assets)
            or (
                word in lists.contrasts and not (word == "yet" and sentence.word(k - 1) in lists.modals | {"as", "not"})
            )
            or (
                word == "and"
                and (
                    (after, sentence.word(k + 2)) == ("do", "not")
                    or after in lists.own
                    or after in lists.own_verbs
                    or (comma and _begins_clause(sentence, k + 1))
                )
            )
            or (word in lists.reasons | {"so", "hence", "thus"} and after in lists.own and word != "as")
            or (word == "before" and after.endswith("ing") and _both_dated(sentence, k))
            or (word in {",", "and"} and _begins_another(sentence, start, k))
        ):
            yield k
            start = k


def _end_of_opening(sentence: Sentence) -> int:
    """Return the comma behind an opening clause such as "although oil fell," or "having failed twice,"; -1 if there is none."""
    if sentence.word(sentence.first) not in wording().clause_openers:
        return -1
    return next(
        (k for k in range(sentence.first, sentence.last) if sentence.word(k) == "," and k not in sentence.aside), -1
    )


def begins_relative(sentence: Sentence, k: int) -> bool:
    """Whether a relative clause that forecasts the asset before it begins: "silver, which we think will reach"."""
    if sentence.word(k) not in wording().relatives or k in sentence.aside:
        return False
    named = k - 1 - (sentence.word(k - 1) == ",")
    while sentence.word(named) in {"shares", "stock", "futures", "price"}:
        named -= 1
    return named in sentence.assets and sentence.tells_ahead(k, _end_of_relative(sentence, k))


def _end_of_relative(sentence: Sentence, k: int) -> int:
    """Return the comma that ends a relative clause behind its day, or the end of the sentence."""
    commas = (j for j in range(k, sentence.last) if sentence.word(j) == "," and any(k < d < j for d in sentence.days))
    return next(commas, sentence.last)


def _is_reason(sentence: Sentence, k: int) -> bool:
    """Whether a reason begins: "because ..." or ", as demand grows", but not "as long as" nor ", as analysts expect"."""
    lists, word = wording(), sentence.word(k)
    if word not in lists.reasons or sentence.word(k + 1) in lists.reasons_not:
        return _is_cause(sentence, k)
    if word != "because" and not (sentence.word(k - 1) == "," or k - 1 in sentence.days):
        return False
    rest = set(sentence.words[k + 1 : sentence.last])
    return rest.isdisjoint(lists.telling | lists.conditions | {"as"}) and not any(j > k for j in sentence.assets)


def _is_cause(sentence: Sentence, k: int) -> bool:
    """Whether what drives a forecast begins behind its day: ", driven by a deficit that cannot close", "given that it has no choice"."""
    lists, word, after = wording(), sentence.word(k), sentence.word(k + 1)
    if not (sentence.word(k - 1) == "," or k - 1 in sentence.days) or not any(d < k for d in sentence.days):
        return False
    caused = word in lists.causes and after == "by"
    given = word == "given" and after not in {"a", "an", "another", "any", "one"}
    if not (caused or given or (word in {"thanks", "owing"} and after == "to") or word == "where"):
        return False
    rest = set(sentence.words[k + 1 : sentence.last])
    ahead = any(j > k for j in sentence.assets) or any(d > k for d in sentence.days)
    return not ahead and rest.isdisjoint(lists.telling - {"not"} | lists.conditions | lists.own)


def _begins_verb(sentence: Sentence, start: int, k: int) -> bool:
    """Whether "and" joins a forecast to what the asset or another subject is: "has completed its correction | and should be at"."""
    lists, after = wording(), sentence.word(k + 1)
    if sentence.word(k) != "and":
        return False
    if k + 1 in sentence.assets and k - 1 not in sentence.assets:
        j = k + 1
        while j in sentence.assets:
            j += 1
        verb = sentence.word(j) in lists.modals - lists.possible - {"to"} or sentence.word(j) == "ought"
        return verb and not any(d in sentence.days for d in range(start, k))
    likely = after in lists.is_forms and sentence.word(k + 2) in _TO_COME
    if (after not in lists.modals - lists.possible - {"to"} and not likely) or any(
        d in sentence.days for d in range(start, k)
    ):
        return False
    named = [j for j in sentence.assets if start <= j < k]
    if not named or len({sentence.assets[j] for j in named}) > 1:
        return False
    head = min(named)
    behind = max(j for j in named if j - head <= 3) + 1  # noqa: PLR2004 - the words of one name
    opens = all(sentence.word(j) in {"the", ",", "so", "now", "'s"} or j in sentence.assets for j in range(start, head))
    behind += sentence.word(behind) in {"shares", "stock"}
    return opens and sentence.word(behind) in lists.is_forms | {"has", "have", "looks", "look", "seems", "appears"}


def _begins_another(sentence: Sentence, start: int, joint: int) -> bool:
    """Whether after a comma or "and" another asset, price or horizon has its own figure, as in "and ether to $2,400"."""
    k = joint + 1
    while sentence.word(k) in {"and", "then", "that", "the", "$", "€", "at", "to", "we", "see", "expect"}:
        k += 1
    before, rest = range(start, joint), range(joint + 1, sentence.last)
    named = [j for j in before if j in sentence.assets]
    if k in sentence.assets:
        listed = set(range(named[-1] + 1, joint)) if named else set()
        return bool(named) and any(not _joins(sentence, j) for j in listed)
    both_dated = any(j in sentence.days for j in before) and any(j in sentence.days for j in rest)
    if not sentence.word(k)[0].isdigit():
        word_after = sentence.word(joint) == "and" and both_dated
        return word_after and _has_figure(sentence, before) and _has_figure(sentence, rest)
    if not _has_figure(sentence, before):
        return False
    both = bool(named) and any(j in sentence.assets for j in rest)
    return both_dated or both


def _both_dated(sentence: Sentence, k: int) -> bool:
    """Whether a day stands on both sides of a token: "drop to $58 by March | before rebounding to $68 by December"."""
    return any(d < k for d in sentence.days) and any(d > k for d in sentence.days)


def _has_figure(sentence: Sentence, places: range) -> bool:
    return any(sentence.word(j)[0].isdigit() and j not in sentence.days and j not in sentence.assets for j in places)


def _begins_clause(sentence: Sentence, k: int) -> bool:
    """Whether a subject of its own with its verb stands after ", and", as in ", and December could be the turning point"."""
    lists = wording()
    if sentence.word(k) in lists.starts:
        return True
    return sentence.word(k) not in lists.modals and any(sentence.word(j) in lists.modals for j in range(k + 1, k + 4))


def _joins(sentence: Sentence, k: int) -> bool:
    return sentence.word(k) in {",", "and", "or", "both", "as", "well", "the"}
