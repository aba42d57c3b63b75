"""Viewers without a browser: they speak Streamlit's own protocol over its own websocket, packed as a browser's is.

``python -m bench.viewers ADDRESS COUNT SECONDS`` lets some of them change a control every five seconds and prints, as JSON,
how long each change took and which share of a core these viewers took themselves.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

EVERY = 5.0
"""Seconds between two changes of one viewer."""
RANGES = ("1Y", "2Y")
_PACKED = ClientPerMessageDeflateFactory(client_max_window_bits=True)  # what Chromium offers


class _Connection(ClientConnection):
    """Counts the bytes as they come, before anything is unpacked."""

    received = 0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        super().data_received(data)


@dataclass(slots=True)
class Run:
    """What one run of the page's script took and sent.

    Figures come anew (their messages) or by the name of what is there; `alerts` (warnings and errors) and `words` are what a viewer reads.
    """

    seconds: float = 0.0
    first_chart: float | None = None
    wire: int = 0
    messages: int = 0
    figures: list[ForwardMsg] = field(default_factory=list)
    named: int = 0
    alerts: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


class Viewer:
    """One session of the page.

    It keeps large messages as a browser does, but only those of its last run: a figure that is not on its screen comes
    anew, so a change costs the most that it can.
    """

    def __init__(self, socket: _Connection) -> None:
        self._socket = socket
        self._controls: dict[str, str] = {}
        self._kept: dict[str, ForwardMsg] = {}
        self.session = ""
        """Its id, once a page was asked for."""

    async def send(self, message: bytes) -> None:
        """Send bytes as they are, which may be no message of Streamlit's."""
        await self._socket.send(message)

    async def run(self, *, query: str | None = None, forged: Mapping[str, str] | None = None, **choices: str) -> Run:
        """Ask for the page with these choices, parameters of its link, or with a link as it is; wait until all is here.

        `forged` are texts of controls that are not there.
        """
        run, kept, before, started = Run(), dict[str, ForwardMsg](), self._socket.received, time.perf_counter()
        await self._socket.send(self._asked(choices, query, forged or {}).SerializeToString())
        while True:
            message = ForwardMsg.FromString(await self._socket.recv(decode=False))
            run.messages += 1
            self.session = message.new_session.initialize.session_id or self.session
            named = message.ref_hash
            if named:
                run.named += 1
                message = self._kept[named]
            if named or message.metadata.cacheable:
                kept[message.hash] = message
            element = message.delta.new_element
            if element.HasField("plotly_chart"):
                run.first_chart = run.first_chart or time.perf_counter() - started
                run.figures += [] if named else [message]
            elif element.HasField("button_group"):
                *_, key = element.button_group.id.split("-", 2)  # $$ID, a hash, the key of the control
                self._controls[key] = element.button_group.id
            elif element.HasField("alert") and element.alert.format in {Alert.ERROR, Alert.WARNING}:
                run.alerts.append(element.alert.body)
            elif element.HasField("markdown"):
                run.words.append(element.markdown.body)
            elif element.HasField("exception"):
                raise RuntimeError(element.exception.message)
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY and message.HasField("script_finished"):
                break
        self._kept, run.seconds = kept, time.perf_counter() - started
        run.wire = self._socket.received - before
        return run

    def _asked(self, choices: dict[str, str], query: str | None, forged: Mapping[str, str]) -> BackMsg:
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string = urlencode(choices) if query is None else query
        state.context_info.url = "http://localhost/"
        state.cached_message_hashes.extend(self._kept)
        for name in choices.keys() & self._controls.keys():
            state.widget_states.widgets.add(id=self._controls[name]).string_array_value.data.append(choices[name])
        for name, text in forged.items():
            state.widget_states.widgets.add(id=f"$$ID-{name}-None", string_value=text)
        return asked


@asynccontextmanager
async def viewing(address: str) -> AsyncIterator[Viewer]:
    """Open a session of the page at `address` (``http://localhost:8501/``)."""
    async with connect(
        f"ws{address.removeprefix('http')}_stcore/stream",
        create_connection=_Connection,
        compression=None,
        extensions=[_PACKED],
        max_size=None,
        max_queue=None,
        proxy=None,
        ping_interval=None,
    ) as socket:
        assert isinstance(socket, _Connection)  # as asked for, which the types do not know
        yield Viewer(socket)


async def _changes(viewer: Viewer, first: float, until: float) -> list[float]:
    """Change the range at fixed times; a change that had to wait for the one before counts from when it was due."""
    taken = []
    for turn in range(int((until - first) // EVERY)):
        due = first + turn * EVERY
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await viewer.run(range=RANGES[turn % len(RANGES)])
        taken.append(time.perf_counter() - due)
    return taken


async def crowd(address: str, viewers: int, seconds: float) -> list[float]:
    """Let many viewers change a control, evenly spread over the time between two changes of one of them."""
    async with AsyncExitStack() as stack:
        sessions = []
        for _ in range(viewers):
            session = await stack.enter_async_context(viewing(address))
            await session.run()
            sessions.append(session)
        start = time.perf_counter() + 1.0
        spread = [start + EVERY * place / viewers for place in range(viewers)]
        taken = await asyncio.gather(
            *(_changes(one, first, first + seconds) for one, first in zip(sessions, spread, strict=True))
        )
    return [one for several in taken for one in several]


def main(address: str, viewers: str, seconds: str) -> None:
    """Print the seconds of each change, and the share of a core that these viewers took."""
    started = time.perf_counter()
    taken = asyncio.run(crowd(address, int(viewers), float(seconds)))
    print(json.dumps({"seconds": taken, "busy": time.process_time() / (time.perf_counter() - started)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
