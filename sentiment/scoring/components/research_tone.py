"""Research tone: how gloomy the research notes of the last month sound."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from sentiment.formatting import number
from sentiment.frames import days
from sentiment.research.text import annotate, in_words
from sentiment.scoring.components import NOTES, Component
from sentiment.scoring.measures import Vote, decayed_mean

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.models import Note
    from sentiment.scoring.inputs import Inputs

DAYS = 30


def raw(inputs: Inputs) -> pd.Series:
    """Return the mean of minus tone over the notes of the last 30 days; a note's weight halves every 14 days.

    An unread note has no tone and takes no part: it is missing, and counts as no zero.
    """
    votes = [
        Vote(edition.note.day, DAYS, -value, edition.first_day, edition.end_day)
        for edition in inputs.editions
        if not math.isnan(value := tone(edition.note))
    ]
    return decayed_mean(votes, days(inputs.prices))


def tone(note: Note) -> float:
    """Return the tone of a note, -1 to 1, or NaN where it is unread: as its header states it, or else as the rules read its body."""
    if note.tone == "unread":
        return math.nan
    return _annotated_tone(note.body) if note.tone is None else note.tone


def tone_text(note: Note) -> str:
    """Return the tone of a note in words and as a number, or that it is unread."""
    value = tone(note)
    return "tone unread" if math.isnan(value) else f"tone {number(value, '+.2f')} ({in_words(value)})"


@lru_cache(maxsize=10_000)
def _annotated_tone(body: str) -> float:
    read = annotate(body).tone
    return math.nan if read is None else read


COMPONENT = Component(
    name="research_tone",
    title="Research tone",
    axis="fear",
    weight=10,
    meaning=(
        "The mean tone of the research notes of the last 30 days, from −1 (gloomy) to 1 (confident), sign turned; the weight of a "
        "note halves every 14 days. A note in which no cue of tone was found is unread and has no part in the mean. It is not "
        "ranked: a tone of 1 counts as 0 and one of −1 as 100."
    ),
    formula=r"\frac{\sum_n -\tau_n\,2^{-a_n/14}}{\sum_n 2^{-a_n/14}},\quad a_n < 30\ \text{days}",
    unit="tone, −1 to 1",
    source="research notes about the asset",
    direction="gloomier notes mean more fear",
    raw=raw,
    display="tone {:+.2f}",
    turned=True,
    scale=(-1.0, 1.0),
    origin=NOTES,
    uses_notes=True,
)
