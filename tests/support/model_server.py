"""A server of the OpenAI protocol on 127.0.0.1: it answers with what a test lets a model write, sound or spoilt."""

from __future__ import annotations

import json
import socketserver
import threading

import ports
from yahoo_server import Answer, Sender

KEY = "sk-test-0123456789"


def call(quote, direction="up", asset="bitcoin", target=None, by=None):
    return {"quote": quote, "asset": asset, "direction": direction, "target": target, "by": by}


def written(content, **message):
    """Return the answer around what a model wrote."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": "stop"}
    return Answer(body=json.dumps({"id": "x", "object": "chat.completion", "choices": [choice]}).encode())


def calls(*proposed):
    return written(json.dumps({"calls": proposed}))


class ModelServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Protocol)
        self.answer = calls()
        self.plainly = False  # refuses a schema, as servers do that know none
        self.asked = []
        self.closing = threading.Event()

    @property
    def host(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def settings(self):
        return {
            "SENTIMENT_MODEL_URL": f"http://{self.host}/v1",
            "SENTIMENT_MODEL": "reader-7b",
            "SENTIMENT_MODEL_KEY": KEY,
        }


class _Protocol(Sender):
    def do_GET(self):  # noqa: N802 - the standard library's name
        self.server.asked.append((self.path, dict(self.headers), None))
        models = Answer(body=json.dumps({"data": [{"id": "other"}, {"id": "reader-7b"}]}).encode())
        self._send(models if self.path == "/v1/models" else Answer(404))

    def do_POST(self):  # noqa: N802 - the standard library's name
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, dict(self.headers), body))
        if self.path != "/v1/chat/completions":
            self._send(Answer(404))
        elif self.server.plainly and "response_format" in body:
            self._send(Answer(400, b'{"error": {"message": "response_format is not supported"}}'))
        elif self.server.answer == "drip":
            self._drip()
        else:
            self._send(self.server.answer)


def serving():
    return ports.listening(ModelServer())
