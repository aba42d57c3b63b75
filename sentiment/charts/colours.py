"""Colours with one meaning everywhere, in charts and badges: fear, fundamentals and the two regimes; all else is one grey.

The one exception is a comparison of assets, whose lines nothing but a colour, a dash and a mark can tell apart. On the page links, and boxes
that warn, keep their usual colours.

Each has a contrast of at least 3:1 with every background of both themes. They stay apart for colour-blind readers (after Okabe
and Ito, 2008), except that fundamentals and complacent look alike without red or green: one is a line, the other a labelled area.
"""

FEAR = "#D55E00"
FUNDAMENTALS = "#2A86C8"
NEUTRAL = "#7C828A"
COMPLACENT = "#9A5BB8"
ASSETS = (NEUTRAL, "#495FF2", "#00995C", "#E645CB", "#B28300")
"""Of the assets of a comparison, by their place; the first is the one selected, whose close is neutral on every chart."""
