"""Published readings that tests in several rooms quote. A deliberate change of the scores changes them here, and only here."""

DECEMBER = "On 2 Dec 2025 fear (82) outweighed fundamentals (79)"
DECEMBER_BADGE = "BTC-USD fear 82 · fundamentals 79 · fear outweighs fundamentals, 2 Dec 2025"
LATEST = "On 3 Oct 2026 fear (25) and fundamentals (55) were in balance"
