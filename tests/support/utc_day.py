"""The day it is now. Tests ask for it when they run: a run may begin before midnight and end after it."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    return datetime.now(UTC).date()
