"""A publisher's record: hits beside the base rate, with an interval, and whether it is enough to tell."""
