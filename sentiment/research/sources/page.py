"""A page at an address: read like an uploaded one, with trafilatura's judgement of what on it is the note."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sentiment.errors import FetchError
from sentiment.research import fetching, importers
from sentiment.research.sources.items import Look, of_document, quoted

if TYPE_CHECKING:
    from sentiment.research.fetching import Fetched
    from sentiment.research.importers import Document
    from sentiment.research.inbox_rows import Source

KIND: Final = "page"
_NAMES: Final = {
    "text/html": "page.html", "application/xhtml+xml": "page.html", "application/pdf": "page.pdf", "text/plain": "page.txt",
    "text/markdown": "page.md",
}  # fmt: skip


def look(source: Source) -> Look:
    """Read a page if it has changed."""
    memory = source.memory
    answer = fetching.fetch(source.address, etag=memory.get("etag", ""), modified=memory.get("modified", ""))
    if answer.unchanged:
        kept = {name: memory[name] for name in ("etag", "modified") if name in memory}
        return Look((), lambda _: kept)
    return of_answer(answer, source.address)


def of_answer(answer: Fetched, address: str) -> Look:
    """Return the one entry that a page is."""
    document = read(answer)
    item = of_document(document, address, datetime.now(UTC), answer.url)
    memory: dict[str, Any] = {"etag": answer.etag, "modified": answer.modified}
    return Look((item,), lambda stored: memory if stored else {}, name=document.publisher or "")


def read(answer: Fetched) -> Document:
    """Read a fetched page, PDF or text.

    Raises
    ------
    FetchError
        If there is nothing in it.
    InputError
        If it cannot be read.
    """
    told = quoted(answer.url)
    if not answer.content.strip():
        raise FetchError(f"{told} is empty")
    name = _NAMES.get(answer.kind, "page")
    document = importers.read_file(name, answer.content, called=told, charset=answer.charset)
    if document.kind == "note":  # somebody else's page does not say what a note of ours is called and how it counts
        return importers.Document("text", document.text)
    return document


def fetched(url: str) -> tuple[Document, str]:
    """Fetch and read a page; return it with the address it was found at.

    Raises
    ------
    InputError, FetchError
        If it cannot be fetched or read.
    """
    answer = fetching.fetch(url)
    return read(answer), answer.url
