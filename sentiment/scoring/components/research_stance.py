"""Research stance: the direction of the calls that are still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sentiment.frames import day, days
from sentiment.models import STANCE_SIGN
from sentiment.scoring.components import NOTES, Component
from sentiment.scoring.measures import Vote, decayed_mean

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sentiment.models import Call, Note
    from sentiment.scoring.inputs import Inputs


def raw(inputs: Inputs) -> pd.Series:
    """Return the mean signed conviction of notes with an open call; a note's weight halves every 14 days."""
    votes = []
    index, closes = days(inputs.prices), inputs.prices["close"].to_numpy()
    for edition in inputs.editions:
        note = edition.note
        after = (day(note.day) - index[0]).days + 1
        open_days = [_open_days(call, note, closes, after) for call in note.calls if call.asset == inputs.asset]
        if open_days:
            stance = STANCE_SIGN[note.stance] * note.conviction
            votes.append(Vote(note.day, max(open_days), stance, edition.first_day, edition.end_day))
    return decayed_mean(votes, index)


def _open_days(call: Call, note: Note, closes: NDArray[np.float64], after: int) -> int:
    """Return the number of days that a call is open: to its horizon, or to the first close that settles it.

    `after` is the row of the day after the note's, which may lie before the first close.
    """
    horizon = (call.last_day(note.day) - note.day).days
    later = closes[max(after, 0) : max(after + horizon, 0)]
    settled = np.flatnonzero(~np.isnan(later) & call.ends(later))
    return int(settled[0]) + max(after, 0) - after + 1 if len(settled) else horizon


COMPONENT = Component(
    name="research_stance",
    title="Research stance",
    axis="fundamentals",
    weight=20,
    meaning=(
        "Which way the notes point whose calls are still open, one vote per note: conviction (0 to 1) times +1 where its stance "
        "is bullish, −1 where it is bearish; the weight of a note halves every 14 days. A call is open until its horizon, or "
        "until a close leaves its range, reaches its target or invalidates it. It is not ranked: −1 counts as 0 and 1 as 100."
    ),
    formula=r"\frac{\sum_n s_n\,k_n\,2^{-a_n/14}}{\sum_n 2^{-a_n/14}}",
    unit="signed conviction, −1 to 1",
    source="stance, conviction and calls of research notes about the asset",
    direction="bullish notes mean stronger fundamentals",
    raw=raw,
    display="{:+.2f}",
    scale=(-1.0, 1.0),
    origin=NOTES,
    uses_notes=True,
)
