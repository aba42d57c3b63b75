"""Whose forecast a part of a sentence is: the publisher's, that of somebody it names, or nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sentiment.research.draft.names import (
    NOBODY,
    before_colon,
    is_helped,
    is_name,
    is_theirs,
    name_of,
    run_back,
    signature,
)
from sentiment.research.draft.speakers import before_verb, is_a_friend, is_own_speaker, name_after, speaker_of
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.research.draft.sentences import Sentence

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
    speaker = speaker_of(sentence)
    if speaker is None and quoted and is_own_speaker(sentence):
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
    if any(segment.word(k) in wording().own and k not in segment.aside for k in range(segment.first, segment.last)):
        return None
    return _nameless(segment) if before is None else before


def _named_beside(segment: Sentence, k: int) -> str | None:
    """Return whose forecast a word such as "according" says it is; None if it says nothing of it."""
    word = segment.word(k)
    if word in {"according", "per"} and segment.word(k + (word == "according")) in {"to", "per"}:
        return _according(segment, k)
    if word in {"by", "at"} and k + 1 not in segment.days:
        return _by(segment, k)
    if word == "for" and k == segment.first and is_name(segment, k + 1) and "," in segment.words[k + 2 : k + 5]:
        return name_of(segment, [j for j in range(k + 1, k + 4) if is_name(segment, j)])
    if word in wording().held and is_theirs(segment, k):
        return NOBODY
    if word in wording().views:
        if (holder := _holder(segment, k)) is not None:
            return holder
        viewed_by = segment.words[k + 2 : k + 5] if segment.word(k + 1) == "of" and segment.word(k - 1) == "the" else []
        if viewed_by and segment.word(k - 2) == "in" and wording().own.isdisjoint(viewed_by):
            return NOBODY  # "in the view of its chairman"
    return None


def _according(segment: Sentence, k: int) -> str | None:
    """Return whose forecast "according to" or "per" says it is; None if it is the publisher's."""
    place = k + 1 + (segment.word(k) == "according")
    if named := name_after(segment, place):
        return name_of(segment, named)
    ours = set(segment.words[place : place + 1]) & {"my", "our"}
    if ours and is_a_friend(segment, list(range(place, min(place + 4, segment.last))), ours):
        return NOBODY
    foreign = segment.word(k) == "according" and wording().own.isdisjoint(segment.words[place : place + 2])
    return NOBODY if foreign else None


def _by(segment: Sentence, k: int) -> str | None:
    """Return whose forecast "by" or "at" says it is: "by most analysts", "by Nomura", "target cut to 3,800 at Citi"; None if it says nothing of it."""
    if segment.word(k) == "at":
        last = segment.word(k + 2) in {".", "\n"} and is_name(segment, k + 1)
        return name_of(segment, [k + 1]) if last and not segment.word(k + 1)[0].isdigit() else None
    if _is_of_others(segment, k + 1) or segment.word(k + 1) in wording().some:
        return NOBODY
    named = is_name(segment, k + 1) and not is_helped(segment.word(k - 1))
    return name_of(segment, [j for j in range(k + 1, k + 4) if is_name(segment, j)]) if named else None


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
    looks = word in {"look", "looks", "looking"} and segment.word(k + 1) == "for"
    if word not in lists.opining_other and word not in lists.opining_bare and not changes and not looks:
        return None
    subject = before_verb(segment, k)
    if any(segment.word(j) in lists.own and segment.word(j - 1) not in {"to", "with"} for j in subject):
        return (NOBODY,) if any(segment.word(j) in lists.outsiders for j in subject) else (None,)
    if word.endswith("ing"):  # "the market is betting"
        subject = [j for j in subject if segment.word(j) not in lists.is_forms]
    if not subject or segment.word(subject[-1]) in lists.auxiliaries | lists.is_forms | {"be", "been"}:
        return None
    holder = _holds(segment, subject, word, changes=changes or looks)
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
    if all(segment.word(j)[0].isdigit() or segment.word(j) in {"%", "percent", "of"} for j in subject):
        return NOBODY  # "42% see gold at"
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
        if segment.word(j) in lists.nameless and segment.word(j - 1) in {"our", "my"}:
            continue  # "our strategists target"
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
    commas = "," in segment.words[first : segment.last - 1]
    if _opens_with_crowd(segment) or (commas and segment.word(first) in lists.participles):
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


def _holder(segment: Sentence, k: int) -> str | None:
    """Return whose "view" it is: "in X's view", "in the view of X"; None for the publisher's."""
    if segment.word(k - 1) == "'s" and is_name(segment, k - 2):
        shared = {segment.word(j) for j in range(segment.first, k - 2)} & {"share", "agree", "with"}
        return None if shared else name_of(segment, run_back(segment, k - 2))
    if segment.word(k + 1) == "of" and (named := name_after(segment, k + 2)):
        return name_of(segment, named)
    return None
