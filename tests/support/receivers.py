"""A mail server and a webhook of this machine: what they take is on record, and a test can make them refuse."""

from __future__ import annotations

import email
import json
import threading
from contextlib import contextmanager
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import ports
from aiosmtpd.controller import Controller


class Mailbox:
    """What came by mail."""

    def __init__(self):
        self.mails, self.refuses = [], False

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return "451 try again later"
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @property
    def identities(self):
        return [mail["Message-ID"] for mail in self.mails]


@contextmanager
def mailbox():
    """Give a mailbox and the apprise URL of its server."""
    box, port = Mailbox(), ports.free()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"mailto://127.0.0.1:{port}?from=sentiment@example.org&to=jo@example.org"
    finally:
        controller.stop()


class Hook:
    """What came by webhook: the headers and the content of each request; those with more than `most` bytes are refused."""

    def __init__(self):
        self.requests, self.status, self.most = [], 200, 10_000_000

    @property
    def identities(self):
        return [headers["Idempotency-Key"] for headers, _ in self.requests]


@contextmanager
def webhook():
    """Give a webhook and the apprise URL of its server."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            status = hook.status if len(content) <= hook.most else 413
            if status == 200:
                hook.requests.append((self.headers, json.loads(content) if content[:1] == b"{" else content))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hook, f"json://127.0.0.1:{server.server_port}/secret-path"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
