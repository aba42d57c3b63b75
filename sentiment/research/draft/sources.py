"""Whose forecast a part of a sentence is: the publisher's, that of somebody it names, or nobody's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.names import NOBODY, before_colon, is_helped, is_name, name_of, run_back, signature
from sentiment.research.draft.plain import plain
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.research.draft.sentences import Sentence

_QUOTED: Final = re.compile(r"[\"\u201c][^\"\u201c\u201d\n]{0,600}[\"\u201d]")
_WORDS: Final = 20  # characters
_THEIRS: Final = frozenset({"their", "its", "his", "her"})
_WITHIN: Final = 14  # tokens between a verb that changes a target and the target


def source(segment: Sentence, sentence: Sentence, before: str | None, quotes: Sequence[tuple[int, int]]) -> str | None:
    """Return whose forecast a part of a sentence is.

    Parameters
    ----------
    segment, sentence : Sentence
        The part, and the sentence it is of.
    before : str or None
        The answer for the part before it, which holds on where this one names nobody.
    quotes : sequence of (int, int)
        Characters of the text that stand in quotation marks.

    Returns
    -------
    str or None
        None for the publisher, a name, or `NOBODY` for a forecast without a name, such as that of "traders".
    """
    places = [(segment.first + segment.last) // 2, *segment.assets]  # a quotation may be shorter than who says it
    quoted = any(start <= sentence.tokens.starts[k] < end for k in places for start, end in quotes)
    speaker = _speaker(sentence)
    if speaker is None and quoted and _is_own_speaker(sentence):
        return None
    if speaker is not None or quoted:
        return speaker or NOBODY
    if signed := signature(sentence):
        return name_of(sentence, signed)
    for k in range(segment.first, segment.last):
        if k in segment.aside or k in segment.days:
            continue
        if (named := _named_beside(segment, k)) is not None:
            return named
        found = _opinion(segment, k)
        if found is not None:
            return NOBODY if found[0] is None and _tells_of_others(segment, k) else found[0]
    if not wording().own.isdisjoint(segment.words[segment.first : segment.last]):
        return None
    return _nameless(segment) if before is None else before


def _named_beside(segment: Sentence, k: int) -> str | None:
    """Return whose forecast a word such as "according" says it is; None if it says nothing of it."""
    word = segment.word(k)
    if word in {"according", "per"} and segment.word(k + (word == "according")) in {"to", "per"}:
        place = k + 1 + (word == "according")
        if named := _after(segment, place):
            return name_of(segment, named)
        ours = set(segment.words[place : place + 1]) & {"my", "our"}
        if ours and _is_a_friend(segment, list(range(place, min(place + 4, segment.last))), ours):
            return NOBODY
    if word == "by" and k + 1 not in segment.days and _is_of_others(segment, k + 1):
        return NOBODY
    if word == "by" and k + 1 not in segment.days and is_name(segment, k + 1) and not is_helped(segment.word(k - 1)):
        return name_of(segment, [j for j in range(k + 1, k + 4) if is_name(segment, j)])
    if word == "for" and k == segment.first and is_name(segment, k + 1) and "," in segment.words[k + 2 : k + 5]:
        return name_of(segment, [j for j in range(k + 1, k + 4) if is_name(segment, j)])
    if word in wording().views:
        if (holder := _holder(segment, k)) is not None:
            return holder
        viewed_by = segment.words[k + 2 : k + 5] if segment.word(k + 1) == "of" and segment.word(k - 1) == "the" else []
        if viewed_by and segment.word(k - 2) == "in" and wording().own.isdisjoint(viewed_by):
            return NOBODY  # "in the view of its chairman"
    return None


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the characters of a text in quotation marks; a word or two in them are no speech."""
    return [match.span() for match in _QUOTED.finditer(text) if match.end() - match.start() > _WORDS]


def _speaker(sentence: Sentence) -> str | None:
    """Return who "said" what stands in a sentence; None if nobody or the publisher did."""
    for k in range(sentence.first, sentence.last):
        if (
            sentence.word(k) not in wording().saying
            or k in sentence.aside
            or sentence.word(k + 1) in {"for", "against"}
        ):
            continue
        named = _before(sentence, k)
        if not named:
            named = _after(sentence, k + 1)
        ours = {sentence.word(j) for j in named} & wording().own
        if not named or (ours and not _is_a_friend(sentence, named, ours)):
            continue
        holder = any(is_name(sentence, j) or sentence.word(j) in wording().nameless for j in named)
        if not holder and sentence.word(k) in wording().figurative:
            continue  # "the correction shows signs of an end"
        return name_of(sentence, named)
    return None


def _is_a_friend(sentence: Sentence, named: list[int], ours: set[str]) -> bool:
    """Whether "my" or "our" stands before somebody who does not speak for the publisher: "my barber says"."""
    people = plain().our_people | plain().ours | wording().targets
    return ours <= {"my", "our"} and people.isdisjoint(sentence.word(j) for j in named)


def _is_own_speaker(sentence: Sentence) -> bool:
    """Whether a quotation is of the publisher's own people: "writes our chief strategist"."""
    for k in range(sentence.first, sentence.last):
        said = sentence.word(k) in wording().saying and sentence.word(k + 1) == "our"
        if said and not plain().our_people.isdisjoint(sentence.words[k + 2 : k + 5]):
            return True
    return False


def _opinion(segment: Sentence, k: int) -> tuple[str | None] | None:
    """Return the holder of the opinion that a verb states, in a tuple of one; None if it states none."""
    lists, word = wording(), segment.word(k)
    if segment.word(k + 1) in {"for", "against"} and word in wording().figurative:
        return None  # "seasonality argues for patience"
    if word in lists.targets:
        owner = _owner_of_target(segment, k)
        if (
            owner
            or word not in wording().opinion_verbs
            or segment.word(k + 1) in {":", ",", ".", "for", "of", "are", "is"}
        ):
            return owner
    changes = word in lists.changing and any(
        segment.word(j) in lists.targets for j in range(k + 1, min(k + _WITHIN, segment.last))
    )
    if word not in lists.opining_other and word not in lists.opining_bare and not changes:
        return None
    subject = _before(segment, k)
    if any(segment.word(j) in lists.own for j in subject):
        return (NOBODY,) if any(segment.word(j) in lists.outsiders for j in subject) else (None,)
    if word.endswith("ing"):  # "the market is betting"
        subject = [j for j in subject if segment.word(j) not in lists.is_forms]
    if not subject or segment.word(subject[-1]) in lists.auxiliaries | lists.is_forms | {"be", "been"}:
        return None
    holder = _holds(segment, subject, word, changes=changes)
    return None if holder is None else (holder,)


def _tells_of_others(segment: Sentence, k: int) -> bool:
    """Whether the publisher's opinion is about that of others: "we think the market expects"."""
    lists = wording()
    for j in range(k + 1, min(k + 6, segment.last)):
        thinks = segment.word(j) in lists.opinion_verbs | lists.opining_bare | {"have", "has", "want"}
        if thinks and segment.word(j - 1) in lists.nameless:
            return True
        if j in segment.assets or segment.word(j)[0].isdigit():
            return False
    return False


def _holds(segment: Sentence, subject: list[int], verb: str, *, changes: bool) -> str | None:
    """Return whose opinion a verb states by its subject; None if a price, a chart or a policy is no holder of one."""
    lists = wording()
    nameless = any(segment.word(j) in lists.nameless or segment.word(j) in lists.some for j in subject)
    prices = lists.prices | lists.stand_ins | {"'s", "the", "and", "both", "of"}
    if not nameless and all(j in segment.assets or segment.word(j) in prices for j in subject):
        company = any(segment.assets[j].isalpha() for j in subject if j in segment.assets)
        return NOBODY if company and verb in wording().opinion_verbs else None
    named = [j for j in subject if is_name(segment, j)]
    if verb in wording().opinion_verbs or changes or nameless:
        return name_of(segment, named)
    clearly = len(named) > 1 or any(j > segment.first for j in named) or segment.word(subject[0]) in lists.houses
    if not named or verb in {"are", "is", "has", "have"} or (verb in lists.opining_other and not clearly):
        return None
    return name_of(segment, named)


def _is_of_others(segment: Sentence, k: int) -> bool:
    """Whether "by" names a crowd: "is seen at 5,000 by most analysts"."""
    near = segment.words[k : min(k + 5, segment.last)]
    crowd = next((j for j, word in enumerate(near) if word in wording().nameless), None)
    return crowd is not None and wording().own.isdisjoint(near[:crowd])


def _owner_of_target(segment: Sentence, k: int) -> tuple[str | None] | None:
    """Return the owner of a target, as in "StanChart's target" or "GS: target"."""
    lists = wording()
    for j in range(k - 1, max(k - 8, segment.first) - 1, -1):
        if segment.word(j) in lists.own:
            return (None,)
        if segment.word(j) == "'s" and is_name(segment, j - 1):
            return (name_of(segment, [j - 1]),)
        if segment.word(j) in lists.houses:
            return (name_of(segment, [j]),)
        if segment.word(j) in lists.nameless or (segment.word(j) in _THEIRS and j == segment.first):
            return (NOBODY,)
    reported = segment.word(k) in lists.guesses and segment.word(k + 1) in lists.of_guesses
    listed = ":" in segment.words[k : segment.last] or k - 1 in segment.assets  # "Tesla targets $2 billion"
    return (NOBODY,) if reported and not listed else None


def _nameless(segment: Sentence) -> str | None:
    """Return `NOBODY` for the opinion of a crowd, the name of a house before a colon, None for the publisher's own."""
    lists = wording()
    first = segment.first
    if segment.word(first) in lists.houses and segment.word(first + 1) in {":", "sees", "-"}:
        return name_of(segment, [first])
    if _opens_with_crowd(segment):
        return NOBODY
    if house := before_colon(segment):
        return name_of(segment, house)
    for k in range(segment.first, segment.last):
        word = segment.word(k)
        if k in segment.aside or word not in {
            "consensus",
            "polymarket",
            "kalshi",
            "poll",
            "survey",
            "forwards",
            "street",
        }:
            continue
        if segment.word(k - 1) not in {"to", "unlike", "above", "below", "than"}:
            return NOBODY
    return None


def _opens_with_crowd(segment: Sentence) -> bool:
    """Whether a crowd is the subject, as in "few expect", "everyone seems to think" or "only 12 % of respondents"."""
    lists, k = wording(), segment.first
    while segment.word(k) in {"the", "only", "of", "%", "and", "but", "even", "so"} or (
        segment.word(k)[0].isdigit() and k not in segment.days
    ):
        k += 1
    for j in (k, k + 1):
        crowd = segment.word(j) in lists.nameless or (j == k and segment.word(j) in lists.some)
        if crowd and segment.word(j) not in {"they", "bull", "bear"} and segment.word(j + 1) not in lists.modals:
            return True
        if j in segment.assets or segment.word(j) in lists.clause_ends:
            return False
    return False


def _before(sentence: Sentence, k: int) -> list[int]:
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


def _after(sentence: Sentence, k: int) -> list[int]:
    """Return the tokens of a name that begins at a token, up to the next mark or verb."""
    tokens: list[int] = []
    while k < sentence.last and sentence.word(k) not in {",", ".", ":", ";", "(", "\n"} and len(tokens) < 8:  # noqa: PLR2004
        tokens.append(k)
        k += 1
    return tokens if any(is_name(sentence, j) or sentence.word(j) in wording().nameless for j in tokens[:4]) else []


def _holder(segment: Sentence, k: int) -> str | None:
    """Return whose "view" it is: "in X's view", "in the view of X"; None for the publisher's."""
    if segment.word(k - 1) == "'s" and is_name(segment, k - 2):
        shared = {segment.word(j) for j in range(segment.first, k - 2)} & {"share", "agree", "with"}
        return None if shared else name_of(segment, run_back(segment, k - 2))
    if segment.word(k + 1) == "of" and (named := _after(segment, k + 2)):
        return name_of(segment, named)
    return None
