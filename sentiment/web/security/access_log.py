"""One log line for each request, without anything personal."""

from __future__ import annotations

import logging

from sentiment.web.api.addresses import ADDRESSES, BASE
from sentiment.web.api.health import HEALTH

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
UPLOADS = "/_stcore/upload_file/"
_PREFIXES = ("/api/", UPLOADS, "/_stcore/", "/media/", "/component/", "/static/", "/auth/")
_ADDRESSES = {*ADDRESSES, *HEALTH, BASE, f"{BASE}openapi.json", f"{BASE}widgets.json", "/api", "/api/", "/api/v1", "/"}
_ERROR = 400
_log = logging.getLogger(__name__)


def template(path: str) -> str:
    """Return an address for the log, without the part that names a session, a file or anything invented."""
    if path in _ADDRESSES:
        return path
    return next((f"{prefix}*" for prefix in _PREFIXES if path.startswith(prefix)), "/*")


def write(method: str, path: str, status: int, milliseconds: float, size: int) -> None:
    """Log a request: the API's, failures and changes as information, the page's own files for debugging only.

    Parameters
    ----------
    method, path : str
        Of the request; `path` as `template` returns it.
    status : int
        Of the answer; 0 if none was sent.
    milliseconds : float
        Time to the end of the answer.
    size : int
        Bytes of its body.
    """
    important = path in _ADDRESSES - {"/"} or path == "/api/*" or status >= _ERROR or method not in SAFE_METHODS
    fields = {"method": method, "path": path, "status": status, "ms": round(milliseconds, 1), "bytes": size}
    message = f"{method} {path} {status} in {milliseconds:.0f} ms, {size:,} bytes"
    _log.log(logging.INFO if important else logging.DEBUG, "%s", message, extra={"fields": fields})
