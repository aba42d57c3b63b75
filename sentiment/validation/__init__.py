"""What the readings were worth: forward returns, their intervals, and the verdict that the figures allow.

In: prices, scores and graded calls. Out: tables of forward returns by regime, event studies, the comparison with
another index, and publishers' track records. `__all__` names the modules that other rooms may import.
"""

__all__ = ["comparison", "event_study", "forward_returns", "signals", "track_record", "verdict"]
