"""Constructions: sentences whose tone lies in the relation of two things, so that neither decides alone.

Mood set against fundamentals, crowded positions, a level that was attacked or defended without success, an agent that fails,
and weakness used to buy. Each is a relation between classes of words (`words.toml`) inside one clause; its cue takes the place of
the cues of that clause. What has its own construction is read contrarily: a crowded long side is bad, fear beyond the data good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.lexicon import Role
from sentiment.research.text.sentence import Cue
from sentiment.research.text.tokens import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sentiment.research.text.sentence import SentenceParse

_LONGEST: Final = 80  # tokens; longer sentences are lists or tables
_VALUE: Final = 0.5
_LINKS: Final = re.compile(r" (?:[,;:\u2013\u2014-]|but|although|though|while|yet|and|even if|even though) ")


@dataclass(frozen=True, slots=True)
class ConstructionWords:
    """Words of constructions, by class."""

    moods: dict[str, int]
    bases: frozenset[str]
    gaps: tuple[str, ...]
    loose_gaps: tuple[str, ...]
    better: frozenset[str]
    worse: frozenset[str]
    agents: dict[str, int]
    failing: tuple[str, ...]
    absent: tuple[str, ...]
    attempts: tuple[str, ...]
    upper: frozenset[str]
    lower: frozenset[str]
    holding: frozenset[str]
    sides: dict[str, int]
    crowded: tuple[str, ...]
    holders: frozenset[str]
    ending: frozenset[str]
    efforts: frozenset[str]
    collapsing: tuple[str, ...]
    buying: frozenset[str]
    selling: frozenset[str]


class _Patterns(NamedTuple):
    gap: re.Pattern[str]
    loose_gap: re.Pattern[str]
    agent: re.Pattern[str]
    absent: re.Pattern[str]
    attempt: re.Pattern[str]
    level: re.Pattern[str]
    defended: re.Pattern[str]
    used: re.Pattern[str]
    trade: re.Pattern[str]
    effort: re.Pattern[str]
    crowded: re.Pattern[str]
    side: re.Pattern[str]


@cache
def construction_words() -> ConstructionWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, ConstructionWords, "constructions")


@cache
def _patterns() -> _Patterns:
    lists = construction_words()
    agents, levels = _any(lists.agents), _any([*lists.upper, *lists.lower])
    failing = _any(lists.failing)
    return _Patterns(
        gap=re.compile(rf" {_any(lists.gaps)} "),
        loose_gap=re.compile(rf" (?:{_any(lists.loose_gaps)}|than (?!expected|forecast|feared|hoped|last|a )) "),
        agent=re.compile(rf" (?P<agent>{agents}) (?:(?:have|has|had|again|once|more|simply) )?{failing} "),
        absent=re.compile(
            rf" (?P<lack>few|fewer|no|no more|lack of|without|nobody|hardly any) (?:\w+ )?(?P<agent>{agents}) "
            rf"| (?P<agent2>{agents}) (?:are|is|were) (?:\w+ )?{_any(lists.absent)} "
        ),
        attempt=re.compile(rf" {_any(lists.attempts)} "),
        level=re.compile(
            rf" (?P<side>above|over|below|under|beneath) (?:[\w$.,'%]+ )?(?:\w+ )?(?:\d|{levels} |\$|it |\w+ (?:euros|dollars|cents) )"
        ),
        defended=re.compile(rf" (?P<level>{levels}) (?:[^,;]{{0,50}} )?{_any(lists.holding)} "),
        used=re.compile(
            r" (?:use|uses|used|using) (?:\w+ ){0,4}to (?:\w+ )?"
            rf"(?:(?P<buy>{_any(lists.buying)})|{_any(lists.selling)}) "
        ),
        trade=re.compile(
            rf" {_any(lists.holders)} (?:(?:have|has|had|continue to|are|were|is) )?(?P<no>not )?(?P<end>{_any(lists.ending)} )?"
            r"(?:\w+ )?(?:(?P<sell>selling|distributing|unloading)|buying|accumulating|adding) "
        ),
        effort=re.compile(rf" {_any(lists.efforts)} (?:[^,;]{{0,60}} )?{_any(lists.collapsing)} "),
        crowded=re.compile(rf" {_any(lists.crowded)} "),
        side=re.compile(rf" (?P<side>{_any(lists.sides)}) "),
    )


def _any(words: Iterable[str]) -> str:
    """Return a pattern of alternatives, the longest first."""
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"


def add_constructions(sentence: SentenceParse) -> None:
    """Add the cue of each construction, and use up the phrases of its clause."""
    if sentence.last - sentence.first > _LONGEST:
        return
    present = _triggers() & sentence.present
    if not present:
        return
    rules = [
        rule
        for rule, first, second in _rules()
        if not first.isdisjoint(present) and not second.isdisjoint(sentence.present)
    ]
    if not rules:
        return
    line = f" {' '.join(sentence.words[sentence.first : sentence.last])} "
    for rule in rules:
        found = rule(line, _patterns(), construction_words())
        if found is not None:
            _add(sentence, line, found)
            return


def _add(sentence: SentenceParse, line: str, found: _Found) -> None:
    """Add a cue over part of the line, whose clause then makes no other."""
    value, rule, start, end = found
    first = sentence.first + line.count(" ", 0, start)
    last = max(sentence.first + line.count(" ", 0, end) - 2, first)
    opened, closed = _clause(line, start, end)
    begins = sentence.first + line.count(" ", 0, opened) - (opened > 0)
    ends = sentence.first + line.count(" ", 0, closed)
    for k, hit in enumerate(sentence.hits):
        if begins <= hit.first < ends and hit.entry.role < Role.HEDGE:
            sentence.used.add(k)
    sentence.settled = {first}
    sentence.cues.append(Cue(first, last, first, value, rule))


def _clause(line: str, start: int, end: int) -> tuple[int, int]:
    """Return the characters of the line at which the clause around a part begins and ends."""
    opened = max((match.end() for match in _LINKS.finditer(line, 0, start + 1)), default=0)
    closing = _LINKS.search(line, max(end - 1, 0))
    return opened, closing.start() if closing else len(line)


if TYPE_CHECKING:
    _Found = tuple[float, str, int, int]
    _Rule = Callable[[str, "_Patterns", ConstructionWords], _Found | None]


def _mood(line: str, patterns: _Patterns, words: ConstructionWords) -> _Found | None:
    """Read fear beyond what the data show is good, enthusiasm beyond them bad; the fundamentals decide."""
    tokens = line.split()
    mood = next((word for word in tokens if word in words.moods), None)
    if mood is None or words.bases.isdisjoint(tokens):
        return None
    sign = words.moods[mood]
    gap = patterns.gap.search(line) or (patterns.loose_gap.search(line) if sign else None)
    if gap is None:
        return None
    if sign == 0:
        sign = (not words.better.isdisjoint(tokens)) - (not words.worse.isdisjoint(tokens))
        base = min(at for at, word in enumerate(tokens) if word in words.bases)
        if base < tokens.index(mood):
            sign = -sign  # "the data are better than the mood"
    return (-0.6 * sign, "mood against fundamentals", gap.start(), gap.end()) if sign else None


def _agent(line: str, patterns: _Patterns, words: ConstructionWords) -> _Found | None:
    """Read an agent that fails: sellers who cannot push on are good, buyers who cannot follow through bad."""
    if match := patterns.agent.search(line):
        return -_VALUE * words.agents[match["agent"]], "they did not manage", match.start(), match.end()
    if match := patterns.absent.search(line):
        lacking = match["lack"] or ""
        agent = match["agent"] or match["agent2"]
        if lacking == "lack of" and (" no " in line[max(match.start() - 4, 0) : match.start() + 1]):
            return _VALUE * words.agents[agent], "not absent", match.start(), match.end()
        return -_VALUE * words.agents[agent], "absent", match.start(), match.end()
    return None


def _level(line: str, patterns: _Patterns, words: ConstructionWords) -> _Found | None:
    """Read a level that was attacked in vain, not held, or defended."""
    attempt = patterns.attempt.search(line)
    if attempt is None:
        match = patterns.defended.search(line)
        if match is None or " not " in match[0] or " 't " in match[0]:
            return None
        return (-_VALUE if match["level"] in words.upper else _VALUE), "level held", match.start(), match.end()
    opened, closed = _clause(line, attempt.start(), attempt.end())
    clause = line[max(opened - 1, 0) : closed + 1]
    tokens = clause.split()
    direction = ("breakout" in tokens) - ("breakdown" in tokens)
    if not direction and (side := patterns.level.search(clause)):
        direction = 1 if side["side"] in {"above", "over"} else -1
    elif not direction and not words.upper.isdisjoint(tokens):
        direction = 1
    elif not direction and not words.lower.isdisjoint(tokens):
        defended = not {"hold", "defend", "keep", "hold on to"}.isdisjoint(tokens)
        direction = 1 if defended else -1
    return (-_VALUE * direction, "attempt failed", attempt.start(), attempt.end()) if direction else None


def _crowd(line: str, patterns: _Patterns, words: ConstructionWords) -> _Found | None:
    """Read where everybody stands on one side, the other side has the room."""
    crowded = patterns.crowded.search(line)
    if crowded is None:
        return None
    opened, closed = _clause(line, crowded.start(), crowded.end())
    side = patterns.side.search(line, max(opened - 1, 0), closed + 1) or patterns.side.search(line)
    if side is None:
        return None
    return -_VALUE * words.sides[side["side"]], "crowded side", crowded.start(), crowded.end()


def _used(line: str, patterns: _Patterns, _words: ConstructionWords) -> _Found | None:
    """Read weakness used to buy, strength used to sell: what is done decides."""
    match = patterns.used.search(line)
    return match and (_VALUE if match["buy"] else -_VALUE, "what is done", match.start(), match.end())


def _trade(line: str, patterns: _Patterns, _words: ConstructionWords) -> _Found | None:
    """Read what holders do: selling is bad, buying good, and the end of either the reverse."""
    match = patterns.trade.search(line)
    if match is None:
        return None
    value = -_VALUE if match["sell"] else _VALUE
    return (-value if (match["no"] or match["end"]) else value), "what holders do", match.start(), match.end()


def _effort(line: str, patterns: _Patterns, _words: ConstructionWords) -> _Found | None:
    """Read talks, plans and rescues that come to nothing."""
    match = patterns.effort.search(line)
    return match and (-_VALUE, "effort failed", match.start(), match.end())


@cache
def _triggers() -> frozenset[str]:
    """Return the words of which a sentence must have one."""
    return frozenset[str]().union(*(first for _, first, _ in _rules()))


@cache
def construction_triggers() -> frozenset[str]:
    """Return the words that `add_constructions` looks for in a sentence before it reads it."""
    return _triggers().union(*(second for _, _, second in _rules()))


@cache
def _rules() -> tuple[tuple[_Rule, frozenset[str], frozenset[str]], ...]:
    """Return the rules with two sets of words; a sentence has one of each, which spares most sentences the search."""
    lists = construction_words()
    levels = lists.upper | lists.lower | {"above", "over", "below", "under", "beneath", "breakout", "breakdown"}
    trading = frozenset({"selling", "distributing", "unloading", "buying", "accumulating", "adding"})
    lacking = frozenset({"few", "fewer", "no", "lack", "without", "nobody", "hardly"})
    return (
        (_mood, frozenset(lists.moods), _keys(lists.gaps) | _keys(lists.loose_gaps) | {"than"}),
        (_crowd, _keys(lists.sides), _keys(lists.crowded)),
        (_agent, _keys(lists.agents), _keys(lists.failing) | _keys(lists.absent) | lacking),
        (_trade, lists.holders, trading),
        (_level, levels, _keys(lists.attempts) | lists.holding),
        (_used, frozenset({"use", "uses", "used", "using"}), lists.buying | lists.selling),
        (_effort, lists.efforts, _keys(lists.collapsing)),
    )


def _keys(phrases: Iterable[str]) -> frozenset[str]:
    """Return the longest word of each phrase."""
    return frozenset(max(phrase.split(), key=len) for phrase in phrases)
