"""Weights that a viewer chose: one canonical form, its text in a link or on the command line, and named presets.

The canonical form has the components whose weight differs from their own, in the order of the registry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.errors import SelectionError
from sentiment.formatting import shortened
from sentiment.scoring.components import registry
from sentiment.scoring.score import checked_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sentiment.models import Weights

MOST = 100.0


def canonical(asked: Mapping[str, float]) -> Weights:
    """Check weights and leave out those that are the components' own.

    Raises
    ------
    SelectionError
        If a weight is negative, above 100, not a number or of an unknown component, or an axis has no weight at all.
    """
    chosen = checked_weights(asked)
    above = [name for name, value in chosen.items() if value > MOST]
    if above:
        raise SelectionError(f"the weight of {above[0]} is {chosen[above[0]]:g}; it must be {MOST:g} or less")
    return tuple((part.name, chosen[part.name]) for part in registry() if chosen[part.name] != part.weight)


def write(weights: Weights) -> str:
    """Write weights as text, such as ``drawdown:20,policy:0``."""
    return ",".join(f"{name}:{_short(value)}" for name, value in weights)


def read(text: str) -> Weights:
    """Read what `write` wrote.

    Raises
    ------
    SelectionError
        As in `canonical`, or if the text has another form or names a component twice.
    """
    asked: dict[str, float] = {}
    for item in text.split(","):
        name, colon, value = item.partition(":")
        if not colon or name in asked:
            raise SelectionError(
                f"weights look like drawdown:20,policy:0, each component once; found {shortened(item)}"
            )
        try:
            asked[name] = float(value if value.isascii() and "_" not in value else "")
        except ValueError:
            raise SelectionError(
                f"the weight of {name if name.isidentifier() else shortened(name)} is {shortened(value)}; it must be a number"
            ) from None
    return canonical(asked)


def _short(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _only(names: Iterable[str]) -> Weights:
    kept = set(names)
    return canonical({part.name: part.weight * (part.name in kept) for part in registry()})


PRESETS: dict[str, Weights] = {
    "Standard": (),
    "Equal": canonical({part.name: 10.0 for part in registry()}),
    "Price only": _only(("drawdown", "momentum", "downside_volatility", "value")),
    "No notes": canonical({"research_tone": 0.0, "research_stance": 0.0}),
    "K33's four reasons": _only(("futures_premium", "leverage", "support", "policy")),
}
