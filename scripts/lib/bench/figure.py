"""A measured figure and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `goal` says in words what is asked of it and `met` whether it is, None where nothing is asked."""

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
    """Hold a measured value to a limit; a value that could not be measured (NaN) does not meet it."""
    return Figure(part, name, value, unit, f"at most {limit:g} {unit}".rstrip(), value <= limit, note)


def at_least(  # noqa: PLR0913, PLR0917 - the fields of a figure
    part: str, name: str, value: float, unit: str, limit: float, note: str = ""
) -> Figure:
    """Hold a measured value to what it must reach."""
    return Figure(part, name, value, unit, f"at least {limit:g} {unit}".rstrip(), value >= limit, note)
