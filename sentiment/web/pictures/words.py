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
from sentiment.web.page.screen import load_screen
from sentiment.web.picture_names import PICTURES
from sentiment.web.picture_subjects import subjects

if TYPE_CHECKING:
    from datetime import date

    from sentiment.web.page.screen import Screen


class Drawn(NamedTuple):
    """A picture as SVG, and its words."""

    svg: str
    words: Words


@dataclass(frozen=True)
class Shown:
    """What a picture shows: its name, what is selected, the address of the page, and the assets where several are named."""

    name: str
    selection: Selection
    base: str
    assets: tuple[str, ...] | None = None

    @cached_property
    def screen(self) -> Screen:
        """The screen behind it."""
        return load_screen(self.selection)

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The assets whose prices are behind it."""
        return subjects(self.name, self.selection, self.assets)

    @cached_property
    def asset(self) -> Asset:
        """The asset; named by its symbol where our font cannot write its name."""
        found = assets.asset(self.selection.asset, self.selection.known_at)
        return found if svg.can_write(found.title) else replace(found, title=found.symbol)

    def frozen(self, day: date) -> Selection:
        """Return the selection that shows the same for good, on the view of the page that has the picture."""
        return citation.frozen(replace(self.selection, view=PICTURES[self.name].view, chart=None), day)

    def words(  # noqa: PLR0913 - all that stands in it
        self,
        title: str,
        note: str,
        *,
        start: date | None = None,
        about: str = "",
        says: str = "",
        day: date | None = None,
        of: tuple[str, ...] = (),
        link: str = "",
    ) -> Words:
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
        day : date, optional
            The last day, where that is not the screen's.
        of : tuple of str
            The assets whose prices are shown, where that is not all of `subjects`.
        link : str
            The address that shows the same, where that is not the page's.
        """
        day = day or self.screen.as_of
        pinned = self.frozen(day)
        of = of or self.subjects
        terms = citation.terms(of, pinned.known_at)
        title, note = title.replace("**", ""), note.replace("**", "").strip()
        days = f"{plain_day(start)} to {plain_day(day)}" if start else plain_day(day)
        shown = about or f"{self.asset.title} ({self.asset.symbol}), {days}"
        cited = citation.cite(says or title, pinned, self.base, about, of)
        known_at = pinned.known_at
        until = max(bars.index[-1].date() for symbol in of if len(bars := history.bars(symbol, day, known_at)))
        licences = [f"{source}: {licence}" if licence else source for source, licence in terms.items()]
        return Words(
            title=title,
            about=shown,
            note=note,
            source=f"Source: {', '.join(terms)}, to {plain_day(until)}. Method {METHOD}. Not advice.",
            licence=f"Licence: {'; '.join(licences)}.",
            link=link or cited.link,
            alt=f"{shown}. {title} {note}".strip(),
            citation=cited.full,
        )
