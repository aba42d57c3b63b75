"""Who the viewer is, whether they may change what all viewers share, and whether they may have every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sentiment import settings
from sentiment.settings import Changes
from sentiment.web import access, markup, sharing, streamlit_state

if TYPE_CHECKING:
    from collections.abc import Mapping


def signed_in_name() -> str | None:
    """Return the name under which the viewer is signed in, by Streamlit's login or a proxy's header; None if not at all."""
    user: Mapping[str, object] = st.user
    if not (user.get("is_logged_in") or st.get_option("server.trustedUserHeaders")):
        return None
    return next((str(user[name]) for name in access.NAMES if user.get(name)), None)


def may_have_all() -> bool:
    """Return whether the viewer may have figures that their source does not let be passed on, in a file or a frame."""
    return sharing.may_have_all(*streamlit_state.connection(), lambda: signed_in_name() is not None)


def is_own_machine() -> bool:
    """Return whether the browser is on the server's own machine, with nobody in between."""
    return sharing.is_own_machine(*streamlit_state.connection())


def is_trusted() -> bool:
    """Return whether the viewer may change what all share and is known: on the server's own machine, or signed in."""
    return is_allowed() and (is_own_machine() or signed_in_name() is not None)


def offer_login() -> None:
    """Offer Streamlit's login, or its end, where it is set up and `may_change` does not offer it."""
    if settings.changes() is Changes.SIGNED_IN or access.missing() or streamlit_state.trusted_headers():
        return
    if st.user.get("is_logged_in"):
        if st.button("Sign out", icon=":material/logout:", type="tertiary"):
            st.logout()
    elif st.button("Sign in", icon=":material/login:"):
        st.login()


def is_allowed() -> bool:
    """Return whether the viewer may change what all share, and show nothing."""
    changes = settings.changes()
    return changes is Changes.OPEN or (changes is Changes.SIGNED_IN and signed_in_name() is not None)


def may_change() -> bool:
    """Return whether the viewer may change what all share; if not, show why, and how to get there."""
    changes, name = settings.changes(), signed_in_name()
    if changes is Changes.OPEN:
        return True
    if changes is Changes.SIGNED_IN and name is not None:
        _show_name(name)
        return True
    if changes is Changes.READ_ONLY:
        st.info("This server is read-only: viewers cannot add notes or have prices fetched.")
        return False
    st.info(
        "On this server, signed-in users can add notes and have prices fetched. You can read everything without signing in."
    )
    if access.missing():  # the details are for the operator: `sentiment doctor` has them
        st.caption("Nobody can sign in yet: the operator has to set that up (docs/operations.md).")
    elif st.get_option("server.trustedUserHeaders"):
        st.caption("The proxy in front of this server did not say who you are.")
    elif st.button("Sign in", icon=":material/login:"):
        st.login()
    return False


def _show_name(name: str) -> None:
    line = st.container(horizontal=True, vertical_alignment="center")
    line.caption(f"Signed in as {markup.plain(name)}. All readers of this server see what you save.", width="content")
    if st.user.get("is_logged_in") and line.button("Sign out", icon=":material/logout:", type="tertiary"):
        st.logout()
