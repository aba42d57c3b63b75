"""Kinds of language that the rules read badly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sentiment.research.text import vocabulary
from sentiment.research.text.tokens import WORDS

if TYPE_CHECKING:
    from sentiment.research.text.tokens import Tokens

_LEAST: Final = 2  # different phrases
_SHORT: Final = 2  # sentences of a text in which one phrase is enough
_SENTENCES: Final = 3  # sentences to a phrase, at most


@dataclass(frozen=True, slots=True)
class RegisterWords:
    """Phrases of central banks, and the words of which a text must have one to be searched for them."""

    central_bank: tuple[str, ...]
    triggers: frozenset[str]


@cache
def register_words() -> RegisterWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, RegisterWords, "registers")


@cache
def _central_bank() -> re.Pattern[str]:
    return re.compile(rf" (?:{'|'.join(map(re.escape, register_words().central_bank))})(?= )")


def is_central_bank(tokens: Tokens, present: set[str]) -> bool:
    """Return whether a text, with the words `present`, is in the language of central banks.

    It then has two of their phrases (one in a text of two sentences or fewer), and one to every three sentences.
    """
    if register_words().triggers.isdisjoint(present):
        return False
    found = _central_bank().findall(f" {' '.join(tokens.words)} ")
    least = 1 if len(tokens.sentences) <= _SHORT else _LEAST
    return len(set(found)) >= least and _SENTENCES * len(found) >= len(tokens.sentences)
