"""The reading of an asset's last day with all its parts, as plain values: what `sentiment score` prints as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.market import history
from sentiment.models import METHOD
from sentiment.scoring.components import registry

if TYPE_CHECKING:
    from datetime import datetime

    from sentiment.scoring.score import Scores


def reading(scored: Scores, known_at: datetime | None) -> dict[str, object]:
    """Return price, axes, gap, regime, coverage and every part of the last day, and where its prices come from.

    Figures are NaN where nothing is known. ``stale`` is None for a reading as known at an instant.
    """
    last = scored.axes.iloc[-1]
    parts = [
        {
            "name": part.name,
            "axis": part.axis,
            "raw": scored.raw[part.name].iloc[-1],
            "rank": scored.rank[part.name].iloc[-1],
            "weight": scored.applying[part.name],
            "contribution": scored.contribution[part.name].iloc[-1],
        }
        for part in registry()
    ]
    as_of = scored.axes.index[-1].date()
    source = history.provenance(scored.asset, as_of, known_at)
    return {
        "asset": scored.asset,
        "as_of": as_of.isoformat(),
        "price": last["close"],
        "fear": last["fear"],
        "fundamentals": last["fundamentals"],
        "justified": last["justified"],
        "gap": last["gap"],
        "regime": last["regime"],
        "method": METHOD,
        "coverage": {"fear": last["fear_coverage"], "fundamentals": last["fundamentals_coverage"]},
        "components": parts,
        "source": source.source,
        "fetched_at": source.fetched_at,
        "stale": history.stale(scored.asset) if known_at is None else None,
        "last_bars": {title: last.isoformat() for title, last in source.last_bars.items()},
    }
