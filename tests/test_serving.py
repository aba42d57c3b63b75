"""The server hangs up on who does not finish a request or does not read the answer, and on nobody else."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
import uvicorn
from websockets.sync.client import connect

from sentiment import guard, serving

LONG = b"x" * 12_000_000
UNHURRIED = pytest.mark.parametrize(
    "port", [1.0], indirect=True
)  # so that a busy machine is not taken for a slow client


async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    if scope["path"] == "/long":
        body = LONG
    else:
        body = b"short"
        await asyncio.sleep(3.0 if scope["path"] == "/thought-over" else 0)
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(params=[0.2])
def port(request, monkeypatch):
    """A server of uvicorn's that looks at its connections every so many seconds; gives its port."""
    monkeypatch.setattr(serving, "PATIENCE", request.param)
    # Streamlit's choice of a websocket protocol.
    config = uvicorn.Config(
        app, port=0, http=serving.Patient, ws="websockets-sansio", lifespan="off", log_level="error"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@contextmanager
def client(port, sent=b""):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.settimeout(20)
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


def test_who_does_not_read_the_answer_is_hung_up_on(port):
    with client(port, b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n") as one:
        time.sleep(2.0)
        assert len(everything(one)) < len(LONG)


@UNHURRIED
def test_who_reads_slowly_gets_it_all(port):
    began = time.monotonic()
    with client(port, b"GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as one:
        came = b""
        while part := one.recv(2**20):
            came += part
            if time.monotonic() < began + 4:
                time.sleep(0.02)
            else:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
    assert came.endswith(LONG)


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
        assert guard.most_screens() == screens
    assert "1024 files may be open here (ulimit -n), which is enough for 128 screens" in caplog.text
