"""The calls on which the sentences of a text agree, and the forecasts that it reports of others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.frontmatter_schema import MAX_CALLS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sentiment.models import Call
    from sentiment.research.draft.outlooks import Outlook

_UNNAMED: Final = "nobody by name"


class Attributed(NamedTuple):
    """A forecast that a text reports of somebody else: whose it is ("nobody by name" if it does not say) and what it says."""

    by: str
    call: Call


def agreed(outlooks: Sequence[Outlook]) -> tuple[tuple[Call, ...], str]:
    """Return the calls that no other sentence about the same asset contradicts, and why."""
    clear: dict[tuple[str | None, str, date | None], Outlook] = {}
    opposed = _opposed(outlooks)
    for outlook in outlooks:
        if outlook.call and outlook.asset not in opposed:
            key = outlook.asset, outlook.call.direction, outlook.call.end
            earlier = clear.setdefault(key, outlook)
            if earlier.call and earlier.call.target is None and outlook.call.target is not None:
                clear[key] = outlook
    if clear:
        calls = tuple(outlook.call for outlook in clear.values() if outlook.call)[:MAX_CALLS]
        return calls, "; ".join(outlook.why for outlook in clear.values())
    if not outlooks:
        return (), "no sentence looks ahead"
    if any(outlook.call for outlook in outlooks):
        return (), "sentences that look ahead name opposite ways"
    return (), _reasons(outlooks)


def _opposed(outlooks: Sequence[Outlook]) -> set[str | None]:
    """Return the assets with outlooks that name opposite ways, unless they are targets by different days: stations of one path."""
    ways: dict[str | None, set[int]] = {}
    stations: dict[str | None, dict[date | None, int]] = {}
    open_ways = set[str | None]()
    for outlook in outlooks:
        signs = _signs(outlook)
        ways.setdefault(outlook.asset, set()).update(signs)
        call = outlook.call
        if call and call.target is not None and len(signs) == 1:
            sign = stations.setdefault(outlook.asset, {}).setdefault(call.end, call.sign)
            if sign == call.sign:
                continue
        if signs:
            open_ways.add(outlook.asset)
    return {asset for asset, signs in ways.items() if len(signs) > 1 and asset in open_ways}


def _signs(outlook: Outlook) -> frozenset[int]:
    return outlook.signs | ({outlook.call.sign} - {0} if outlook.call else frozenset())


def _reasons(outlooks: Sequence[Outlook]) -> str:
    reasons = Counter(outlook.why for outlook in outlooks)
    common = "; ".join(f"{why} ({count})" for why, count in reasons.most_common(3))
    if reasons.total() == 1:
        return f"the one sentence that looks ahead is not sure: {outlooks[0].why}"
    return f"of {reasons.total()} sentences that look ahead none is sure: {common}"


def attributed(outlooks: Sequence[Outlook]) -> tuple[Attributed, ...]:
    """Return the forecasts of others among some outlooks."""
    return tuple(Attributed(outlook.by or _UNNAMED, outlook.call) for outlook in outlooks if outlook.call)[:MAX_CALLS]


def told(others: Sequence[Attributed]) -> str:
    """Return the forecasts of others in one line, for a person to see."""
    lines = (
        f"{by}: {call.asset} {call.direction}{f' to {call.target:,.6g}' if call.target else ''} by {call.end}"
        for by, call in others
    )
    return f"reported of others and not counted: {', '.join(dict.fromkeys(lines))}"


def same_house(name: str, publisher: str | None) -> bool:
    """Whether a name in a text is that of its publisher: "Glassnode" of "Glassnode Research"."""
    words, of = name.casefold().split(), (publisher or "").casefold().split()
    return bool(words and of) and (set(words) <= set(of) or set(of) <= set(words))
