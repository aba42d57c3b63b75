"""Run in a process of its own: one round of the watchlist with the real providers, the plain ones at the address given; then its table as JSON."""

import sys

from sentiment.market import watch
from sentiment.market.providers import (
    alternative_me,
    binance,
    cboe,
    cftc,
    coin_metrics,
    defillama,
    ecb,
    fred,
)
from sentiment.models import Selection
from sentiment.tables import export

if __name__ == "__main__":
    base, *pairs = sys.argv[1:]
    modules = {
        module.__name__.rpartition(".")[2]: module
        for module in (alternative_me, binance, cboe, cftc, coin_metrics, defillama, ecb, fred)
    }
    for name, path in (pair.split("=") for pair in pairs):
        modules[name].ADDRESS = base + path
    step, stop = watch.Prices(), watch.Stop()
    for _ in range(2):  # what a share files, and its kind, are known once its prices are
        done = step(stop)
    print(done.failures or "", file=sys.stderr)
    print(export.to_csv(export.table("universe", Selection())))
