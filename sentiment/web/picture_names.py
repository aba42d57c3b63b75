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
PICTURES = {
    "card": PictureName(
        "The card that a preview of a link shows, 1200 x 628 pixels: the finding, the dumbbell, and the lines of price and gap.",
        _OVER_TIME,
    ),
    "card-square": PictureName("The same card, 1200 x 1200 pixels.", _OVER_TIME),
    f"{FOLDER}timeline": PictureName("Price, fear and the fear that fundamentals justify over time.", _OVER_TIME),
    f"{FOLDER}quadrant": PictureName("Fear against fundamentals over the last half year.", _SCORED, "Evidence"),
    f"{FOLDER}fear": PictureName("What each part added to fear on the day.", _SCORED),
    f"{FOLDER}fundamentals": PictureName("What each part added to fundamentals on the day.", _SCORED),
    f"{FOLDER}components-fear": PictureName(
        "Every part of fear over time, in its own unit.", (*_SCORED, "range"), "Method"
    ),
    f"{FOLDER}components-fundamentals": PictureName(
        "Every part of fundamentals over time, in its own unit.", (*_SCORED, "range"), "Method"
    ),
    f"{FOLDER}weights": PictureName(
        "The gap inside the band that redrawn weights give.", (*_SCORED, "range"), "Weights"
    ),
    f"{FOLDER}evidence": PictureName(
        "The returns that followed such readings, with their intervals.", (*_SCORED, "series"), "Evidence"
    ),
    f"{FOLDER}paths": PictureName(
        "The price after each entry into a reading.", (*_SCORED, "series", "horizon"), "Evidence"
    ),
    f"{FOLDER}eras": PictureName(
        "The returns that followed such readings, era by era.", (*_SCORED, "series", "horizon"), "Evidence"
    ),
    f"{FOLDER}beside-alternative": PictureName(
        "Fear beside alternative.me's index, and which moves first.", (*_SCORED, "range"), "Evidence"
    ),
    f"{FOLDER}beside-vix": PictureName(
        "Fear beside the rank of the VIX, and which moves first.", (*_SCORED, "range"), "Evidence"
    ),
    f"{FOLDER}compare": PictureName(
        "Two to five assets beside each other: rebased prices, fear and gap.", (*_OVER_TIME, "assets"), "Compare"
    ),
    f"{FOLDER}watchlist": PictureName(
        "The assets of the watchlist, the widest gap first.", (SEVERAL, "as_of", "known_at", "weights"), "Watchlist"
    ),
    f"{FOLDER}notes": PictureName(
        "The notes over the price, with how their calls stand.", (*_NOTES, "range", "log"), "Research"
    ),
    f"{FOLDER}note-figures": PictureName("The figures that a note reports.", (*ASSET_PARAMETERS, "note"), "Research"),
    f"{FOLDER}note-calls": PictureName(
        "The path of the price since each call of a note.", (*ASSET_PARAMETERS, "note"), "Research"
    ),
    f"{FOLDER}track-record": PictureName(
        "The hit rate of each publisher's calls beside the base rate.", _NOTES, "Research"
    ),
    f"{FOLDER}call": PictureName("The path of the price since a public call.", (*ASSET_PARAMETERS, "call"), "Calls"),
    f"{FOLDER}scoreboard": PictureName(
        "How many public calls came true, over what random walks reach.", ASSET_PARAMETERS, "Calls"
    ),
    f"{FOLDER}calibration": PictureName(
        "How often calls came true, by the probability that was stated.", ASSET_PARAMETERS, "Calls"
    ),
}
