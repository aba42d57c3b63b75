"""Which pages other sites may show in a frame: a single chart, as the page itself will read the address."""

from __future__ import annotations

from sentiment.errors import SentimentError
from sentiment.web import link_spelling, links
from sentiment.web.streamlit_state import page_parameters

_EMBEDDED = ("embed", "true")


def draws_one_chart(query: bytes) -> bool:
    """Return whether the page at an address without path will be a single chart, which has no controls to be clicked.

    In a foreign frame, the controls of the whole page could be clicked for its viewer. So the address goes through all that it
    goes through on the way to the page: Streamlit drops a query with too many fields, and `links.from_pairs` leaves out a chart
    that is unknown, given twice or in a link that is too long. In doubt it is no chart.

    Parameters
    ----------
    query : bytes
        The query as it was sent.
    """
    if len(query) > links.MAX_QUERY:
        return False
    pairs = page_parameters(query.decode("latin-1"))
    if [pair for pair in pairs if pair[0] == _EMBEDDED[0]] != [_EMBEDDED]:
        return False
    try:
        selection, _ = links.from_pairs([pair for pair in pairs if pair[0] not in link_spelling.EMBED])
    except SentimentError:  # prices or notes cannot be read; the page says so
        return False
    return selection.chart is not None
