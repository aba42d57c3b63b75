"""The step of `sentiment watch` that looks at the followed sources."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sentiment.errors import SentimentError
from sentiment.formatting import counted
from sentiment.market.watch import Outcome
from sentiment.research import fetching, followed
from sentiment.research.sources import folder, following

if TYPE_CHECKING:
    from sentiment.market.watch import Stop
    from sentiment.research.inbox_rows import Source
    from sentiment.research.sources.following import Looked

_QUIET_MS: Final = 1_000
_LIST_AGAIN_MS: Final = 30_000
"""How often it is looked whether another folder is followed by now."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Notes:
    """The step that takes new entries of the followed sources into the inbox, where they wait for a person.

    Attributes
    ----------
    at_once : bool
        Whether files of watched folders are taken in between the rounds as well, as soon as they stand still.
    """

    at_once: bool = True
    _watcher: threading.Thread | None = None

    def __call__(self, stop: Stop) -> Outcome:
        """Do the step."""
        try:
            sources = followed.sources()
        except SentimentError as error:
            return Outcome("the followed sources cannot be read", {"inbox": str(error)})
        now = datetime.now(UTC)
        due = [source for source in sources if following.is_due(source, now)]

        def looked(source: Source) -> Looked | None:
            return None if stop.requested() else following.look_at(source)

        with ThreadPoolExecutor(fetching.AT_ONCE, "notes") as pool:
            done = [one for one in pool.map(looked, due) if one is not None]
        self._watch_folders(sources, stop)
        if not done:
            return Outcome("")
        new = sum(len(one.entries) for one in done)
        return Outcome(
            f"{sum(not one.failed for one in done)} of {counted(len(sources), 'source')} read, {counted(new, 'new entry')}",
            {one.source.id: one.trouble for one in done if one.trouble},
            unreached=all(one.failed for one in done),
        )

    def _watch_folders(self, sources: tuple[Source, ...], stop: Stop) -> None:
        running = self._watcher is not None and self._watcher.is_alive()
        if self.at_once and not running and any(source.kind == folder.KIND for source in sources):
            self._watcher = threading.Thread(target=watch_folders, args=(stop,), name="folders", daemon=True)
            self._watcher.start()


@dataclass(frozen=True, slots=True)
class _Ended:
    """A stop in the form that watchfiles asks for."""

    stop: Stop

    def is_set(self) -> bool:
        return self.stop.requested()


def watch_folders(stop: Stop) -> None:
    """Take files of the watched folders in as soon as they stand still, until an end is requested or none is watched."""
    from watchfiles import watch  # noqa: PLC0415 - only watched folders need it

    while not stop.requested():
        try:
            sources = {one.address: one for one in followed.sources() if one.kind == folder.KIND}
        except SentimentError as error:
            _log.warning("%s", error)
            return
        if not sources:
            return
        try:
            for changes in watch(
                *sources,
                step=_QUIET_MS,
                rust_timeout=_LIST_AGAIN_MS,
                yield_on_timeout=True,
                stop_event=_Ended(stop),
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                if not changes:
                    break
                stop.wait(folder.STANDS_STILL)
                for address, source in sources.items():
                    if any(path.startswith(address) for _, path in changes) and not stop.requested():
                        _take_in(source)
        except (OSError, RuntimeError) as cause:  # a folder went away: the next round tells of it
            _log.warning("a watched folder cannot be watched, so it waits for the next round: %s", cause)
            return


def _take_in(source: Source) -> None:
    looked = following.look_at(followed.find_source(source.id))
    if looked.entries:
        _log.info("%s: %d new in the inbox", source.id, len(looked.entries))
