"""The phrases of ``phrases.toml`` and ``subjects.toml``, inflected, each with its role and tone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sentiment.errors import DataError
from sentiment.research.text import inflection, vocabulary
from sentiment.research.text.subjects import subjects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PHRASES: Final = Path(__file__).with_name("phrases.toml")

Pattern = Literal[
    "",
    "left",
    "right",
    "deal",
    "site",
    "break",
    "particle",
    "vain",
    "kept",
    "clause",
    "predicate",
    "traded",
    "imposed",
    "even",
]


class Role(IntEnum):
    """What a phrase does in its sentence."""

    NONE = 0
    OBJECT = 1  # what moves; the sign says whether its rise is good
    MOVE = 2  # how it moves; the sign is the direction
    STATEMENT = 3  # good or bad news as it stands
    NEGATOR = 4
    HEDGE = 5
    DEGREE = 6
    ADVERSATIVE = 7
    CONCESSIVE = 8
    REASON = 9
    COMPARISON = 10
    OUTWEIGH = 11
    LEVEL = 12  # above, below
    THAN = 13
    UNDO = 14  # what it is said of is over, lifted or made good: the opposite sign


class Entry(NamedTuple):
    """The meaning of a phrase.

    Attributes
    ----------
    role : Role
        What it does in a sentence.
    sign : int
        Direction of a move or level; of an object, whether its rise is good (1), bad (-1) or neither (0).
    tone : float
        Tone of the phrase alone, -1 to 1; of a word of degree, a factor.
    pattern : str
        Where a move finds its object; ``phrases.toml`` lists the values.
    topics : tuple of str
        Topics it belongs to.
    asset : str
        Symbol it names; empty if none.
    spellings : tuple of str
        The only spellings that count, such as ``SUI`` and ``Sui``; empty if any does.
    """

    role: Role = Role.NONE
    sign: int = 0
    tone: float = 0.0
    pattern: Pattern = ""
    topics: tuple[str, ...] = ()
    asset: str = ""
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhraseGroup:
    """Phrases that share their meaning: a table ``[[groups]]`` of ``phrases.toml``."""

    role: Role
    phrases: tuple[str, ...]
    sign: Literal[-1, 0, 1] = 0
    tone: float = 0.0
    pattern: Pattern = ""
    inflect: Literal["", "noun", "verb"] = ""


def phrase_groups() -> list[PhraseGroup]:
    """Read the groups of ``phrases.toml`` in file order.

    Raises
    ------
    DataError
        If the file has no groups or a group does not fit.
    """
    groups = vocabulary.parse(_PHRASES).get("groups")
    if not isinstance(groups, list):
        raise DataError(f"{_PHRASES.name}: no [[groups]] found; restore the file")
    return [
        vocabulary.build(group, PhraseGroup, f"{_PHRASES.name}, group {number}")
        for number, group in enumerate(groups, 1)
    ]


def entries() -> dict[str, Entry]:
    """Return the meaning of every phrase in every form; where a phrase is listed twice, the later listing wins."""
    meanings: dict[str, Entry] = {}
    for group in phrase_groups():
        entry = Entry(group.role, group.sign, group.tone, group.pattern)
        meanings |= dict.fromkeys(_forms(group), entry)
    named: dict[str, Entry] = {}
    for symbol, names in subjects().assets.items():
        sign = 0 if symbol in subjects().without_direction else 1
        for name in _spaced(names):
            before = named.get(name.lower())
            spelling: tuple[str, ...] = () if name == name.lower() else (name,)
            if before is not None and spelling and before.spellings:
                spelling = (*before.spellings, *spelling)
            named[name.lower()] = Entry(Role.OBJECT, sign, asset=symbol, spellings=spelling)
    meanings |= named
    meanings |= dict.fromkeys(_spaced(subjects().not_assets), Entry())
    for topic, words in subjects().topics.items():
        for form in {form for phrase in _spaced(words) for form in (phrase, inflection.plural(phrase))}:
            entry = meanings.get(form, Entry())
            meanings[form] = entry._replace(topics=(*entry.topics, topic))
    return meanings


def _forms(group: PhraseGroup) -> Iterator[str]:
    for phrase in _spaced(group.phrases):
        if group.inflect == "verb":
            yield from inflection.verb_forms(phrase)
        else:
            yield phrase
            if group.inflect == "noun":
                yield inflection.plural(phrase)


def _spaced(phrases: Iterable[str]) -> Iterator[str]:
    """Put spaces between the words of phrases, as the tokens of a text have them."""
    for phrase in phrases:
        yield " ".join(re.sub(r"&|'(?=s\b)", r" \g<0>", phrase.replace("-", " ")).replace("&", "& ").split())
