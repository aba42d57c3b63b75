"""Published readings that tests in several rooms quote. A deliberate change of the scores changes them here, and only here."""

DECEMBER = "Bitcoin, 91,350 USD on 2 Dec 2025: fear 76, fundamentals justify 24"
DECEMBER_BADGE = "BTC-USD fear 76 · justified 24 · fear outweighs fundamentals, 2 Dec 2025"
LATEST = "Bitcoin, 84,754 USD on 3 Oct 2026: fear 24, fundamentals justify 41"
