"""The API without a server, as many tests of answers ask it."""

from __future__ import annotations

import pytest
from asgi import no_page

from sentiment.web.api import ApiMiddleware


@pytest.fixture(scope="module")
def api():
    """The API in front of a page that nobody should ask for, without a limit of requests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_API_RATE", "0")
        return ApiMiddleware(no_page)
