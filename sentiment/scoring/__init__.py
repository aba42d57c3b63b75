"""Scores: daily components, ranked and averaged into fear and fundamentals, and the regime that follows.

In: an asset's bars, the series of its roles and its notes (`inputs`). Out: `Scores` for one asset or a panel of assets.
`components` holds one module a component. `__all__` names the modules that other rooms may import.
"""

__all__ = [
    "breadth",
    "components",
    "events",
    "inputs",
    "measures",
    "panel",
    "persistence",
    "ranking",
    "reading",
    "regimes",
    "score",
    "sensitivity",
    "weights",
]
