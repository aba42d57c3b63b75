"""Prices: which series there are, what was known of each and when, and how new bars come in.

In: bundled figures and the answers of the providers. Out: daily bars as known at an instant, their provenance, and
the state of a refresh. `providers` holds one module a source. `__all__` names the modules that other rooms may import.
"""

__all__ = ["assets", "bar_file", "bar_store", "bundled", "history", "live", "providers", "refresh", "roles"]
