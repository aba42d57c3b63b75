"""How requests are refused."""

from __future__ import annotations

from typing import NamedTuple

from starlette.responses import PlainTextResponse, Response

from sentiment.web.api.problems import ProblemError


class Refusal(NamedTuple):
    """The status of a refused request, and the message for the client."""

    status: int
    message: str


class BrokenOffError(Exception):
    """A body came too slowly, or was too large."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


TOO_LARGE = Refusal(413, "The file is larger than this server takes.")
TOO_SLOW = Refusal(408, "The rest of the request did not arrive in time.")
SERVER_FULL = Refusal(503, "The server has no room for more uploads; close other screens, or try again later.")
SCREEN_FULL = Refusal(413, "This screen has no room for more uploads; remove some of them, or reload the page.")
BAD_ADDRESS = Refusal(400, "The address leads out of its folder, or contains characters that no address here has.")
TOO_MANY_SCREENS = Refusal(
    503, "This server has as many screens open as it can hold; close one, or try again in a minute."
)
FOREIGN_HOST = Refusal(403, "The Host header names no host that this server answers for (server.allowedHosts).")
FOREIGN_ORIGIN = Refusal(
    403, "The request came from a page of another site; a proxy in front must pass the Host on unchanged."
)


def answer(refusal: Refusal, path: str) -> Response:
    """Return the response: problem JSON for the API, plain text for all else."""
    if refusal is FOREIGN_HOST and path.startswith("/api/"):
        return ProblemError("host", refusal.message).response(path)
    headers = {"Cache-Control": "no-store", "Connection": "close"}
    return PlainTextResponse(refusal.message, refusal.status, headers)
