"""One question to a server of the OpenAI protocol, within a time and a size.

The operator names the server, so it may lie on this machine or in a private network, other than what is followed. No redirect is
followed, nothing is asked again on a failure, and no proxy is used. Neither the key nor the text stands in any error.
"""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sentiment.errors import FetchError, SelectionError
from sentiment.market import live
from sentiment.market.answer_body import AnswerBody
from sentiment.research import fetching, web_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentiment.settings import Model

SECONDS: Final = 120.0
"""Time that an answer may take: a model on a small machine writes a few words a second."""
MOST: Final = 1_000_000
"""Bytes that an answer may have with all its wrapping."""
_LOOK: Final = 5.0
_PLAINLY: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_HERE: Final = Path(__file__)
_one_at_a_time = BoundedSemaphore(1)


class Reply(NamedTuple):
    """What a model wrote, and whether it was cut at a limit of its server."""

    text: str
    cut: bool


def ask(model: Model, text: str) -> Reply:
    """Ask a model for the calls of a text.

    Parameters
    ----------
    model : Model
    text : str
        What is sent, as the whole message of the user.

    Raises
    ------
    SelectionError
        If the settings allow no network.
    AddressError
        If its address leads into the open network without encryption.
    FetchError
        If there is no answer within time and size, the server refuses, or the model declines.
    """
    messages = [
        {"role": "system", "content": _HERE.with_name("system.txt").read_text(encoding="utf-8")},
        {"role": "user", "content": text},
    ]
    schema = json.loads(_HERE.with_name("schema.json").read_text(encoding="utf-8"))
    plain = {"model": model.name, "messages": messages, "stream": False}
    form = {"type": "json_schema", "json_schema": {"name": "calls", "strict": True, "schema": schema}}
    if not _one_at_a_time.acquire(timeout=SECONDS):
        raise FetchError(f"{model.name} is busy with another text; try again")
    try:
        ends = time.monotonic() + SECONDS
        status, content = _send(model, "chat/completions", plain | {"temperature": 0, "response_format": form}, ends)
        if status in _PLAINLY:  # servers and models that know no schema or take no temperature
            status, content = _send(model, "chat/completions", plain, ends)
    finally:
        _one_at_a_time.release()
    if status != HTTPStatus.OK:
        raise FetchError(_refusal(model, status))
    return _reply(model, content)


def look(model: Model) -> str:
    """Return in words whether the server answers and has the model, without sending any text.

    Raises
    ------
    SelectionError, AddressError, FetchError
        As `ask`.
    """
    status, content = _send(model, "models", None, time.monotonic() + _LOOK)
    if status != HTTPStatus.OK:
        raise FetchError(_refusal(model, status))
    listed = _at(_parsed(content), "data")
    names = [_at(one, "id") for one in listed] if isinstance(listed, list) else []
    if {model.name, f"{model.name}:latest"}.isdisjoint(
        name for name in names if isinstance(name, str)
    ):  # as Ollama lists it
        raise FetchError(f"{model.host} answers, and does not list {model.name} among its {len(names)} models")
    return f"{model.host} answers and has {model.name}"


def _send(model: Model, path: str, body: Mapping[str, Any] | None, ends: float) -> tuple[int, bytes]:
    """Return the status and content that the server answers."""
    from curl_cffi.requests.exceptions import RequestException, Timeout  # noqa: PLC0415 - loads curl

    if not live.enabled():
        raise SelectionError("SENTIMENT_OFFLINE=1 asks no network; unset it to ask a model")
    found = web_address.own_place(f"{model.url}/{path}")
    headers = {"User-Agent": fetching.agent("second reader"), "Accept": "application/json"}
    headers |= {"Authorization": f"Bearer {model.key}"} if model.key else {}
    content = AnswerBody(MOST)
    sent = None if body is None else json.dumps(body).encode()
    headers |= {} if body is None else {"Content-Type": "application/json"}
    left = max(ends - time.monotonic(), 0.1)
    try:
        response = fetching.pinned(found, found.machines, headers, content, left, told=model.host, body=sent)
    except Timeout:
        raise FetchError(f"{model.name} at {model.host} did not answer in time; nothing was taken from it") from None
    except RequestException:
        if content.too_long:
            message = (
                f"{model.name} at {model.host} answered with more than {MOST / 1e6:.0f} MB; nothing was taken from it"
            )
        elif content.received:
            message = f"{model.name} at {model.host} sent no whole answer; nothing was taken from it"
        else:
            message = f"{model.host} cannot be reached; check that the server of {model.name} is running"
        raise FetchError(message) from None
    return response.status_code, bytes(content.received)


def _refusal(model: Model, status: int) -> str:
    """Say why there is no answer; the words of the server are left out, since they may repeat the key."""
    told = f"{model.host} answered HTTP {status}"
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return f"{told}: it does not take the key; check SENTIMENT_MODEL_KEY"
    if status == HTTPStatus.NOT_FOUND:
        return (
            f"{told}: it has no such address, or no model {model.name}; check SENTIMENT_MODEL_URL and SENTIMENT_MODEL"
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return f"{told}: it asks us to wait, or its quota is used up; try again later"
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return f"{told}: it redirects elsewhere, which is not followed; check SENTIMENT_MODEL_URL"
    return f"{told}; nothing was taken from it"


def _reply(model: Model, content: bytes) -> Reply:
    answer = _parsed(content)
    choices = _at(answer, "choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = _at(first, "message")
    if isinstance(declined := _at(message, "refusal"), str) and declined.strip():
        raise FetchError(f"{model.name} at {model.host} declines to read this text")
    text = _at(message, "content")
    if not isinstance(text, str) or not text.strip():
        raise FetchError(f"{model.name} at {model.host} answered without any text; nothing was taken from it")
    return Reply(text, cut=_at(first, "finish_reason") == "length")


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _at(found: object, name: str) -> object:
    return found.get(name) if isinstance(found, dict) else None
