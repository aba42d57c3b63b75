"""The server hangs up on who does not finish a request or does not read the answer, and on nobody else."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import ssl
import threading
import time
from contextlib import ExitStack, contextmanager, suppress

import ports
import pytest
import trustme
from websockets.sync.client import connect

from sentiment.web import security, serving

pytestmark = pytest.mark.slow

LONG, SOME = b"x" * 12_000_000, b"y" * 300_000
LEFT = threading.Event()
UNHURRIED = pytest.mark.parametrize(
    "port", [1.0], indirect=True
)  # so that a busy machine is not taken for a slow client


async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            text = LONG.decode() if message["text"] == "flood" else message["text"]
            await send({"type": "websocket.send", "text": text})
        LEFT.set()
        return
    if scope["path"] in {"/long", "/some"}:
        body = LONG if scope["path"] == "/long" else SOME
    else:
        body = b"short"
        await asyncio.sleep(3.0 if scope["path"] == "/thought-over" else 0)
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def server(**more):
    """Serve with the protocols of `sentiment run`; gives the port."""
    return ports.served(app, http=serving.Patient, ws="websockets-sansio", **more)


@pytest.fixture(params=[0.2])
def port(request, monkeypatch):
    """A server that looks at its connections every so many seconds; gives its port."""
    monkeypatch.setattr(serving, "PATIENCE", request.param)
    with server() as one:
        yield one


@contextmanager
def client(port, sent=b""):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.settimeout(60)
        one.connect(("127.0.0.1", port))
        one.sendall(sent)
        yield one


def everything(one):
    answer = b""
    try:
        while part := one.recv(2**20):
            answer += part
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: a\r\nX-"])
def test_who_does_not_finish_a_request_is_hung_up_on(port, sent):
    with client(port, sent) as one:
        assert everything(one) == b""


def test_a_second_request_must_be_finished_too(port):
    with client(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nX-") as one:
        answer = everything(one)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert answer.endswith(b"short")


def test_a_letter_now_and_then_does_not_help(port):
    with client(port, b"GET / HTTP/1.1\r\nX-") as one:
        sent = 0
        with suppress(ConnectionResetError, BrokenPipeError):
            while sent < 200:
                one.sendall(b"a")
                sent += 1
                time.sleep(0.05)
    assert sent < 200


def test_who_does_not_read_the_answer_is_hung_up_on(port, caplog):
    caplog.set_level(logging.INFO, "sentiment")
    with client(port, b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n") as one:
        deadline = time.monotonic() + 60
        while "hung up on" not in caplog.text and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(everything(one)) < len(LONG)


def test_a_websocket_that_is_not_read_is_hung_up_on(port):
    LEFT.clear()
    shake = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    with client(port, b"GET / HTTP/1.1\r\nHost: a\r\n" + shake) as one:
        assert one.recv(12) == b"HTTP/1.1 101"
        one.sendall(b"\x81\x85\0\0\0\0flood")
        assert LEFT.wait(60)


def slowly(one, seconds):
    """Read little for so long, then all that is left."""
    came, began = b"", time.monotonic()
    while part := one.recv(4_096):
        came += part
        if time.monotonic() < began + seconds:
            time.sleep(0.02)
        else:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
    return came


@UNHURRIED
def test_who_reads_slowly_gets_it_all(port):
    with client(port, b"GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as one:
        assert slowly(one, 6).endswith(LONG)


def test_who_reads_slowly_under_tls_gets_it_all(monkeypatch, tmp_path):
    monkeypatch.setattr(serving, "PATIENCE", 1.0)
    authority = trustme.CA()
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(tmp_path / "pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with (
        server(ssl_certfile=tmp_path / "pem") as it,
        client(it) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as one,
    ):
        one.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert slowly(one, 6).endswith(LONG)


@UNHURRIED
def test_who_asks_again_and_again_is_answered(port):
    began = time.monotonic()
    with client(port) as one:
        while time.monotonic() < began + 5:  # there is always something on its way
            one.sendall(b"GET /some HTTP/1.1\r\nHost: a\r\n\r\n")
            came = b""
            while not came.endswith(SOME):
                part = one.recv(16_384)
                assert part, "it was hung up on"
                came += part


def test_a_server_that_is_stopped_does_not_wait_for_who_does_not_read(monkeypatch):
    monkeypatch.setattr(serving, "FAREWELL", 0.2)
    with ExitStack() as stack, server() as it:
        one = stack.enter_context(client(it, b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n"))
        assert one.recv(100).startswith(b"HTTP/1.1 200")


@UNHURRIED
def test_an_answer_that_takes_long_is_waited_for(port):
    with client(port, b"GET /thought-over HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as one:
        assert everything(one).endswith(b"short")


@UNHURRIED
def test_a_websocket_stays_open(port):
    with connect(f"ws://127.0.0.1:{port}/", proxy=None) as one:
        time.sleep(3.0)
        one.send("still here")
        assert one.recv(5) == "still here"


def test_fewer_screens_where_few_files_may_be_open(monkeypatch, caplog):
    for files, screens in ((1_024, 128), (2_512, 500), (100_000, 500), (100, 1), (resource.RLIM_INFINITY, 500)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert security.most_screens() == screens
    assert "1024 files may be open here (ulimit -n); the server holds 128 of 500 screens" in caplog.text
