"""Asking an ASGI application as a server would, without one; a request is one call."""

from __future__ import annotations

import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the body as it was sent, headers in lower case."""

    status: int
    headers: dict[str, str]
    sent: bytes

    @property
    def body(self) -> bytes:
        """The body, unpacked."""
        return gzip.decompress(self.sent) if self.headers.get("content-encoding") == "gzip" else self.sent

    @property
    def json(self):
        """The body, read."""
        return json.loads(self.body)


async def asked(app, address, *, method="GET", client="127.0.0.1", **headers) -> Answered:
    """Ask within a running loop; headers by name with underscores, None leaves one out."""
    path, _, query = address.partition("?")
    named = {"host": "localhost:8501", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in named.items() if value is not None
        ],
        "client": (client, 1),
        "server": ("127.0.0.1", 8501),
    }
    messages = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        messages.append(message)

    await app(scope, receive, send)
    start, *bodies = messages
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    assert len(found) == len(start["headers"]), "a header was sent twice"
    return Answered(start["status"], found, b"".join(body["body"] for body in bodies))


def ask(app, address, **how) -> Answered:
    """Ask once."""
    return run(asked(app, address, **how))


def run(coroutine):
    """Run a coroutine to its end on a thread of its own: a browser's driver may keep a loop on this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


async def no_page(_scope, _receive, _send):
    """Stand behind the API, which answers its own addresses."""
    raise AssertionError("the API answers its own addresses")
