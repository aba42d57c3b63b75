"""Research stance: which way the calls that are still open point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.frames import days
from sentiment.measures import faded_mean
from sentiment.models import Component

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.models import Inputs


def raw(inputs: Inputs) -> pd.Series:
    """Mean signed conviction of the calls still open, the weight of a call halving every 14 days."""
    spoken = [
        (note.day, (call.last_day(note.day) - note.day).days, call.sign * note.conviction)
        for note in inputs.notes
        for call in note.calls
        if call.asset == inputs.asset
    ]
    return faded_mean(spoken, days(inputs.prices))


COMPONENT = Component(
    name="research_stance",
    title="Research stance",
    axis="fundamentals",
    weight=20,
    meaning=(
        "Which way the calls of research notes point that are still open: conviction (0 to 1) times +1 for a rise or a "
        "floor, -1 for a fall or a ceiling, 0 for a range; the weight of a call halves every 14 days after publication. "
        "It is not ranked: -1 counts as 0 and 1 as 100."
    ),
    formula=r"\frac{\sum_c s_c\,k_c\,2^{-a_c/14}}{\sum_c 2^{-a_c/14}},\quad c\ \text{open at}\ t",
    unit="signed conviction, -1 to 1",
    source="calls of research notes about the asset",
    direction="bullish open calls mean stronger fundamentals",
    raw=raw,
    display="{:+.2f}",
    ranked=False,
)
