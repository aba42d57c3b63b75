"""A small web on 127.0.0.1: pages and feeds by path, sound or spoilt, as `yahoo_server.Answer` says."""

from __future__ import annotations

import socketserver
import threading

import ports
from yahoo_server import Answer, Sender

FEED, PAGE = "application/rss+xml", "text/html; charset=utf-8"


class WebServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Pages)
        self.answers = {}
        self.asked = []
        self.closing = threading.Event()

    @property
    def host(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path):
        return f"http://{self.host}{path}"

    def put(self, path, body, kind=FEED, status=200, **headers):
        text = body.encode() if isinstance(body, str) else body
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(status, text, {"Content-Type": kind, **told})


class _Pages(Sender):
    def do_GET(self):  # noqa: N802 - the standard library's name
        self.server.asked.append((self.path, dict(self.headers)))
        found = self.server.answers.get(self.path, Answer(404, b"no such page", {"Content-Type": "text/plain"}))
        if found == "drip":
            self._drip()
            return
        if "ETag" in found.headers and found.headers["ETag"] == self.headers["If-None-Match"]:
            found = Answer(304, headers=found.headers)
        self._send(found)


def serving():
    return ports.listening(WebServer())
