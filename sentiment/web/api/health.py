"""Whether the server is up, and whether it is ready."""

from __future__ import annotations

import logging

import orjson
from starlette.responses import Response

from sentiment.errors import DataError
from sentiment.market import assets
from sentiment.research import library
from sentiment.scoring.inputs import load_inputs
from sentiment.web.api.problems import ProblemError

UP, READY = "/healthz", "/readyz"
HEALTH = (UP, READY)
_log = logging.getLogger(__name__)


def up() -> Response:
    """Return the answer of a server that is up."""
    return _status("up")


def ready() -> Response:
    """Load prices and read the notes, and say that both work.

    Raises
    ------
    ProblemError
        Naming what cannot be read.
    """
    reasons = []
    for check in (_load_prices, library.library):
        try:
            check()
        except DataError as error:
            _log.warning("not ready: %s", error)
            reasons.append(public_message(error, "the server log has the cause"))
    reasons = list(dict.fromkeys(reasons))
    if reasons:
        raise ProblemError("data", " ".join(reasons), reasons=reasons)
    return _status("ready")


def public_message(error: DataError, hint: str) -> str:
    """Return what is wrong, without the path of the server's files."""
    return error.brief if error.brief == str(error) else f"{error.brief}; {hint}"


def _load_prices() -> None:
    load_inputs(assets.names()[0])


def _status(word: str) -> Response:
    return Response(
        orjson.dumps({"status": word}), headers={"Cache-Control": "no-store"}, media_type="application/json"
    )
