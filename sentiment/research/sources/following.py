"""Follow a source, look at it, and leave it alone for a while after a failure."""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from sentiment.errors import InputError, SentimentError
from sentiment.formatting import counted
from sentiment.research import fetching, followed, inbox, web_address
from sentiment.research.importers.document import one_line
from sentiment.research.inbox_rows import Source
from sentiment.research.sources import feed, folder, intake, mail, page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentiment.research.inbox_rows import Entry
    from sentiment.research.sources.items import Look

LOOKS: Final[Mapping[str, Callable[[Source], Look]]] = {one.KIND: one.look for one in (feed, page, folder, mail)}
"""How each kind of source is looked at."""
PAUSE: Final = timedelta(minutes=14)
"""Time for which a source on the web is left alone after a look; a round comes each quarter of an hour."""
LONGEST_PAUSE: Final = timedelta(days=1)
_MOST_TOLD: Final = 5
_SENDER: Final = re.compile(r"[^@\s\"<>()\\]{0,64}@[a-z0-9.-]{1,253}")
_log = logging.getLogger(__name__)


class Looked(NamedTuple):
    """What a look did: new entries, and what went wrong; empty if nothing."""

    source: Source
    entries: tuple[Entry, ...]
    trouble: str = ""
    failed: bool = False


def follow_address(url: str, *, who: str, publisher: str = "", as_page: bool = False) -> Looked:
    """Follow a feed or a page. Of a page that names its feed, the feed is followed.

    Parameters
    ----------
    url : str
    who : str
        Who follows it.
    publisher : str
        Whose notes it brings; without it what the feed or page calls itself.
    as_page : bool
        Whether to follow the page itself, even if it names a feed.

    Raises
    ------
    InputError, FetchError
        If it cannot be fetched or read, or is followed already.
    """
    address = web_address.plain(url)
    answer = fetching.fetch(address)
    kind, look = page.KIND, None
    if feed.looks_like(answer.content):
        kind, look = feed.KIND, feed.of_answer(answer)
    elif not as_page and (named := feed.alternates(answer.content, answer.url)):
        address = web_address.plain(named[0])
        kind, look = feed.KIND, feed.of_answer(fetching.fetch(address, most=feed.MAX_BYTES))
    if look is None:
        kind, look = page.KIND, page.of_answer(answer, address)
    called = publisher or look.name or str(urlsplit(address).hostname)
    return _begun(Source(_slug(called), kind, address, _name(called), {}, datetime.now(UTC), who), look)


def add_feed(url: str, *, who: str, publisher: str = "") -> Source:
    """Follow a feed without looking at it now, as a list of many brings it.

    Raises
    ------
    InputError
        If it is no address, or followed already.
    """
    address = web_address.plain(url)
    called = publisher or str(urlsplit(address).hostname)
    return followed.add_source(Source(_slug(called), feed.KIND, address, _name(called), {}, datetime.now(UTC), who))


def follow_folder(path: str, *, who: str, publisher: str = "") -> Looked:
    """Follow a folder of this machine.

    Raises
    ------
    InputError
        If there is none, or it is followed already.
    """
    address = folder.address(path)
    called = publisher or address.rpartition("/")[2] or "folder"
    return _begun(Source(_slug(called), folder.KIND, address, _name(publisher), {}, datetime.now(UTC), who))


def follow_mail(address: str, senders: tuple[str, ...], *, who: str, publisher: str = "") -> Looked:
    """Follow a mail folder.

    Parameters
    ----------
    address : str
        ``imaps://user@host/Folder``.
    senders : tuple of str
        Whose mails are taken: addresses, or whole domains as ``@example.com``.

    Raises
    ------
    InputError, FetchError
        If it is no mail folder, no sender is named, or it cannot be opened.
    """
    mail.mailbox(address)
    plain = tuple(sender.strip().lower() for sender in senders)
    if not plain or not all(_SENDER.fullmatch(sender) for sender in plain):
        raise InputError(
            "name whose mails are taken with --from, such as desk@example.com or, for a whole domain, @example.com"
        )
    called = publisher or plain[0].rpartition("@")[2]
    source = Source(
        _slug(called), mail.KIND, address, _name(publisher), {"senders": list(plain)}, datetime.now(UTC), who
    )
    mail.look(replace(source, options={}))  # whether it opens at all
    return _begun(source)


def look_at(source: Source) -> Looked:
    """Look at a source, and take in what is new; a failure is remembered with the source, and never raised."""
    try:
        look = LOOKS[source.kind](source)
        taken = intake.take(source, look)
        trouble = _troubles(look, taken)
        _remember(source, trouble)
    except SentimentError as error:
        return _failed(source, error)
    return Looked(source, taken.entries, trouble)


def _troubles(look: Look, taken: intake.Taken) -> str:
    told = [*look.troubles[:_MOST_TOLD]]
    if taken.left:
        told.append(f"{counted(taken.left, 'entry')} found no room in the inbox: decide on some first")
    if taken.unkept:
        told.append(
            f"{counted(taken.unkept, 'entry')} changed more than {inbox.MAX_VERSIONS} times: the last changes are not kept"
        )
    return "; ".join(told)


def is_due(source: Source, now: datetime) -> bool:
    """Return whether a source may be asked again."""
    text = source.memory.get("ask_at")
    return text is None or datetime.fromisoformat(text) <= now


def _begun(source: Source, look: Look | None = None) -> Looked:
    """Follow a source, and take in what it has now."""
    added = followed.add_source(source)
    if look is None:
        return look_at(added)
    taken = intake.take(added, look)
    trouble = _troubles(look, taken)
    _remember(added, trouble)
    return Looked(added, taken.entries, trouble)


def _remember(source: Source, trouble: str) -> None:
    now = datetime.now(UTC)
    memory = dict(followed.find_source(source.id).memory)
    memory = {name: value for name, value in memory.items() if name not in {"failures", "trouble", "ask_at"}}
    memory["looked_at"] = now.isoformat(timespec="seconds")
    if trouble:
        memory["trouble"] = trouble[:1000]
    if source.kind in {feed.KIND, page.KIND}:
        memory["ask_at"] = (now + PAUSE).isoformat(timespec="seconds")
    followed.remember(source.id, memory)


def _failed(source: Source, error: SentimentError) -> Looked:
    """Remember a failure: each further one doubles the pause, up to a day, and a wait that is asked for is kept."""
    now, memory = datetime.now(UTC), dict(source.memory)
    failures = int(memory.get("failures", 0)) + 1
    pause = min(PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    wait = getattr(error, "wait", None)
    if wait is not None:
        pause = max(pause, timedelta(seconds=wait))
    memory |= {"failures": failures, "trouble": str(error)[:1000], "failed_at": now.isoformat(timespec="seconds")}
    memory["ask_at"] = (now + pause).isoformat(timespec="seconds")
    try:
        followed.remember(source.id, memory)
    except SentimentError as cause:  # of the database, which the next look meets again
        _log.warning("%s: %s", source.id, cause)
    return Looked(source, (), str(error), failed=True)


def _name(text: str) -> str:
    return one_line(text, 100) or ""


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "source"


def take_whole(entry: Entry) -> Entry:
    """Fetch the page of an entry, and take its full text as a new version.

    Raises
    ------
    InputError, FetchError
        If it has no address, that cannot be fetched or read, or it has no other text than the entry.
    """
    if not entry.address:
        raise InputError("the entry names no address, so there is no full text to fetch")
    document, _ = page.fetched(entry.address)
    return intake.take_whole(entry, document)
