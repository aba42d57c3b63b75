"""The log on standard error: lines for people or JSON for programs, with the id of the request.

It holds no personal data: no client address, no query of a link, no text of a note.
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

_SHOWN_BY_US = "Uncaught app execution"  # Streamlit's line for what `views.fault` logs with its id
_SERVER = "uvicorn.error"  # at INFO it logs the client and the query of each websocket
_ACCESS = "uvicorn.access"  # logs clients and queries as soon as it has a handler
_request: ContextVar[str] = ContextVar("request", default="")


def begin() -> str:
    """Start a request: set and return its id."""
    name = str(uuid4())
    _request.set(name)
    return name


def request() -> str:
    """Return the id of the current request; a new id outside of any."""
    return _request.get() or str(uuid4())


def form() -> str:
    """Return the form of the log, one of `FORMS`.

    Raises
    ------
    SelectionError
        If the variable has another value.
    """
    chosen = os.environ.get(VARIABLE, "") or FORMS[0]
    if chosen not in FORMS:
        raise SelectionError(f"{VARIABLE} is {chosen!r}; it is {' or '.join(FORMS)}")
    return chosen


class _Identified(logging.Filter):
    """Add the request's id to a record, in the thread that handles the request."""

    def filter(self, record: logging.LogRecord) -> bool:
        name = _request.get()
        record.__dict__.update(request=name, within=f" [{name}]" if name else "")
        return not (record.name == "streamlit.error_util" and record.msg == _SHOWN_BY_US)


class _Stderr(logging.Handler):
    """Write to the current `sys.stderr`, which tests and services replace."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # closed or full
            self.handleError(record)


class _Json(logging.Formatter):
    """Format a record as one JSON object a line, with the members of its ``extra={"fields": {...}}``."""

    def format(self, record: logging.LogRecord) -> str:
        members = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": getattr(record, "request", ""),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            members["traceback"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in members.items() if value != ""}, default=str)


def configure() -> None:
    """Send all logging of this process, also that of libraries, to standard error in the chosen form.

    Raises
    ------
    SelectionError
        As in `form`.
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
        if isinstance(logger, logging.Logger):  # others are placeholders
            logger.handlers[:], logger.propagate = [], logger.name != _ACCESS
