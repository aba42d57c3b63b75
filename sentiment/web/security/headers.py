"""The headers of every answer, above all the Content-Security-Policy of the page."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY = (
    "default-src 'self'",
    "script-src 'self' blob:{scripts}",  # Streamlit loads components without a file from blob:
    "style-src 'self' 'unsafe-inline'",  # Streamlit and plotly set styles as they draw
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",  # includes the page's websocket
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
_UNFRAMED = ("frame-ancestors 'none'",)
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def policy(scripts: Iterable[str] = (), *, framed: bool = False, ancestors: tuple[str, ...] | None = None) -> str:
    """Return the Content-Security-Policy of a page.

    Parameters
    ----------
    scripts : iterable of str
        Digests of the inline scripts of the page.
    framed : bool
        Whether other sites may show the page in a frame.
    ancestors : tuple of str, optional
        The origins that may; any by default.
    """
    allowed = "".join(f" '{digest}'" for digest in scripts)
    # No frame-ancestors if any page may frame it: "*" would exclude pages without an address, such as local files.
    frames = _UNFRAMED if not framed or ancestors == () else ()
    if framed and ancestors:
        frames = (f"frame-ancestors {' '.join(ancestors)}",)
    return "; ".join((*_POLICY, *frames)).format(scripts=allowed)


def scripts_in(page: Path) -> tuple[str, ...]:
    """Return the digests of the inline scripts of an HTML file, as a policy names them."""
    inline = _INLINE.findall(page.read_text("utf-8"))
    return tuple(f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}" for script in inline)
