"""Names as they are written in a sentence: who stands before a colon, and who signs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from sentiment.research.draft.sentences import Sentence

NOBODY: Final = ""
_SIGNED: Final = 4  # tokens of a name under a sentence, and its verb


def is_name(sentence: Sentence, k: int) -> bool:
    """Whether a token is written as a name and is no asset, day or pronoun."""
    if not sentence.first <= k < sentence.last or k in sentence.assets or k in sentence.days:
        return False
    shown = sentence.shown(k)
    if shown[0].isdigit():
        return shown[-1].isalpha()  # 10x
    return shown[0].isupper() and sentence.word(k) not in wording().own | wording().glue | wording().some


def name_of(sentence: Sentence, tokens: list[int]) -> str:
    """Return the name among some tokens as it is written; `NOBODY` if there is none."""
    lists = wording()
    named = [k for k in tokens if is_name(sentence, k) and sentence.word(k) not in lists.nameless]
    if not named:
        return NOBODY
    runs = [[named[0]]]
    for k in named[1:]:
        between = [sentence.word(j) for j in range(runs[-1][-1] + 1, k)]
        if between in ([], ["'s"], ["&"], ["of"]):
            runs[-1].append(k)
        else:
            runs.append([k])
    run = max(runs, key=len)
    return " ".join(sentence.tokens.text[sentence.tokens.starts[run[0]] : sentence.tokens.ends[run[-1]]].split())


def before_colon(segment: Sentence) -> list[int]:
    """Return the tokens of a name of two words or more before a colon and a price, as in "Morgan Stanley: 7,800"."""
    lists, k = wording(), segment.first
    while is_name(segment, k) and segment.word(k) not in lists.targets | lists.forward | lists.directions.keys():
        k += 1
    tokens = list(range(segment.first, k))
    return tokens if len(tokens) > 1 and segment.word(k) == ":" and segment.word(k + 1)[0] in "$0123456789" else []


def signature(sentence: Sentence) -> list[int]:
    """Return the tokens of a name that signs a sentence: "(Goldman Sachs)", "– Bernstein", ", UBS calculates", "via Citi"."""
    lists, k, last = wording(), sentence.last - 1, sentence.last
    while k > sentence.first and sentence.word(k) in {".", ")", "!", "\n"}:
        k, last = k - 1, k
    while k > sentence.first and sentence.word(k) not in lists.signs:
        k -= 1
    tail = list(range(k + 1, last))
    if k == sentence.first or not 1 <= len(tail) <= _SIGNED or not is_name(sentence, tail[0]):
        return []
    if sentence.word(tail[0]) in lists.targets | lists.forward | lists.directions.keys() | lists.unsigned:
        return []
    named = [j for j in tail if is_name(sentence, j) or sentence.word(j) in {"'s", "&", "of"}]
    verb = tail[-1] not in named and sentence.word(tail[-1]).isalpha()
    return named if len(tail) - len(named) <= verb else []


def run_back(segment: Sentence, k: int) -> list[int]:
    """Return the tokens of the name that ends at a token."""
    tokens: list[int] = []
    while k >= segment.first and is_name(segment, k):
        tokens.insert(0, k)
        k -= 1
    return tokens


def is_helped(word: str) -> bool:
    """Whether "by" says what helps and not whose forecast it is: "helped by", "driven by"."""
    return word.endswith(("ed", "driven", "led")) and word not in wording().foreseen


def is_theirs(sentence: Sentence, k: int) -> bool:
    """Whether a case, a view or numbers are of somebody else without a name: "in the bank's base case", "in their book"."""
    for j in range(k - 1, max(k - 4, sentence.first - 1), -1):
        if sentence.word(j) in wording().own or sentence.word(j) in wording().clause_ends:
            return False
        if sentence.word(j) in {"their", "his", "her"}:
            return True
        if sentence.word(j) == "'s":
            return j - 1 not in sentence.days | sentence.assets.keys() and sentence.word(j - 1) not in {
                "today",
                "year",
                "it",
                "that",
                "market",
            }
    return False
