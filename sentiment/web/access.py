"""Whether viewers can sign in."""

from __future__ import annotations

from importlib.util import find_spec


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
