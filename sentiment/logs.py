"""The log on standard error: lines for people, or JSON for programs, each with the id of the request that it belongs to.

Nothing personal is written by us: no address of a client, no query of a link, no text of a note.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import uuid4

from sentiment.errors import SelectionError

VARIABLE = "SENTIMENT_LOG"
FORMS = ("text", "json")

_SHOWN_BY_US = "Uncaught app execution"  # Streamlit's own line for what `views.fault` logs with its id
_SERVER = "uvicorn.error"  # at INFO it names the client and the query of each websocket
_ACCESS = "uvicorn.access"  # names clients and queries, and writes as soon as it has anywhere to
_request: ContextVar[str] = ContextVar("request", default="")


def begin() -> str:
    """Give the request that begins here an id, and return it."""
    name = str(uuid4())
    _request.set(name)
    return name


def request() -> str:
    """Return the id of the request that is being answered; a new one outside of any."""
    return _request.get() or str(uuid4())


def form() -> str:
    """Return how to write, one of `FORMS`.

    Raises
    ------
    SelectionError
        If the variable holds something else.
    """
    chosen = os.environ.get(VARIABLE, "") or FORMS[0]
    if chosen not in FORMS:
        raise SelectionError(f"{VARIABLE} is {chosen!r}; it is {' or '.join(FORMS)}")
    return chosen


class _Identified(logging.Filter):
    """Puts the request's id on a record while its thread still knows it."""

    def filter(self, record: logging.LogRecord) -> bool:
        name = _request.get()
        record.__dict__.update(request=name, within=f" [{name}]" if name else "")
        return not (record.name == "streamlit.error_util" and record.msg == _SHOWN_BY_US)


class _Stderr(logging.Handler):
    """Writes to what standard error is at the time: tests and services put another in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # it is closed or full: nothing is left to say that to
            self.handleError(record)


class _Json(logging.Formatter):
    """One object a line; what a record was given as ``extra={"told": {...}}`` is among its members."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": getattr(record, "request", ""),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in told.items() if value != ""}, default=str)


def configure() -> None:
    """Write everything that this process logs in the chosen form, also what the libraries under it log.

    Raises
    ------
    SelectionError
        If the form is none that there is.
    """
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s%(within)s")
    handler = _Stderr()
    handler.setFormatter(_Json() if form() == "json" else plain)
    handler.addFilter(_Identified())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("sentiment").setLevel(logging.INFO)
    logging.getLogger(_SERVER).setLevel(logging.WARNING)
    for logger in list(logging.Logger.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):  # a name without a logger has a placeholder
            logger.handlers[:], logger.propagate = [], logger.name != _ACCESS
