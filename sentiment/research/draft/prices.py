"""The range, target and probability that a sentence states for a price."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.directions import moves_asset
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from sentiment.research.draft.sentences import Sentence

_PROBABILITY: Final = re.compile(
    r"(\d{1,3}) ?(?:%|percent|per cent) (?:chance|probability|likelihood|odds)"
    r"|(?:chance|probability|likelihood|odds) of (\d{1,3}) ?(?:%|percent|per cent)",
    re.IGNORECASE,
)


def price_range(sentence: Sentence) -> tuple[float | None, float | None] | None:
    """Return floor and ceiling if the price stays between two prices or on one side of one; otherwise None."""
    lists = wording()
    ends = [float(level.value or 0) for level in sentence.levels if level.rule == "ends of a range"]
    if len(ends) == 2:  # noqa: PLR2004 - a range has two
        return (ends[0], ends[1]) if ends[0] < ends[1] else None
    for k in range(sentence.first, sentence.last):
        if sentence.word(k) not in lists.stays or not moves_asset(sentence, k):
            continue
        for j in range(k + 1, min(k + 4, sentence.last)):
            side = sentence.word(j)
            price = next((sentence.prices[i] for i in range(j + 1, j + 3) if i in sentence.prices), None)
            if side in lists.sides and price is not None:
                value = float(price.value or 0)
                return (value, None) if lists.sides[side] > 0 else (None, value)
    return None


def price_target(sentence: Sentence) -> float | None:
    """Return the price that the move is to reach; None if there is none or more than one."""
    reaches, targets = wording().reaches, set[float]()
    for k, price in sentence.prices.items():
        before = [sentence.word(j) for j in range(k - 1, max(k - 4, sentence.first - 1), -1) if sentence.word(j) != "$"]
        reached = bool(before) and before[0] in reaches
        if price.role == "target" or (reached and price.role not in {"support", "resistance"}):
            targets.add(float(price.value or 0))
    return targets.pop() if len(targets) == 1 else None


def probability_in(text: str) -> float | None:
    """Return the probability stated in a sentence, 0 to 1; None if there is none or more than one."""
    percentages = {int(match[1] or match[2]) for match in _PROBABILITY.finditer(text)}
    return percentages.pop() / 100 if len(percentages) == 1 and max(percentages) <= 100 else None  # noqa: PLR2004 - per cent
