"""Whether a sentence, or a part of one, looks ahead, and by which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from sentiment.research.draft.sentences import Sentence


def words_ahead(sentence: Sentence) -> str:
    """Return the words that look ahead; empty if there are none."""
    lists = wording()
    for k in range(sentence.first, sentence.last):
        word = sentence.word(k)
        if k in sentence.days or k in sentence.aside:
            continue
        if word in lists.forward or (word, sentence.word(k + 1)) in lists.pairs_ahead:
            return word
        if word == "to" and (k - 1 in sentence.assets or (sentence.word(k - 1) == "usd" and k - 2 in sentence.assets)):
            return word  # "BTC to test 60,000"
        before = {sentence.word(k - 1), sentence.word(k - 2)}
        if word in lists.foreseen and (not before.isdisjoint(lists.is_forms) or k - 1 in sentence.assets):
            return f"is {word}"
    return ""


def tells_what_was(part: Sentence) -> bool:
    """Whether a part without a day tells what a price has done: "cable's bounce has run its course | and we look for"."""
    perfect = not {"has", "have", "'ve"}.isdisjoint(part.words[part.first : part.last])
    return perfect and not part.days and not words_ahead(part)
