"""Whether two texts tell the same story: the words of one stand, in the same order, in the other.

A text is the set of its runs of five words, without case, marks and spaces. Two texts are the same story if four fifths of the
runs of the shorter one stand in the longer one: an excerpt and the whole, or a report that two houses print. Texts of less than
`SHORTEST` runs are the same only if all their words are.
"""

from __future__ import annotations

import re
from typing import Final

RUN: Final = 5
SHORTEST: Final = 20
SHARE: Final = 0.8
_WORD: Final = re.compile(r"\w+")

Runs = frozenset[int]


def runs(text: str) -> Runs:
    """Return the runs of a text as hashes; of a short text one hash of all its words."""
    words = _WORD.findall(text.casefold())
    if len(words) < SHORTEST + RUN - 1:
        return frozenset({hash(tuple(words))})
    return frozenset(hash(tuple(words[k : k + RUN])) for k in range(len(words) - RUN + 1))


def same(one: Runs, other: Runs) -> bool:
    """Return whether two texts tell the same story."""
    fewer = min(len(one), len(other))
    if fewer < SHORTEST:
        return one == other
    return len(one & other) >= SHARE * fewer
