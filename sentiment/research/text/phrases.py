"""The word lists as one tree: every known phrase of a text is found in one walk over its words."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sentiment.research.text import lexicon, subjects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.tokens import Tokens


class Role(IntEnum):
    """What a phrase does in its sentence."""

    NONE = 0
    OBJECT = 1  # what moves: sign says whether its rise is good
    MOVE = 2  # how it moves: sign is the direction
    SAID = 3  # good or bad news as it stands
    NEGATOR = 4
    HEDGE = 5
    DEGREE = 6
    ADVERSATIVE = 7
    CONCESSIVE = 8
    REASON = 9
    COMPARED = 10
    OUTWEIGH = 11
    LEVEL = 12  # above, below
    THAN = 13


class Entry(NamedTuple):
    """What is known of a phrase; `tone` is that of the phrase alone, `look` where a move finds its object."""

    role: Role = Role.NONE
    sign: int = 0
    tone: float = 0.0
    look: str = ""
    topics: tuple[str, ...] = ()
    asset: str = ""
    written: str = ""  # where only this spelling is meant: LINK, Strategy


class Hit(NamedTuple):
    """A phrase in a text: its first and last token, and what is known of it."""

    first: int
    last: int
    entry: Entry


_IRREGULAR_PLURALS: Final = {"loss": "losses", "staff": "staff", "equity": "equities", "crypto": "cryptos"}


def _split(listed: str) -> Iterator[str]:
    for phrase in listed.split(","):
        yield " ".join(re.sub(r"[-&]", " ", phrase).split())


def _plural(phrase: str) -> str:
    head, _, noun = phrase.rpartition(" ")
    if noun in _IRREGULAR_PLURALS:
        many = _IRREGULAR_PLURALS[noun]
    elif re.search(r"[^su]s$", noun):
        many = noun
    elif re.search(r"[^aeiou]y$", noun):
        many = noun[:-1] + "ies"
    else:
        many = noun + ("es" if re.search(r"(s|x|ch|sh)$", noun) else "s")
    return f"{head} {many}".strip()


def _forms(verb: str) -> list[str]:
    first, _, rest = verb.partition(" ")
    if "/" in first:
        forms = first.split("/")
    elif first.endswith("e"):
        forms = [first, first + "s", first + "d", first[:-1] + "ing"]
    elif re.search(r"[^aeiou]y$", first):
        forms = [first, first[:-1] + "ies", first[:-1] + "ied", first + "ing"]
    else:
        third = first + ("es" if re.search(r"(s|x|ch|sh)$", first) else "s")
        twice = first[-1] if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", first) else ""
        forms = [first, third, first + twice + "ed", first + twice + "ing"]
        if first.endswith("el"):
            forms += [first + "led", first + "ling"]
    return [f"{form} {rest}".strip() for form in forms] if "/" not in verb.partition(" ")[2] else verb.split("/")


def _verbs(listed: str) -> Iterator[str]:
    for verb in _split(listed):
        yield from (form.strip() for form in (verb.split("/") if " " in verb and "/" in verb else _forms(verb)))


def _plain() -> Iterator[tuple[Role, str]]:
    yield from ((Role.HEDGE, phrase) for phrase in _split(lexicon.HEDGES))
    yield from ((Role.ADVERSATIVE, phrase) for phrase in _split(lexicon.ADVERSATIVES))
    yield from ((Role.CONCESSIVE, phrase) for phrase in _split(lexicon.CONCESSIVES))
    yield from ((Role.REASON, phrase) for phrase in _split(lexicon.REASONS))
    yield from ((Role.COMPARED, phrase) for phrase in _split(lexicon.COMPARED))
    yield from ((Role.OUTWEIGH, phrase) for phrase in _split(lexicon.OUTWEIGHS))
    yield Role.THAN, "than"


def _tones() -> Iterator[tuple[str, Entry]]:
    for sign, tone, listed in lexicon.OBJECTS:
        for phrase in _split(listed):
            for form in (phrase, _plural(phrase)):
                yield form, Entry(Role.OBJECT, sign, tone)
    for sign, tone, look, listed in lexicon.VERBS:
        yield from ((form, Entry(Role.MOVE, sign, tone, look)) for form in _verbs(listed))
    for sign, tone, look, listed in lexicon.MODIFIERS:
        yield from ((phrase, Entry(Role.MOVE, sign, tone, look)) for phrase in _split(listed))
    for tone, listed in lexicon.SAID:
        yield from ((phrase, Entry(Role.SAID, 0, tone)) for phrase in _split(listed))
    yield from ((phrase, Entry(role)) for role, phrase in _plain())
    for tone, listed in ((0.0, lexicon.NEGATORS), (-0.3, lexicon.FAILURES)):
        yield from ((phrase, Entry(Role.NEGATOR, 0, tone)) for phrase in _split(listed))
    yield from ((phrase, Entry(Role.MOVE, -1, -0.5, "left")) for phrase in _split(lexicon.FAIL))
    for tone, listed in ((1.3, lexicon.STRONGER), (0.7, lexicon.WEAKER)):
        yield from ((phrase, Entry(Role.DEGREE, 0, tone)) for phrase in _split(listed))
    for sign, listed in ((1, lexicon.ABOVE), (-1, lexicon.BELOW)):
        yield from ((phrase, Entry(Role.LEVEL, sign)) for phrase in _split(listed))


def _entries() -> dict[str, Entry]:
    entries = dict(_tones())
    for symbol, listed in subjects.ASSETS.items():
        sign = 0 if symbol in subjects.STABLE else 1
        for name in _split(listed):
            written = name if name != name.lower() else ""
            entries[name.lower()] = Entry(Role.OBJECT, sign, asset=symbol, written=written)
    for topic, listed in subjects.TOPICS.items():
        for form in {form for phrase in _split(listed) for form in (phrase, _plural(phrase))}:
            known = entries.get(form, Entry())
            entries[form] = known._replace(topics=(*known.topics, topic))
    return entries


def _tree() -> dict[str, Any]:
    root: dict[str, Any] = {}
    for phrase, entry in _entries().items():
        node = root
        for word in phrase.split():
            node = node.setdefault(word, {})
        node[""] = entry
    return root


_TREE: Final = _tree()


def find(tokens: Tokens) -> list[Hit]:
    """All known phrases, the longest from the left, none overlapping; the work is bounded by the longest phrase."""
    words = tokens.words
    hits, skip, count = [], 0, len(words)
    get = _TREE.get
    for i, word in enumerate(words):
        if i < skip or (node := get(word)) is None:
            continue
        entry, last, j = node.get(""), i, i + 1
        while j < count and (node := node.get(words[j])) is not None:
            if "" in node:
                entry, last = node[""], j
            j += 1
        if entry is not None and (not entry.written or _as_written(tokens, i, last, entry.written)):
            hits.append(Hit(i, last, entry))
            skip = last + 1
    return hits


def _as_written(tokens: Tokens, first: int, last: int, written: str) -> bool:
    if tokens.text[tokens.starts[first] : tokens.ends[last]] != written:
        return False
    if written in subjects.NOT_FIRST and (not first or tokens.words[first - 1] in ".!?:\n"):
        return False
    if written not in subjects.WORDS:
        return True
    around = tokens.text[max(tokens.starts[first] - 12, 0) : tokens.ends[last] + 12].replace(written, "")
    return not around.isupper()
