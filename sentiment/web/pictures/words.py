"""What stands in a picture besides its drawing: the finding, asset and days, source, licence and frozen link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sentiment.charts import svg
from sentiment.charts.pictures import Words
from sentiment.formatting import plain_day
from sentiment.market import assets, history
from sentiment.models import METHOD, Asset, Selection
from sentiment.web import citation
from sentiment.web.picture_names import PICTURES

if TYPE_CHECKING:
    from datetime import date

    from sentiment.web.page.screen import Screen


class Drawn(NamedTuple):
    """A picture as SVG, and its words."""

    svg: str
    words: Words


@dataclass(frozen=True)
class Shown:
    """What a picture shows: its name, the screen behind it, and the address of the page."""

    name: str
    screen: Screen
    base: str

    @cached_property
    def asset(self) -> Asset:
        """The asset; named by its symbol where our font cannot write its name."""
        found = assets.asset(self.screen.key.asset, self.screen.key.known_at)
        return found if svg.can_write(found.title) else replace(found, title=found.symbol)

    @cached_property
    def frozen(self) -> Selection:
        """The selection that shows the same for good, on the view of the page that has the picture."""
        chosen = replace(self.screen.selection, view=PICTURES[self.name].view, chart=None)
        return citation.frozen(chosen, self.screen.as_of)

    def words(self, title: str, note: str, *, start: date | None = None, about: str = "", says: str = "") -> Words:
        """Return the words of the picture.

        Parameters
        ----------
        title : str
            A sentence with the finding.
        note : str
            How to read the drawing.
        start : date, optional
            The first day, where more than one is shown.
        about : str
            What the picture is about, where that is not the asset with its days.
        says : str
            What is cited, where that is not the title.
        """
        day, known_at = self.screen.as_of, self.frozen.known_at
        days = f"{plain_day(start)} to {plain_day(day)}" if start else plain_day(day)
        about = about or f"{self.asset.title} ({self.asset.symbol}), {days}"
        cited = citation.cite(says or title, self.frozen, self.base)
        until = plain_day(history.provenance(self.screen.key.asset, day, known_at).last_bar)
        licences = [f"{source}: {licence}" if licence else source for source, licence in self._terms.items()]
        return Words(
            title=title,
            about=about,
            note=note,
            source=f"Source: {', '.join(self._terms)}, to {until}. Method {METHOD}. Not advice.",
            licence=f"Licence: {'; '.join(licences)}.",
            link=cited.link,
            alt=f"{about}. {title} {note}".strip(),
            citation=cited.full,
        )

    @cached_property
    def _terms(self) -> dict[str, str]:
        return citation.terms(self.screen.key.asset, self.frozen.known_at)
