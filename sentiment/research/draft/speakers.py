"""Who says what a sentence says: quotations, verbs of saying, and the words before or behind such a verb."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.names import is_name, name_of
from sentiment.research.draft.plain import plain
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from sentiment.research.draft.sentences import Sentence

_QUOTED: Final = re.compile(r"[\"\u201c][^\"\u201c\u201d\n]{0,600}[\"\u201d]")
_WORDS: Final = 20  # characters
_ARTICLES: Final = frozenset({"the", "a", "an", "one", "his", "her", "their"})


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the characters of a text in quotation marks; a word or two in them are no speech."""
    return [match.span() for match in _QUOTED.finditer(text) if match.end() - match.start() > _WORDS]


def speaker_of(sentence: Sentence) -> str | None:
    """Return who "said" what stands in a sentence; None if nobody or the publisher did."""
    for k in range(sentence.first, sentence.last):
        if (
            not (sentence.word(k) in wording().saying or _tells_us(sentence, k))
            or k in sentence.aside
            or sentence.word(k + 1) in {"for", "against", "up"}
        ):
            continue
        named = before_verb(sentence, k)
        if any(sentence.word(j) == "whatever" for j in named):
            continue  # "whatever the roadmap promises"
        if not named:
            named = name_after(sentence, k + 1)
        if not named and sentence.word(k - 1) == "," and sentence.word(k + 1) in _ARTICLES:
            named = list(range(k + 1, min(k + 4, sentence.last)))  # ", jokes the minister"
        ours = {sentence.word(j) for j in named} & wording().own
        if not named or (ours and not is_a_friend(sentence, named, ours)):
            continue
        holder = sentence.word(named[0]) in _ARTICLES or any(
            is_name(sentence, j) or sentence.word(j) in wording().nameless for j in named
        )
        if not holder and sentence.word(k) in wording().figurative:
            continue  # "the correction shows signs of an end"
        return name_of(sentence, named)
    return None


def _tells_us(sentence: Sentence, k: int) -> bool:
    """Whether somebody tells the publisher: "a client tells us"."""
    return sentence.word(k) == "tells" and sentence.word(k + 1) in {"us", "me"}


def is_a_friend(sentence: Sentence, named: list[int], ours: set[str]) -> bool:
    """Whether "my" or "our" stands before somebody who does not speak for the publisher: "my barber says"."""
    people = plain().our_people | plain().ours | wording().targets
    return ours <= {"my", "our"} and people.isdisjoint(sentence.word(j) for j in named)


def is_own_speaker(sentence: Sentence) -> bool:
    """Whether a quotation is of the publisher's own people: "writes our chief strategist"."""
    for k in range(sentence.first, sentence.last):
        said = sentence.word(k) in wording().saying and sentence.word(k + 1) == "our"
        if said and not plain().our_people.isdisjoint(sentence.words[k + 2 : k + 5]):
            return True
    return False


def before_verb(sentence: Sentence, k: int) -> list[int]:
    """Return the tokens of the subject of a verb: those before it, back to the start of its clause."""
    lists, tokens, j = wording(), list[int](), k - 1
    if sentence.word(j) == "," and j > sentence.first:  # "Lim of Orchard Partners, a hedge fund, expects"
        commas = [i for i in range(sentence.first, j) if sentence.word(i) == ","]
        j = commas[-1] - 1 if commas else j
    while j >= sentence.first and len(tokens) < 10:  # noqa: PLR2004 - a longer one is no subject
        word = sentence.word(j)
        if (
            word in {",", ":", ";", "(", ")", "\n", "\u2013", "\u2014", "that", "but", "and"}
            and j not in sentence.aside
        ):
            break
        if (
            j not in sentence.aside
            and word not in {"still", "also", "now", "again", "currently", "even", "just"}
            and not word.endswith("ly")
        ):
            tokens.insert(0, j)
        j -= 1
    if (
        tokens
        and sentence.word(tokens[0]) in {"by", "in", "over", "until", "for", "with", "after", "on"} | lists.contrasts
    ):
        own = [at for at, j in enumerate(tokens) if sentence.word(j) in lists.own]
        return tokens[own[0] :] if own else [j for j in tokens[1:] if j not in sentence.days]
    return [j for j in tokens if j not in sentence.days]


def name_after(sentence: Sentence, k: int) -> list[int]:
    """Return the tokens of a name that begins at a token, up to the next mark or verb."""
    tokens: list[int] = []
    while k < sentence.last and sentence.word(k) not in {",", ".", ":", ";", "(", "\n"} and len(tokens) < 8:  # noqa: PLR2004
        tokens.append(k)
        k += 1
    return tokens if any(is_name(sentence, j) or sentence.word(j) in wording().nameless for j in tokens[:4]) else []
