"""What is saved about a series besides its bars, and what was said of it before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class EarlierFacts(NamedTuple):
    """What a provider said of a series in answers before `until`."""

    until: datetime
    timezone: str
    instrument: str
    currency: str
    source: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is saved about a series besides its bars.

    Attributes
    ----------
    fetched_at : datetime
        When the provider last answered.
    full_at : datetime
        When it last gave the whole history.
    timezone, instrument, currency : str
        As in `providers.Meta`.
    source : str
        Name of the provider; empty in files from before it was recorded.
    earlier : tuple of EarlierFacts
        What was said before, the oldest first.
    held_back : str
        Which prices of the last answer were not believed, and why; empty for none.
    """

    fetched_at: datetime
    full_at: datetime
    timezone: str = "UTC"
    instrument: str = ""
    currency: str = ""
    source: str = ""
    earlier: tuple[EarlierFacts, ...] = ()
    held_back: str = ""

    def at(self, instant: datetime | None) -> Facts:
        """Return the facts as they were known at an instant; None means now."""
        then = next((earlier for earlier in self.earlier if instant is not None and instant < earlier.until), None)
        return replace(self, **{name: getattr(then, name) for name in _SAID}) if then else self

    def said(self, until: datetime) -> EarlierFacts:
        """Return what is said now, as what was said before `until`."""
        return EarlierFacts(until, *(getattr(self, name) for name in _SAID))


_SAID = EarlierFacts._fields[1:]
