"""A real server under attack: garbage, foreign pages, rebinding, uploads, slow clients, traversal; the rest goes on."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import asgi
from bench.viewers import viewing
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosedError

from sentiment.web.links import CHARTS
from torture import forged
from torture.outcome import SHOWN, Outcome, late
from torture.served import ROOT, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torture.served import Served

GARBAGE = 300
FRAMES = 600
FORWARDED = 300
SLOW = 200
"""Slow clients at once."""
ANSWER = 1.0
"""Seconds within which everyone else has an answer."""
PATIENCE = 20.0
SETTLES = 180.0
"""Seconds after which a connection that is still open counts as never closed."""
"""Seconds that the guard waits for the next part of a body."""
LEAKS = re.compile(
    rb"Traceback|site-packages|File \"|line \d+, in |sqlalchemy|psycopg|" + re.escape(str(ROOT).encode())
)
HEADERS = (
    b"x-content-type-options", b"content-security-policy", b"referrer-policy", b"permissions-policy",
    b"cross-origin-opener-policy", b"x-request-id",
)  # fmt: skip
PLACES = (
    "/",
    "/api/v1/",
    "/api/v1/scores.json",
    "/api/v1/prices.csv",
    "/static/",
    "/media/",
    "/_stcore/",
    "/component/",
    "/app/",
)
PARTS = (
    "..", "%2e%2e", "..%2f", "%2F", "%5c", "\\", "%00", "%", "%zz", "%ff%fe", "a" * 300, "etc/passwd", ".streamlit/config.toml",
    "app.py", "<script>", "'--", "{{7*7}}", "${jndi:x}", "%0d%0aX: 1", "\u202e", "*", "?", "#", ";", "//", "~root", "con", "-1", "1e999",
)  # fmt: skip
TRAVERSALS = tuple(
    f"{place}{climb * depth}{target}"
    for place in ("/static/", "/media/", "/component/x/", "/app/static/", "/api/v1/", "/_stcore/", "/")
    for climb in ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "....//", ".%00./")
    for depth in (1, 4)
    for target in ("etc/passwd", ".streamlit/config.toml")
)
TOO_BIG = 1009
"""The code with which a websocket is closed for a message beyond its bound (RFC 6455)."""
SECRETS = (b"root:x:0", b"allowedHosts =", b"[server]")


@dataclass
class Watched:
    """Answers of the rest of the world meanwhile."""

    slowest: float = 0.0
    failed: list[str] = field(default_factory=list)


@dataclass
class Attack:
    """What one attack found."""

    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    note: str = ""


def run(scale: float, seed: int) -> list[Outcome]:
    """Start one server and attack it in every way while another client polls its health."""
    outcomes = []
    with serving() as server:
        ask(server, b"GET /api/v1/badge.svg HTTP/1.1")
        for what, attack in WAYS.items():
            found, began = Attack(), time.perf_counter()
            with watching(server) as meanwhile:
                attack(server, found, scale, random.Random(seed))
            wrong = [*found.wrong, *meanwhile.failed]
            if late(meanwhile.slowest, ANSWER):
                wrong.append(f"meanwhile another client waited {meanwhile.slowest:.1f} s")
            note = found.note or f"slowest {found.slowest:.2f} s"
            note += f"; another client never waited over {meanwhile.slowest:.2f} s"
            outcomes.append(
                Outcome(what, found.tried, len(wrong), time.perf_counter() - began, note, tuple(wrong[:SHOWN]))
            )
        log, called = server.log(), server.called()
    wrong = [line for line in log.splitlines() if "Traceback" in line]
    outcomes.append(Outcome("tracebacks in its log", 1, len(wrong), 0.0, f"{len(log):,} characters"))
    outcomes.append(Outcome("calls to elsewhere", 1, len(called), 0.0, "looked up or called", tuple(called[:SHOWN])))
    return outcomes


@contextmanager
def watching(server: Served) -> Iterator[Watched]:
    """Poll the server's health as another client."""
    found, stop = Watched(), threading.Event()

    def look() -> None:
        while not stop.wait(0.1):
            began = time.perf_counter()
            try:
                status, _, _ = ask(server, b"GET /healthz HTTP/1.1")
            except OSError as error:
                status = repr(error)
            found.slowest = max(found.slowest, time.perf_counter() - began)
            if status != 200:
                found.failed.append(f"meanwhile another client was answered {status}")

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()


def ask(
    server: Served, line: bytes, *headers: bytes, body: bytes = b"", wait: float = 30.0
) -> tuple[int, bytes, bytes]:
    """Send a request as given; returns the status (0: connection closed), the headers in lower case, and the body."""
    names = [one.partition(b":")[0].lower() for one in headers]
    named = [] if b"host" in names else [b"Host: localhost:%d" % server.port]
    ending = [] if b"connection" in names else [b"Connection: close"]
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as client:
        client.sendall(b"\r\n".join([line, *named, *headers, *ending, b"", b""]) + body)
        return received(client)


def received(client: socket.socket, most: int = 2**22) -> tuple[int, bytes, bytes]:
    answer = b""
    with suppress(ConnectionResetError, TimeoutError):
        while len(answer) < most and (part := client.recv(65_536)):
            answer += part
            if answer.startswith(b"HTTP/1.1 101"):
                break
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1]) if head.startswith(b"HTTP/1.") else 0
    return status, head.lower(), body


def held(
    found: Attack, what: str, answer: tuple[int, bytes, bytes], allowed: tuple[int, ...], *, guarded: bool = True
) -> None:
    """Check an answer: its status, no internal details, our headers."""
    status, head, body = answer
    if allowed and status not in allowed:
        found.wrong.append(f"{what} was answered {status}")
    if status >= 500 and status not in allowed:
        found.wrong.append(f"{what} broke something: {status}")
    if leak := LEAKS.search(body if status >= 400 else b""):
        found.wrong.append(f"{what} shows {leak.group()!r}")
    if any(secret in body for secret in SECRETS):
        found.wrong.append(f"{what} gives a file away")
    # What is no HTTP at all is refused before any of our code.
    if guarded and status and b"invalid http request" not in body.lower():
        for name in HEADERS[:3] if b"/api/" in what.encode() else HEADERS:
            if name + b":" not in head:
                found.wrong.append(f"{what} is answered {status} without {name.decode()}")


def timed(found: Attack, act: Callable[[], None], *, most: float | None = ANSWER) -> None:
    began = time.perf_counter()
    act()
    took = time.perf_counter() - began
    found.tried += 1
    found.slowest = max(found.slowest, took)
    if most is not None and late(took, most):
        found.wrong.append(f"number {found.tried} took {took:.1f} s")


def garbage(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Send requests that no client should send."""
    for _ in range(max(1, round(GARBAGE * scale))):
        path = chance.choice(PLACES) + "".join(chance.choice(PARTS) for _ in range(chance.randrange(1, 6)))
        if chance.random() < 0.4:
            names = ("view", "asset", "as_of", "known_at", "weights", "note", "find", "x")
            path += "?" + "&".join(
                f"{chance.choice(names)}={chance.choice(PARTS)}" for _ in range(chance.randrange(1, 9))
            )
        if chance.random() < 0.1:
            path += "?find=" + "x" * chance.choice((2_001, 60_000, 200_000))
        method = chance.choice(
            (b"GET", b"GET", b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"BREW")
        )
        raw = path.encode() if chance.random() < 0.2 else path.encode("ascii", "replace").replace(b" ", b"%20")
        if chance.random() < 0.05:
            raw = bytes(chance.randrange(256) for _ in range(200))
        timed(found, lambda: held(found, ascii(raw[:120]), ask(server, method + b" " + raw + b" HTTP/1.1"), ()))


SOCKET = (
    b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)  # fmt: skip
STREAM = b"GET /_stcore/stream HTTP/1.1"


def foreign(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Ask as a page of another site, or under another name."""
    del scale, chance
    own = b"localhost:%d" % server.port
    origins = (
        b"http://evil.example", b"http://does-not-resolve.invalid", b"null", b"http://" + own + b".evil.example",
        b"http://localhost", b"http://localhost:1", b"file://", b"http://user@" + own, b"http://[::1", b"\xff\xfe", b"http://" + own + b"@evil.example",
    )  # fmt: skip
    for origin in origins:
        named = b"Origin: " + origin
        refused = (400, 403)
        timed(
            found,
            lambda: held(
                found, f"a websocket from {named!r}", ask(server, STREAM, *SOCKET, named), refused, guarded=False
            ),
        )
        put = b"PUT /_stcore/upload_file/a/b HTTP/1.1"
        timed(
            found,
            lambda: held(found, f"an upload from {named!r}", ask(server, put, named, b"Content-Length: 0"), refused),
        )
    for host in (
        b"evil.example",
        b"evil.example:%d" % server.port,
        b"local\thost",
        b"127.0.0.1.evil.example",
        b"localhost.evil.example",
        b"",
        b"\xff",
        b"[::1",
    ):
        named = b"Host: " + host
        origin = b"Origin: http://" + host
        for line in (b"GET / HTTP/1.1", b"GET /api/v1/scores.json HTTP/1.1", b"GET /_stcore/health HTTP/1.1"):
            timed(found, lambda: held(found, f"{line!r} for {named!r}", ask(server, line, named), (400, 403)))
        timed(
            found,
            lambda: held(
                found,
                f"a websocket for {named!r}",
                ask(server, STREAM, *SOCKET, named, origin),
                (400, 403),
                guarded=False,
            ),
        )
    timed(
        found,
        lambda: held(
            found,
            "a websocket of our own",
            ask(server, STREAM, *SOCKET, b"Origin: http://" + own),
            (101,),
            guarded=False,
        ),
    )


def with_screen(server: Served, attack: Callable[[bytes, tuple[bytes, ...]], None]) -> None:
    """Attack with the first line of an upload for a screen that is open meanwhile, a number to fill in, and its headers."""

    async def opened() -> None:
        async with viewing(server.address) as viewer:
            await viewer.run()
            put = b"PUT /_stcore/upload_file/%s/%%d HTTP/1.1" % viewer.session.encode()
            await asyncio.to_thread(attack, put, ours)

    _, head, _ = ask(server, b"GET /_stcore/health HTTP/1.1")
    [token] = re.findall(rb"set-cookie: _streamlit_xsrf=([^;\r]+)", head)
    ours = (
        b"Cookie: _streamlit_xsrf=" + token,
        b"X-Xsrftoken: " + token,
        b"Content-Type: multipart/form-data; boundary=----",
    )
    asgi.run(opened())


def texts(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Put texts into controls that no note could be, on many screens: each is closed, and the server holds none of them."""
    before = server.memory()

    async def go() -> None:
        async with viewing(server.address) as viewer:
            await viewer.run()
            asked = BackMsg()
            asked.rerun_script.context_info.url = "http://localhost/"
            name = f"$$ID-{chance.randrange(10**9)}-None"
            asked.rerun_script.widget_states.widgets.add(
                id=name, string_value="x" * chance.choice((2_000_000, 20_000_000))
            )
            try:
                await viewer.send(asked.SerializeToString())
                await viewer.run()
            except ConnectionClosedError as closed:
                if closed.rcvd is None or closed.rcvd.code != TOO_BIG:
                    found.wrong.append(f"it was closed with {closed.rcvd}")
                return
            found.wrong.append("a text of megabytes was taken")

    for _ in range(max(6, int(60 * scale))):
        timed(found, lambda: asgi.run(go()), most=10)
    if (grown := server.memory() - before) > 60:
        found.wrong.append(f"it grew by {grown:.0f} MB")


def uploads(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Send more than anybody takes."""
    del scale, chance
    with_screen(server, lambda put, ours: _too_large(server, found, put % 1, ours))


def _too_large(server: Served, found: Attack, put: bytes, ours: Sequence[bytes]) -> None:
    before = server.memory()
    for length in (b"20000000", b"1000000000000", b"-1", b"1" * 400, b"1e9", b"0x10"):
        timed(
            found,
            lambda: held(
                found,
                f"an upload of {length[:20]!r}",
                ask(server, put, *ours, b"Content-Length: " + length, body=b"x"),
                (0, 400, 403, 408, 413),
            ),
            most=PATIENCE + 5,
        )
    part = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    def endless() -> None:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            named = b"Host: localhost:%d" % server.port
            client.sendall(b"\r\n".join([put, named, *ours, b"Transfer-Encoding: chunked", b"", b""]))
            try:
                for _ in range(512):  # 32 MiB
                    client.sendall(part)
            except OSError:
                return
            held(found, "a body without an end", received(client), (0, 400, 413))

    for _ in range(4):
        timed(found, endless, most=10)
    if (grown := server.memory() - before) > 40:
        found.wrong.append(f"it grew by {grown:.0f} MB")


def slow_clients(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Send nothing, send headers a byte at a time, or leave the answer unread, from many clients: all are disconnected."""
    before = server.handles()
    own = b" HTTP/1.1\r\nHost: localhost:%d\r\n" % server.port
    sent = (b"", b"GET /" + own + b"X-", b"GET /api/v1/scores.json" + own + b"\r\n")
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            for _ in range(max(5, round(SLOW * scale)))
        ]
        for number, client in enumerate(clients):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.sendall(sent[number % 3])
        began = time.monotonic()
        while time.monotonic() < began + SETTLES and (time.monotonic() < began + 5 or server.handles() > before + 5):
            for client in clients[1::3]:
                with suppress(OSError):
                    client.sendall(chance.choice((b"a", b"b")))
            found.tried += len(clients)
            timed(found, lambda: held(found, "the page meanwhile", ask(server, b"GET / HTTP/1.1"), (200,)))
            time.sleep(0.5)
        if (left := server.handles() - before) > 5:
            found.wrong.append(f"{left} connections of {len(clients)} slow clients are still open")


def slow_bodies(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Announce bodies and never send them, for more than one screen may hold: they are cut off, and the room is free again."""
    del chance
    with_screen(server, lambda put, ours: _never_sent(server, found, max(12, round(60 * scale)), put, ours))


def _never_sent(server: Served, found: Attack, most: int, put: bytes, ours: Sequence[bytes]) -> None:
    file = b'------\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n%s\r\n--------\r\n' % (
        b"x" * 4_000_000
    )
    headers = (*ours, b"Content-Length: %d" % len(file))
    answers = Counter[int]()

    def cut_off(client: socket.socket) -> None:
        answer = received(client)
        answers[answer[0]] += 1
        held(found, "a body that does not come", answer, (408, 413))

    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=SETTLES))
            for _ in range(most)
        ]
        for number, client in enumerate(clients):
            client.sendall(b"\r\n".join([put % number, b"Host: localhost:%d" % server.port, *headers, b"", b"-"]))
        for client in clients:
            timed(found, partial(cut_off, client), most=PATIENCE + 10)
    if min(answers[408], answers[413]) < 3:
        found.wrong.append(f"they were answered {dict(answers)}")
    held(found, "a file after that", ask(server, put % 0, *headers, body=file), (200, 204))


def traversal(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Try to leave every folder by path traversal."""
    for path in chance.sample(TRAVERSALS, max(10, round(len(TRAVERSALS) * min(1.0, scale)))):
        timed(found, lambda: held(found, path, ask(server, f"GET {path} HTTP/1.1".encode()), ()))


def headers(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Look at the headers of every kind of answer."""
    del scale, chance
    for path in (
        "/",
        "/_stcore/health",
        "/_stcore/host-config",
        "/api/v1/badge.svg",
        "/api/v1/nothing",
        "/media/none.csv",
        "/favicon.png",
        "/healthz",
        "/readyz",
        "/?embed=true&chart=fear",
        "/index.html",
        "/static/none.js",
    ):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            what = f"{method} {path}"
            timed(
                found,
                lambda: held(found, what, ask(server, f"{what} HTTP/1.1".encode(), b"Content-Length: 0"), ()),
                most=5,
            )


def frames(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Ask for pages to frame by malformed, doubled and over-long parameters: only a chart named once, and well, may be framed."""
    names = (
        "embed",
        "chart",
        "chart",
        "view",
        "find",
        "note",
        "Chart",
        "ch%61rt",
        "embed_options",
        "v",
        "EMBED",
        "chart%00",
        "",
    )
    values = (
        "true",
        "fear",
        "timeline",
        "quadrant",
        "nonsense",
        "Fear",
        "fear%20",
        "fear%00",
        "",
        "Add%20notes",
        "f%65ar",
        "%zz",
        "x" * 700,
    )

    def look(query: str) -> None:
        status, head, body = ask(server, f"GET /?{query} HTTP/1.1".encode())
        held(found, f"/?{query[:80]}", (status, head, body), (200, 307, 400, 414))
        pairs = [tuple(map(unquote_plus, field.partition("=")[::2])) for field in query.split("&")]
        charts = [value for name, value in pairs if name == "chart"]
        framed = status == 200 and b"frame-ancestors 'none'" not in head
        good = len(charts) == 1 and charts[0] in CHARTS and len(query) <= 2_000 and len(pairs) <= 1_000
        if framed and not (good and ("embed", "true") in pairs):
            found.wrong.append(f"any site may frame /?{query[:200]}")

    for _ in range(max(20, round(FRAMES * scale))):
        fields = [f"{chance.choice(names)}={chance.choice(values)}" for _ in range(chance.randrange(5))]
        fields += ["embed=true"] * (chance.random() < 0.8) + ["chart=fear"] * (chance.random() < 0.7)
        chance.shuffle(fields)
        query = "&".join(fields) + "&" * chance.choice((0, 0, 0, 1, 1_000, 1_990))
        timed(found, lambda: look(query))
    if b"frame-ancestors" in ask(server, b"GET /?embed=true&chart=fear HTTP/1.1")[1]:
        found.wrong.append("a chart may not be framed at all")


def forwarded(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Invent addresses in every header that names a client: the limit of requests counts them all as one client."""
    del server
    burst, count = 10, max(30, round(FORWARDED * scale))
    names = (
        b"X-Forwarded-For",
        b"x-forwarded-for",
        b"Forwarded",
        b"X-Real-IP",
        b"X-Client-IP",
        b"True-Client-IP",
        b"CF-Connecting-IP",
    )
    with serving({"SENTIMENT_API_BURST": str(burst), "SENTIMENT_API_RATE": "0.001"}) as limited:
        answers = Counter[int]()

        def go() -> None:
            invented = b"%d.%d.%d.%d" % tuple(chance.randrange(1, 255) for _ in range(4))
            value = chance.choice(
                (invented, invented + b", 127.0.0.1", b"127.0.0.1, " + invented, b"for=" + invented, b"::1", b"")
            )
            headers = [chance.choice(names) + b": " + value for _ in range(1 + chance.randrange(3))]
            answer = ask(limited, b"GET /api/v1/badge.svg HTTP/1.1", *headers)
            held(found, f"/api/ as {headers!r}", answer, (200, 429))
            answers[answer[0]] += 1

        for _ in range(count):
            timed(found, go, most=None)
    if answers[200] > burst:
        found.wrong.append(f"{answers[200]} of {count} requests passed a limit of {burst}")


WAYS: dict[str, Callable[[Served, Attack, float, random.Random], None]] = {
    "garbage URLs": garbage,
    "foreign pages and names": foreign,
    "frames by malformed parameters": frames,
    "invented client addresses": forwarded,
    "uploads too large": uploads,
    "texts too large, in controls": texts,
    "slow clients": slow_clients,
    "bodies that never come": slow_bodies,
    "texts that no control takes": forged.texts,
    "climbing paths": traversal,
    "headers of every answer": headers,
}
