"""Daily prices: bundled series, saved series, and the providers that refresh them.

In: bundled figures and the providers' answers. Out: bars as they were known at an instant, their provenance, and the
state of a refresh. `providers` holds one module per source. `__all__` names the modules that other rooms may import.
"""

__all__ = [
    "answer_body",
    "asset_class",
    "assets",
    "bar_file",
    "bar_store",
    "bundled",
    "cooldown",
    "history",
    "live",
    "pasted",
    "providers",
    "refresh",
    "roles",
    "terms",
    "watch",
    "watchlist",
]
