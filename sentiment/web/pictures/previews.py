"""The words that a preview of a link shows, and the picture beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from sentiment.formatting import plain_day, spelled_out, visible
from sentiment.market import assets
from sentiment.models import Selection
from sentiment.research import library
from sentiment.scoring.score import headline
from sentiment.web import links, sentences
from sentiment.web.link_spelling import EMBED
from sentiment.web.page.ahead import ahead
from sentiment.web.page.screen import Screen, load_screen

if TYPE_CHECKING:
    from sentiment.models import Note

_MOST = 300
"""Characters of a title or description: networks cut them sooner."""
_HARMLESS = {"method"}
"""Parameters that a link may have wrong and still show what it asks for: an older link shows the figures of this method."""


class Preview(NamedTuple):
    """What a preview shows of a link: texts that may come from outside, and queries without the address of the page.

    Attributes
    ----------
    title, description : str
    query : str
        The canonical query of the link.
    card : str
        The query of its card, which has the day of the title, so that the two agree whenever they are fetched.
    alt : str
        What the card shows.
    asset : str
        Symbol of the asset shown, whose feed the page names.
    answer : str
        The answer as HTML, to stand ahead of the page; empty where the page shows another.
    """

    title: str
    description: str
    query: str
    card: str
    alt: str
    asset: str
    answer: str


def preview(query: str, *, with_answer: bool = True) -> Preview | None:
    """Return the preview of a link by its query; None where the page shows something else than the link asks for.

    Its answer draws a chart; whoever shows none leaves it out with `with_answer`.

    Raises
    ------
    SentimentError
        If prices or notes cannot be read.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    selection, problems = links.parse_pairs(pairs)
    if not {problem.name for problem in problems} <= _HARMLESS:
        return None
    screen = load_screen(selection)
    asset = assets.asset(selection.asset, selection.known_at)
    said = headline(screen.scores, asset)
    note = next((note for note in library.library(selection.known_at) if note.id == selection.note), None)
    title, description = (
        said.rstrip("."),
        f"{sentences.changes(screen.scores).replace('**', '')} {sentences.NOT_ADVICE}",
    )
    if note is not None and selection.view == "Research":
        title, description = _of_note(note), f"{said} {sentences.NOT_ADVICE}"
    elif selection.view != Selection().view:
        title = f"{selection.view}: {title}"
    is_page = with_answer and not problems and not EMBED & {name for name, _ in pairs}
    return Preview(
        _plain(title),
        _plain(description),
        links.to_query(selection),
        _card(screen),
        _plain(said),
        selection.asset,
        ahead(screen) if is_page else "",
    )


def _of_note(note: Note) -> str:
    return f"{visible(note.title)}: {spelled_out(note.publisher)}, {plain_day(note.day)}"


def _card(screen: Screen) -> str:
    chosen, default = screen.selection, Selection()
    shown = replace(
        default,
        asset=chosen.asset,
        as_of=screen.as_of,
        known_at=chosen.known_at,
        weights=chosen.weights,
        range=chosen.range,
        log=chosen.log,
    )
    return links.to_query(shown)


def _plain(text: str) -> str:
    """Return a text in one line without invisible characters, and not too long."""
    line = " ".join(visible(text).split())
    return line if len(line) <= _MOST else f"{line[: _MOST - 1]}…"
