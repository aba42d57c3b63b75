"""Pictures of several assets: compared day by day, and the watchlist."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sentiment.charts import compare_charts, pictures, svg_marks
from sentiment.charts.dumbbell import Reading
from sentiment.formatting import counted, number, plain_day, read_day, visible
from sentiment.market import watchlist
from sentiment.scoring import ranking
from sentiment.tables.record import BETWEEN_ASSETS
from sentiment.tables.records.compare import FEWEST
from sentiment.web import links, sentences
from sentiment.web.page import drawings, watch_table, watch_words
from sentiment.web.picture_names import ADDRESS, FOLDER
from sentiment.web.pictures.words import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date

    from sentiment.web.pictures.words import Shown

_MOST = 20
"""Assets of the watchlist that a picture has room for."""


def _compare(shown: Shown) -> Drawn:
    screen = shown.screen
    keys, without = drawings.comparable(screen)
    names = tuple(key.asset for key in keys)
    about = f"{', '.join(names)}, {plain_day(screen.start)} to {plain_day(screen.as_of)}"
    left_out = f" Left out: {'; '.join(str(why) for why in without)}." if without else ""
    if len(keys) < FEWEST:
        words = shown.words("There is nothing to compare it with.", left_out, about=about, of=names)
        return Drawn(pictures.figure(words, None), words)
    drawing = drawings.comparison(keys, screen.start, log=shown.selection.log)
    first, *others = compare_charts.findings(drawing.rows)
    note = " ".join([*others, sentences.currencies(names, screen.key.known_at)])
    words = shown.words(first, f"{note}{left_out}", about=about, of=names)
    return Drawn(pictures.figure(words, drawing.figure), words)


def _watchlist(shown: Shown) -> Drawn:
    listed = watchlist.symbols() if shown.assets is None else shown.assets
    rows = watch_table.with_reading(watch_table.table(shown.selection, listed))
    current = watch_table.still_traded(rows)
    apart = int(ranking.ended(rows).sum()) if len(rows) else 0
    note = f"Filled: fear. Ring: the fear that fundamentals justify. {watch_words.since_friday(current)}"
    if len(current) > _MOST:
        note += f" The {_MOST} of {len(current)} with the widest gap."
    names = tuple(rows["asset"]) or (shown.selection.asset,)
    day = read_day(str(rows["as_of"].max())) if len(rows) else shown.screen.as_of
    words = shown.words(
        watch_words.headline(current, apart),
        note,
        about=f"{counted(len(current), 'asset')}, {plain_day(day)}",
        day=day,
        of=names,
        link=_own_address(shown, listed, day),
    )
    readings = [_reading(row) for row in current.head(_MOST).to_dict("records")]
    drawn = partial(svg_marks.dumbbells, readings)
    return Drawn(pictures.chart(words, svg_marks.dumbbells_height(readings), drawn), words)


def _reading(row: Mapping[Hashable, Any]) -> tuple[Reading, str]:
    is_named = isinstance(row["regime"], str)
    reading = Reading(visible(str(row["name"])), row["fear"], row["justified"] if is_named else float("nan"))
    return reading, number(row["gap"] if is_named else None, "+.0f")


def _own_address(shown: Shown, listed: tuple[str, ...], day: date) -> str:
    """Return the address of this picture for good: the page shows the watchlist of its own day, which may change."""
    pinned = links.to_query(replace(watch_table.scored(shown.selection), **_moment(shown, day)))
    named = urlencode({"asset": BETWEEN_ASSETS.join(listed)}, safe=BETWEEN_ASSETS)
    return f"{shown.base}{ADDRESS}{shown.name}.png?{named}&{pinned}"


def _moment(shown: Shown, day: date) -> dict[str, Any]:
    pinned = shown.frozen(day)
    return {"as_of": pinned.as_of, "known_at": pinned.known_at}


DRAW: dict[str, Callable[[Shown], Drawn]] = {
    f"{FOLDER}compare": _compare,
    f"{FOLDER}watchlist": _watchlist,
}
