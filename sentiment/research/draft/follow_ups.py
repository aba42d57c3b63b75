"""What the sentences after a call add to it: its target, or the level that ends it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sentiment.research.draft import doubts, sources
from sentiment.research.draft.targets import ending_level, targets
from sentiment.research.draft.verdicts import Verdict, verdict
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.research.draft.directions import Symbols
    from sentiment.research.draft.outlooks import Outlook
    from sentiment.research.draft.sentences import Sentence


def complete(outlooks: list[Outlook], sentence: Sentence, named: Symbols, price: Callable[[str], float | None]) -> bool:
    """Give the last call the target that the next sentence states without a horizon, as in "Target 58k."; return whether it did."""
    call = outlooks[-1].call if outlooks and not sentence.days and not sentence.is_long else None
    if call is None or outlooks[-1].by is not None or call.target is not None or call.direction == "range":
        return False
    if wording().targets.isdisjoint(sentence.words[sentence.first : sentence.last]) or doubts.doubt(sentence, sentence):
        return False
    stated = [target for target in targets(sentence, named or (call.asset,)) if call.asset in target.symbols]
    read = verdict(sentence, [], stated, price(call.asset))
    own = sources.source(sentence, sentence, None, ()) is None
    if not (own and isinstance(read, Verdict) and read.target is not None and read.direction == call.direction):
        return False
    outlooks[-1] = outlooks[-1]._replace(call=replace(call, target=read.target))
    return True


def end_early(outlooks: list[Outlook], sentence: Sentence, price: Callable[[str], float | None]) -> None:
    """Give the publisher's last call the level that ends it, if that lies on the wrong side for it."""
    found = None if sentence.is_long or not outlooks else ending_level(sentence)
    if found is None:
        return
    level, side = found
    named = set(sentence.assets.values())
    for k in range(len(outlooks) - 1, -1, -1):
        call = outlooks[k].call
        if call is None or call.direction == "range" or outlooks[k].by is not None:
            continue
        reference = price(call.asset) or call.target
        wrong = call.sign * (reference - level) > 0 and side != call.sign if reference else side == -call.sign
        if wrong and call.invalidation is None and (not named or call.asset in named):
            outlooks[k] = outlooks[k]._replace(call=replace(call, invalidation=level))
        return
