"""The card of a link, which a preview of it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.charts import pictures
from sentiment.charts.dumbbell import Reading, readings_text
from sentiment.frames import day
from sentiment.scoring.score import finding, subject
from sentiment.web.pictures.words import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.web.pictures.words import Shown


def _card(size: tuple[int, int]) -> Callable[[Shown], Drawn]:
    def draw(shown: Shown) -> Drawn:
        scores, start = shown.screen.scores, shown.screen.start
        last = scores.axes.iloc[-1]
        reading = Reading("", last["fear"], last["justified"] if pd.notna(last["regime"]) else float("nan"))
        said = finding(scores)
        title = f"{said[:1].upper()}{said[1:]}."
        words = shown.words(title, readings_text([reading]), about=subject(scores, shown.asset))
        axes = scores.axes.loc[day(start) :]
        log = shown.screen.selection.log
        return Drawn(pictures.card(words, reading, axes, shown.asset.unit, size, log=log), words)

    return draw


DRAW: dict[str, Callable[[Shown], Drawn]] = {
    "card": _card(pictures.WIDE),
    "card-square": _card(pictures.SQUARE),
}
