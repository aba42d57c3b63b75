"""Numbers and days as people write them, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

UNKNOWN = "—"


def plain_day(moment: date) -> str:
    """Write a day as people do: 2 Dec 2025."""
    return f"{moment.day} {moment:%b %Y}"


def number(value: float | None, form: str = ".0f") -> str:
    """Format a number with a true minus sign; a dash where it is None or NaN."""
    if value is None or value != value:  # noqa: PLR0124 - NaN differs from itself
        return UNKNOWN
    return format(value, form).replace("-", "−")
