"""Whether viewers can sign in, and whether a request is of one who has."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from starlette.requests import cookie_parser

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = ("email", "name", "sub")
"""What a viewer is called, as far as whoever signs them in says it; the first that is known counts."""


def missing() -> str | None:
    """Return what is missing before viewers can sign in, by a proxy's header or Streamlit's login; None if nothing is."""
    import streamlit as st  # noqa: PLC0415 - seconds that no command but the server has to spend

    if st.get_option("server.trustedUserHeaders"):
        return None
    if not (st.secrets.load_if_toml_exists() and "auth" in st.secrets):
        return (
            "no [auth] section in .streamlit/secrets.toml, and no server.trustedUserHeaders in .streamlit/config.toml"
        )
    if find_spec("authlib") is None:
        return "Streamlit's login needs a library that is not installed: pip install 'sentiment-dashboard[login]'"
    return None


def signed_in(headers: Iterable[tuple[str, str]]) -> bool:
    """Return whether a request has the headers of somebody who has signed in, by a proxy's header or Streamlit's login."""
    from sentiment.web import streamlit_state  # noqa: PLC0415 - as above

    first: dict[str, str] = {}
    for name, value in headers:
        first.setdefault(name.lower(), value)
    told = {key: first.get(header.lower()) for header, key in streamlit_state.trusted_headers().items()}
    user = streamlit_state.login(cookie_parser(first.get("cookie", "")))
    named = any(user.get(name) for name in NAMES)
    return any(told.get(name) for name in NAMES) or bool(user.get("is_logged_in") and named)
