"""A sentence while its cues are collected, and the cues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from sentiment.research.text.phrases import Hit

_NOTHING: Final[frozenset[int]] = frozenset()


class Cue(NamedTuple):
    """A piece of tone.

    Attributes
    ----------
    first, last : int
        Tokens it spans.
    anchor : int
        Token that counts as its position.
    value : float
        Its tone, -1 to 1.
    rule : str
        The rules that made and changed it.
    """

    first: int
    last: int
    anchor: int
    value: float
    rule: str


class SentenceParse:
    """The state of one sentence while its cues are collected.

    Attributes
    ----------
    words : list of str
        The words of the whole text.
    first, last : int
        First token of the sentence and the one after its last.
    present : frozenset of str
        Those of its words that a rule looks for first; most rules need not look further than here.
    hits : list of Hit
        The phrases in the sentence; `used` and `objects_of_earlier_moves` hold indices into it.
    used : set of int
        Phrases that a cue has accounted for.
    objects_of_earlier_moves : set of int
        Objects that a move before them has taken.
    dropped : set of int
        Anchors of cues that a later move replaces.
    settled : set of int
        Anchors of cues that have accounted for the negators of their clause.
    cues : list of Cue
        The cues so far.
    even : list of Cue
        What tells of no change, or of a change that is neither good nor bad; it counts where nothing else is found.
    """

    __slots__ = (
        "cues",
        "dropped",
        "even",
        "first",
        "hits",
        "last",
        "objects_of_earlier_moves",
        "present",
        "settled",
        "used",
        "words",
    )

    def __init__(self, words: list[str], first: int, last: int, hits: list[Hit], present: frozenset[str]) -> None:
        self.words, self.first, self.last, self.hits = words, first, last, hits
        self.present = present
        self.used: set[int] = set()
        self.dropped: set[int] = set()
        self.settled: frozenset[int] | set[int] = _NOTHING
        self.objects_of_earlier_moves: set[int] = set()
        self.cues: list[Cue] = []
        self.even: list[Cue] = []

    def word(self, index: int) -> str:
        """Return the word at a token; outside this sentence, a full stop."""
        return self.words[index] if self.first <= index < self.last else "."
