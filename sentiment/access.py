"""Who of those that look at the page may change what is shared: save notes, and have prices fetched.

The command line is not asked: whoever may run it on the machine may write the files as well.
"""

from __future__ import annotations

import os
from enum import StrEnum
from importlib.util import find_spec

from sentiment.errors import SelectionError

VARIABLE = "SENTIMENT_NOTES"


class Changes(StrEnum):
    """Who may make changes through the page."""

    OPEN = "open"
    SIGNED_IN = "signed-in"
    READ_ONLY = "read-only"


def changes() -> Changes:
    """Return who may make changes; anyone, where nothing is set.

    Raises
    ------
    SelectionError
        If the variable holds something else: a misspelt lock must not stand open.
    """
    given = os.environ.get(VARIABLE, "") or Changes.OPEN
    try:
        return Changes(given)
    except ValueError:
        raise SelectionError(f"{VARIABLE} is {given!r}; it is {', '.join(Changes)}") from None


def missing() -> str | None:
    """Say what is missing before anybody can sign in, by a proxy's header or Streamlit's login; None where nothing is."""
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
