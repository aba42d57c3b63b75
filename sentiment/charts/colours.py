"""The colours that have one meaning everywhere, in charts and badges.

They differ for the colour-blind too (after Okabe and Ito, 2008), and each stands out at 3 to 1 or more from every ground of both
themes. Two are alike to who sees no red or no green, fundamentals and complacent: one is a line, the other a named area or border.
"""

FEAR = "#D55E00"
FUNDAMENTALS = "#2A86C8"
NEUTRAL = "#7C828A"
COMPLACENT = "#9A5BB8"
