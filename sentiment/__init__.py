"""Is the market more afraid than it should be? Fear and fundamentals, for any date as it was known then.

In a notebook: ``sentiment.score("BTC-USD", as_of="2025-12-02")``, and likewise `prices`, `components`, `notes`, `calls` and
`evidence`; docs/library.md has examples. The functions load when they are first used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentiment.tables.notebook import calls, components, evidence, notes, prices, score

__all__ = ["calls", "components", "evidence", "notes", "prices", "score"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'sentiment' has no attribute {name!r}")
    from sentiment.tables import notebook  # noqa: PLC0415 - pandas and the rooms load when a function is first used

    return getattr(notebook, name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
