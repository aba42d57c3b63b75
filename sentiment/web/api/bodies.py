"""What the API answers with: a table in any form, the badge or a picture; and what such a body depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.market import bar_store
from sentiment.research import library
from sentiment.tables import answer as answers
from sentiment.tables import withholding
from sentiment.web import pictures, table_forms
from sentiment.web.api import feed_bodies
from sentiment.web.api.addresses import BADGE
from sentiment.web.api.badge import badge
from sentiment.web.api.feed_names import SUBSCRIPTIONS
from sentiment.web.api.problems import ProblemError
from sentiment.web.api.response_cache import Written
from sentiment.web.picture_names import PICTURES
from sentiment.web.picture_subjects import reserved

if TYPE_CHECKING:
    from sentiment.web.api.queries import ApiRequest

MEDIA = {
    **table_forms.MEDIA,
    "svg": "image/svg+xml",
    "png": "image/png",
    "html": "text/html; charset=utf-8",
    **{told.form: told.media for told in SUBSCRIPTIONS.values()},
}


def data_version(name: str = "") -> tuple[object, ...]:
    """Return numbers that change whenever anything is saved that an answer may depend on: any prices, any note.

    Parameters
    ----------
    name : str
        The table; prices depend on no note.

    Raises
    ------
    StoreError
        If the saved notes cannot be read.
    """
    prices = tuple((symbol, bar_store.changed_at(symbol)) for symbol in bar_store.symbols())
    return prices if name == "prices" else (*prices, library.version())


def names_the_page(request: ApiRequest) -> bool:
    """Return whether an answer holds a link to the page, and so depends on the address at which the page is."""
    return request.form in {*table_forms.FORMS} - {"csv"} or request.name in PICTURES or request.name in SUBSCRIPTIONS


def write_body(request: ApiRequest, base: str, *, everything: bool) -> Written:
    """Write the answer to a request: a table with the same bytes as on the command line, the badge, a picture, a feed or a calendar.

    Without `everything`, what may not be passed on is left out. A picture in pixels shows what the page shows; one in SVG holds its
    figures, and goes as a table does.

    Parameters
    ----------
    request : ApiRequest
    base : str
        Address of the page, for links to it.
    everything : bool
        Whether who asks may have figures that their source does not let be passed on.

    Raises
    ------
    ProblemError
        If no figure would be left.
    SelectionError
        If the source of the rows does not give a column that is asked for, or a workbook cannot hold so many rows.
    """
    if request.name == BADGE:
        return Written(badge(request.selection).encode())
    if request.name in SUBSCRIPTIONS:
        return Written(feed_bodies.write(request, base))
    if request.name in PICTURES:
        return _picture(request, base, everything=everything)
    if not everything and (forbidden := withholding.forbidden(request.name, request.selection, request.extent)):
        raise ProblemError("withheld", withholding.sentence(forbidden))
    answer = answers.answer(request.name, request.selection, request.extent, request.writing.columns)
    withheld = answer.withheld
    if not everything:
        if withheld.whole:
            raise ProblemError("withheld", withholding.sentence(withheld.reserved))
        answer = answer.for_anyone()
    body = table_forms.write(request.form, answer, request.query, base, request.writing.signs)
    return Written(body, withheld.columns)


def _picture(request: ApiRequest, base: str, *, everything: bool) -> Written:
    selection = request.selection
    if request.form == "png":
        return Written(pictures.for_everyone(request.name, selection, base, request.assets))
    behind = reserved(request.name, selection, request.assets)
    if behind and not everything:
        raise ProblemError("withheld", f"{withholding.sentence(behind)} The same picture as PNG is for everyone.")
    return Written(
        pictures.draw(request.name, request.form, selection, base, request.assets), ("figures",) if behind else ()
    )


def link_header(request: ApiRequest) -> str:
    """Return the Link header of an answer (RFC 8288): its description, and the same rows in other forms; empty for badge and pictures.

    The targets are relative, so that they hold behind any prefix of a proxy.
    """
    if request.form not in table_forms.FORMS:
        return ""
    targets = []
    for form in table_forms.FORMS:
        if form != request.form:
            asked = request.writing.asked(request.rows, form)
            query = f"?{asked}" if asked else ""
            relation = "describedby" if form == "metadata.json" else "alternate"
            media = MEDIA[form].partition(";")[0]
            targets.append(f'<{request.name}.{form}{query}>; rel="{relation}"; type="{media}"')
    return ", ".join(targets)
