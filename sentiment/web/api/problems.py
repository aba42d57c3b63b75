"""Every way in which a request can fail, as problem details of RFC 9457 (application/problem+json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import orjson
from starlette.responses import Response

from sentiment.errors import SentimentError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: its status, its title, and when it happens."""

    status: int
    title: str
    when: str


KINDS = {
    "bad-request": Kind(
        400,
        "The address asks for what is not there",
        "A parameter is unknown, given twice, malformed, or names what does not exist.",
    ),
    "host": Kind(403, "Not the name of this server", "The Host header names none of the server's allowed hosts."),
    "withheld": Kind(
        403,
        "Not to be passed on",
        "Every figure of the table is a source's whose terms do not let it be passed on, and the client is neither on the "
        "server's own machine nor signed in.",
    ),
    "unknown-address": Kind(404, "No such address", "No table or document has this address."),
    "method": Kind(405, "Only GET and HEAD", "Everything here is read only."),
    "too-long": Kind(414, "The query is too long", "It has more characters than a link may have."),
    "range": Kind(416, "No such part", "Range asks for bytes beyond the end of the answer."),
    "too-many": Kind(429, "Too many requests", "One client asked too often; Retry-After says when to try again."),
    "fault": Kind(500, "A fault of ours", "The server log has the cause under the id given."),
    "data": Kind(503, "What is stored cannot be read", "Saved prices or notes are damaged or out of reach."),
    "busy": Kind(503, "Busy", "More is being computed than is let in at once; Retry-After says when to try again."),
}


class ProblemError(SentimentError):
    """A request that is answered with a problem.

    Parameters
    ----------
    kind : str
        Which of `KINDS`.
    detail : str
        What is wrong with this request, and what to do.
    headers : mapping, optional
        In addition to the usual ones.
    **more
        Members beyond those of the standard, such as ``there_are``.
    """

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:  # noqa: ANN401 - any JSON
        super().__init__(detail)
        self.kind = kind
        self.headers = dict(headers or {})
        self.more = more

    def response(self, instance: str) -> Response:
        """Return the response for a problem at the address `instance`."""
        kind = KINDS[self.kind]
        content = {
            "type": f"/api/v1/#{self.kind}",
            "title": kind.title,
            "status": kind.status,
            "detail": str(self),
            "instance": quote(instance, safe="/:"),
        }
        headers = {"Cache-Control": "no-store", **self.headers}
        body = orjson.dumps(content | {name: value for name, value in self.more.items() if value})
        return Response(body, kind.status, headers, MEDIA)
