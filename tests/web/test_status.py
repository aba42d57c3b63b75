"""The line that says why the figures of a page are not fresh."""

from datetime import date

import pytest

from sentiment.errors import OfflineError, SourceTimeoutError, UnknownSymbolError
from sentiment.web.page.status import failures_in_words

DAY = date(2025, 6, 17)
AWAY = {
    symbol: OfflineError(f"Can't reach {name}.", symbol=symbol)
    for symbol, name in (("BTC-USD", "Yahoo"), ("^VIX", "Cboe"), ("ETH-USD", "Yahoo"), ("FED-FUNDS-TARGET", "FRED"))
}


@pytest.mark.parametrize(
    ("failures", "said"),
    [
        (AWAY, "Can't reach Yahoo, Cboe and FRED. The page shows saved prices, to 17 Jun 2025."),
        ({"X": UnknownSymbolError("Yahoo doesn't know 'X'.", symbol="X")}, "Yahoo doesn't know 'X'."),
        (
            {"^VIX": AWAY["^VIX"], "BTC-USD": SourceTimeoutError("Yahoo did not answer in 10 s.", symbol="BTC-USD")},
            "Can't reach Cboe. Yahoo did not answer in 10 s. The page shows saved prices, to 17 Jun 2025.",
        ),
    ],
)
def test_sources_out_of_reach_are_one_sentence_and_the_saved_prices_another(failures, said):
    assert failures_in_words(failures, DAY) == said
