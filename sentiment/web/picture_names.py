"""The pictures that this server draws: by name, what each shows and the parameters of a link that change it."""

from __future__ import annotations

from typing import NamedTuple

from sentiment.tables.record import ASSET_PARAMETERS

ADDRESS, FOLDER = "api/v1/", "chart/"
"""Where all pictures are, seen from the page, and the charts among them."""


class PictureName(NamedTuple):
    """What a picture shows, the parameters that change it, and the view of the page that has it."""

    description: str
    parameters: tuple[str, ...]
    view: str = "Today"


_SCORED = (*ASSET_PARAMETERS, "weights")
_OVER_TIME = (*_SCORED, "range", "log")
PICTURES = {
    "card": PictureName(
        "The card that a preview of a link shows, 1200 x 628 pixels: the finding, the dumbbell, and the lines of price and gap.",
        _OVER_TIME,
    ),
    "card-square": PictureName("The same card, 1200 x 1200 pixels.", _OVER_TIME),
    f"{FOLDER}timeline": PictureName("Price, fear and the fear that fundamentals justify over time.", _OVER_TIME),
    f"{FOLDER}quadrant": PictureName("Fear against fundamentals over the last 90 days.", _SCORED, "Evidence"),
    f"{FOLDER}fear": PictureName("What each part added to fear on the day.", _SCORED),
    f"{FOLDER}fundamentals": PictureName("What each part added to fundamentals on the day.", _SCORED),
    f"{FOLDER}evidence": PictureName(
        "The returns that followed such readings, with their intervals.", (*_SCORED, "series"), "Evidence"
    ),
    f"{FOLDER}track-record": PictureName(
        "The hit rate of each publisher's calls beside the base rate.",
        (*ASSET_PARAMETERS, "find", "publisher", "theme", "about", "since"),
        "Research",
    ),
}
