"""Is the market more afraid than it should be? Fear and fundamentals, for any date as it was known then."""
