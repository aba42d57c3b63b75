"""What alerts and digests know of an asset: its readings, what happened to it, the sentence of its page and a link that stays."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - the tuple's fields
from typing import TYPE_CHECKING, NamedTuple

from sentiment import settings
from sentiment.formatting import plain_day
from sentiment.market import assets, history
from sentiment.models import Selection
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import headline, score
from sentiment.tables import export
from sentiment.web import happenings, links

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.score import Scores
    from sentiment.web.happenings import Happening


class Reading(NamedTuple):
    """An asset, as it was known at an instant.

    Attributes
    ----------
    asset, title, headline : str
        Symbol, name, and the first sentence of its page.
    scored : Scores
    happenings : list of Happening
        The newest first.
    link : str
        Address of the page, pinned to the last day and the instant.
    source : str
        Where the prices come from, with their last day, and the instant.
    """

    asset: str
    title: str
    headline: str
    scored: Scores
    happenings: list[Happening]
    link: str
    source: str

    @property
    def axes(self) -> pd.DataFrame:
        """The readings by day, finished days only."""
        return self.scored.axes

    @property
    def last(self) -> date:
        """The last finished day."""
        moment: pd.Timestamp = self.scored.axes.index[-1]
        return moment.date()


def load(symbol: str, now: datetime, until: date | None = None) -> Reading:
    """Read an asset, as known at an instant, up to a day or the last one.

    Raises
    ------
    UnknownAssetError, SelectionError, DataError
        If it has no prices, or they cannot be read.
    """
    known_at = now.replace(microsecond=0)
    asset = assets.asset(symbol)
    inputs = load_inputs(symbol, until)
    scored = score(inputs)
    last = scored.axes.index[-1].date()
    pinned = Selection(asset=symbol, as_of=last, known_at=known_at)
    calls = export.table("calls", Selection(asset=symbol))
    provenance = history.provenance(symbol, last, None)
    return Reading(
        symbol,
        asset.title,
        headline(scored, asset, history.stale_days(symbol, last, None)),
        scored,
        happenings.of_asset(scored, inputs, calls, last, happenings.first_told(None)),
        links.address(settings.public_address(), pinned),
        f"Prices: {provenance.source}, last bar {plain_day(provenance.last_bar)}. Known on {plain_day(known_at)}, {known_at:%H:%M} UTC.",
    )
