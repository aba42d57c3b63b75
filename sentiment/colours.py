"""The colours that have one meaning everywhere, in charts and badges.

They differ in hue and lightness for the colour-blind (after Okabe and Ito, 2008), and each stands out from a white and from a
near-black page.
"""

FEAR = "#D55E00"
FUNDAMENTALS = "#2A86C8"
NEUTRAL = "#7C828A"
COMPLACENT = "#8E63B5"
