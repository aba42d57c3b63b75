"""The server disconnects clients that do not finish a request or do not read the answer, and no others."""

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

from sentiment.web import serving
from sentiment.web.security import limits

pytestmark = pytest.mark.slow

LONG, SOME = b"x" * 12_000_000, b"y" * 300_000
LEFT = threading.Event()
UNHURRIED = pytest.mark.parametrize("port", [1.0], indirect=True)  # a busy machine must not pass for a slow client


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
    return ports.served(app, http=serving.SlowClientProtocol, ws="websockets-sansio", **more)


@pytest.fixture(params=[0.2])
def port(request, monkeypatch):
    """A server that checks its connections every so many seconds; gives its port."""
    monkeypatch.setattr(serving, "CLIENT_TIMEOUT", request.param)
    with server() as number:
        yield number


@contextmanager
def client(port, sent=b""):
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", port))
        connection.sendall(sent)
        yield connection


def everything(connection):
    answer = b""
    try:
        while part := connection.recv(2**20):
            answer += part
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: a\r\nX-"])
def test_a_client_that_does_not_finish_a_request_is_disconnected(port, sent):
    with client(port, sent) as connection:
        assert everything(connection) == b""


def test_a_second_request_must_be_finished_too(port):
    with client(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nX-") as connection:
        answer = everything(connection)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert answer.endswith(b"short")


def test_a_letter_now_and_then_does_not_help(port):
    with client(port, b"GET / HTTP/1.1\r\nX-") as connection:
        sent = 0
        with suppress(ConnectionResetError, BrokenPipeError):
            while sent < 200:
                connection.sendall(b"a")
                sent += 1
                time.sleep(0.05)
    assert sent < 200


def test_a_client_that_does_not_read_the_answer_is_disconnected(port, caplog):
    caplog.set_level(logging.INFO, "sentiment")
    with client(port, b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n") as connection:
        deadline = time.monotonic() + 60
        while "disconnected" not in caplog.text and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(everything(connection)) < len(LONG)


def test_a_websocket_that_is_not_read_is_disconnected(port):
    LEFT.clear()
    shake = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    with client(port, b"GET / HTTP/1.1\r\nHost: a\r\n" + shake) as connection:
        assert connection.recv(12) == b"HTTP/1.1 101"
        connection.sendall(b"\x81\x85\0\0\0\0flood")
        assert LEFT.wait(60)


def slowly(connection, seconds):
    """Read little for so long, then all that is left."""
    came, began = b"", time.monotonic()
    while part := connection.recv(4_096):
        came += part
        if time.monotonic() < began + seconds:
            time.sleep(0.02)
        else:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
    return came


@UNHURRIED
def test_a_slow_reader_gets_the_whole_answer(port):
    with client(port, b"GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as connection:
        assert slowly(connection, 6).endswith(LONG)


def test_a_slow_reader_under_tls_gets_the_whole_answer(monkeypatch, tmp_path):
    monkeypatch.setattr(serving, "CLIENT_TIMEOUT", 1.0)
    authority = trustme.CA()
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(tmp_path / "pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with (
        server(ssl_certfile=tmp_path / "pem") as own_port,
        client(own_port) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert slowly(connection, 6).endswith(LONG)


@UNHURRIED
def test_repeated_requests_are_answered(port):
    began = time.monotonic()
    with client(port) as connection:
        while time.monotonic() < began + 5:  # there is always something on its way
            connection.sendall(b"GET /some HTTP/1.1\r\nHost: a\r\n\r\n")
            came = b""
            while not came.endswith(SOME):
                part = connection.recv(16_384)
                assert part, "it was disconnected"
                came += part


def test_a_stopping_server_does_not_wait_for_clients_that_do_not_read(monkeypatch):
    monkeypatch.setattr(serving, "SHUTDOWN_TIMEOUT", 0.2)
    with ExitStack() as stack, server() as own_port:
        connection = stack.enter_context(client(own_port, b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n"))
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


@UNHURRIED
def test_an_answer_that_takes_long_is_waited_for(port):
    with client(port, b"GET /thought-over HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as connection:
        assert everything(connection).endswith(b"short")


@UNHURRIED
def test_a_websocket_stays_open(port):
    with connect(f"ws://127.0.0.1:{port}/", proxy=None) as connection:
        time.sleep(3.0)
        connection.send("still here")
        assert connection.recv(5) == "still here"


def test_answers_are_sent_without_waiting_for_acknowledgements():
    options = []

    class Watched(serving.SlowClientProtocol):
        def connection_made(self, transport):
            super().connection_made(transport)
            options.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with socket.socket() as bound:
        # With the protocol number 0, as Streamlit binds it: asyncio leaves such a socket alone.
        bound.bind(("127.0.0.1", 0))
        with (
            ports.served(app, http=Watched, ws="websockets-sansio", sockets=[bound]) as own_port,
            client(own_port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as connection,
        ):
            assert everything(connection).endswith(b"short")
    assert options == [1]


def test_fewer_screens_where_few_files_may_be_open(monkeypatch, caplog):
    for files, screens in ((1_024, 128), (2_512, 500), (100_000, 500), (100, 1), (resource.RLIM_INFINITY, 500)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert limits.max_screens() == screens
    assert "1024 files may be open here (ulimit -n); the server holds 128 of 500 screens" in caplog.text
