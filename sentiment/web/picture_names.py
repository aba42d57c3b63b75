"""The pictures that this server draws: by name, what each shows and the parameters of a link that change it."""

from __future__ import annotations

from typing import NamedTuple

from sentiment.tables.record import ASSET_PARAMETERS, SEVERAL

ADDRESS, FOLDER = "api/v1/", "chart/"
"""Where all pictures are, seen from the page, and the charts among them."""


class PictureName(NamedTuple):
    """What a picture shows, the parameters that change it, and the view of the page that has it."""

    description: str
    parameters: tuple[str, ...]
    view: str = "Today"


_SCORED = (*ASSET_PARAMETERS, "weights")
_OVER_TIME = (*_SCORED, "range", "log")
_NOTES = (*ASSET_PARAMETERS, "find", "publisher", "theme", "about", "since")
_IN_RANGE = (*_SCORED, "range")
_CHARTS = (
    ("timeline", "Today", _OVER_TIME, "Price, fear and the fear that fundamentals justify over time."),
    ("quadrant", "Evidence", _SCORED, "Fear against fundamentals over the last half year."),
    ("fear", "Today", _SCORED, "What each part added to fear on the day."),
    ("fundamentals", "Today", _SCORED, "What each part added to fundamentals on the day."),
    ("components-fear", "Method", _IN_RANGE, "Every part of fear over time, in its own unit."),
    ("components-fundamentals", "Method", _IN_RANGE, "Every part of fundamentals over time, in its own unit."),
    ("weights", "Weights", _IN_RANGE, "The gap inside the band that redrawn weights give."),
    ("evidence", "Evidence", (*_SCORED, "series"), "The returns that followed such readings, with their intervals."),
    ("paths", "Evidence", (*_SCORED, "series", "horizon"), "The price after each entry into a reading."),
    ("eras", "Evidence", (*_SCORED, "series", "horizon"), "The returns that followed such readings, era by era."),
    ("beside-alternative", "Evidence", _IN_RANGE, "Fear beside alternative.me's index, and which moves first."),
    ("beside-vix", "Evidence", _IN_RANGE, "Fear beside the rank of the VIX, and which moves first."),
    ("compare", "Compare", (*_OVER_TIME, "assets"), "Two to five assets beside each other: rebased prices, fear and gap."),
    ("watchlist", "Watchlist", (SEVERAL, "as_of", "known_at", "weights"), "The assets of the watchlist, the widest gap first."),
    ("notes", "Research", (*_NOTES, "range", "log"), "The notes over the price, with how their calls stand."),
    ("note-figures", "Research", (*ASSET_PARAMETERS, "note"), "The figures that a note reports."),
    ("note-calls", "Research", (*ASSET_PARAMETERS, "note"), "The path of the price since each call of a note."),
    ("track-record", "Research", _NOTES, "The hit rate of each publisher's calls beside the base rate."),
    ("call", "Calls", (*ASSET_PARAMETERS, "call"), "The path of the price since a public call."),
    ("scoreboard", "Calls", ASSET_PARAMETERS, "How many public calls came true, over what random walks reach."),
    ("calibration", "Calls", ASSET_PARAMETERS, "How often calls came true, by the probability that was stated."),
)  # fmt: skip
"""Of each chart its name, the view that has it, its parameters and what it shows."""
PICTURES = {
    "card": PictureName(
        "The card that a preview of a link shows, 1200 x 628 pixels: the finding, the dumbbell, and the lines of price and gap.",
        _OVER_TIME,
    ),
    "card-square": PictureName("The same card, 1200 x 1200 pixels.", _OVER_TIME),
    **{f"{FOLDER}{name}": PictureName(told, parameters, view) for name, view, parameters, told in _CHARTS},
}
