"""Every address of the API that takes parameters."""

from sentiment.tables import registry
from sentiment.web.api.feed_names import SUBSCRIPTIONS
from sentiment.web.picture_names import ADDRESS, PICTURES
from sentiment.web.table_forms import FORMS

BASE = f"/{ADDRESS}"
PICTURE_FORMS = ("svg", "png")
BADGE = "badge"
OEMBED = f"{BASE}oembed.json"
ADDRESSES = (
    {f"{BASE}{name}.{form}": (name, form) for name in registry.offered("api") for form in FORMS}
    | {f"{BASE}{BADGE}.svg": (BADGE, "svg")}
    | {f"{BASE}{name}.{form}": (name, form) for name in PICTURES for form in PICTURE_FORMS}
    | {f"{BASE}{name}.{told.form}": (name, told.form) for name, told in SUBSCRIPTIONS.items()}
)
"""By path: the table, the badge, the picture, the feed or the calendar that it answers with, and in which form."""
FOR_ANYONE = frozenset(path for path, (_, form) in ADDRESSES.items() if form in PICTURE_FORMS)
"""The addresses whose answers a page of any site may show: badge, cards and charts."""
