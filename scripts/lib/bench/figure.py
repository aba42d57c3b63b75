"""A measured figure and its goal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `goal` is its goal in words and `met` whether it is met, both None without a goal."""

    part: str
    name: str
    value: float
    unit: str
    goal: str | None = None
    met: bool | None = None
    note: str = ""


def at_most(  # noqa: PLR0913, PLR0917 - the fields of a figure
    part: str, name: str, value: float, unit: str, limit: float, note: str = ""
) -> Figure:
    """Compare a value with its upper limit; NaN, a value that could not be measured, does not meet it."""
    return Figure(part, name, value, unit, f"at most {limit:g} {unit}".rstrip(), value <= limit, note)


def at_least(  # noqa: PLR0913, PLR0917 - the fields of a figure
    part: str, name: str, value: float, unit: str, limit: float, note: str = ""
) -> Figure:
    """Compare a value with its lower limit; NaN does not meet it."""
    return Figure(part, name, value, unit, f"at least {limit:g} {unit}".rstrip(), value >= limit, note)
