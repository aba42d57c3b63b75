"""Every address of the API that takes parameters."""

from sentiment.tables import registry

BASE = "/api/v1/"
FORMS = ("csv", "json", "metadata.json", "zip", "xlsx")
CSV_FORMS = frozenset({"csv", "zip"})
"""Forms that hold CSV, for which separator and decimal sign can be chosen."""
BADGE = "badge"
ADDRESSES = {f"{BASE}{name}.{form}": (name, form) for name in registry.offered("api") for form in FORMS} | {
    f"{BASE}{BADGE}.svg": (BADGE, "svg")
}
"""By path: the table (or the badge) that it answers with, and in which form."""
