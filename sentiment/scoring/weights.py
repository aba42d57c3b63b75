"""Chosen weights: their canonical form, their text in a link or on the command line, and named presets.

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

MAX_WEIGHT = 100.0


def canonical(weights: Mapping[str, float]) -> Weights:
    """Check weights and drop those that equal the components' own.

    Raises
    ------
    SelectionError
        If a weight is negative, above 100, not a number or of an unknown component, or an axis has no weight at all.
    """
    chosen = checked_weights(weights)
    above = [name for name, value in chosen.items() if value > MAX_WEIGHT]
    if above:
        raise SelectionError(f"the weight of {above[0]} is {chosen[above[0]]:g}; it must be {MAX_WEIGHT:g} or less")
    return tuple((part.name, chosen[part.name]) for part in registry() if chosen[part.name] != part.weight)


def format_weights(weights: Weights) -> str:
    """Return weights as text, such as ``drawdown:20,policy:0``."""
    return ",".join(f"{name}:{_short(value)}" for name, value in weights)


def parse_weights(text: str) -> Weights:
    """Parse weights from text, such as ``drawdown:20,policy:0``.

    Raises
    ------
    SelectionError
        As in `canonical`, or if the text has another form or repeats a component.
    """
    weights: dict[str, float] = {}
    for item in text.split(","):
        name, colon, value = item.partition(":")
        if not colon or name in weights:
            raise SelectionError(
                f"weights look like drawdown:20,policy:0, each component once; found {shortened(item)}"
            )
        try:
            weights[name] = float(value if value.isascii() and "_" not in value else "")
        except ValueError:
            raise SelectionError(
                f"the weight of {name if name.isidentifier() else shortened(name)} is {shortened(value)}; it must be a number"
            ) from None
    return canonical(weights)


def _short(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _only(names: Iterable[str]) -> Weights:
    only = set(names)
    return canonical({part.name: part.weight * (part.name in only) for part in registry()})


PRESETS: dict[str, Weights] = {
    "Standard": (),
    "Equal": canonical({part.name: 10.0 for part in registry()}),
    "Price only": _only(("drawdown", "momentum", "downside_volatility", "value")),
    "No notes": canonical({"research_tone": 0.0, "research_stance": 0.0}),
    "K33's four reasons": _only(("futures_premium", "positioning", "leverage", "support", "policy")),
}
