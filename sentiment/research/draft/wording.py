"""The words by which a sentence is told to forecast, and the way it says, as data."""

from __future__ import annotations

from typing import Final

from sentiment.research.text.tokens import wordset

FORWARD: Final = wordset(
    """
    will shall could should may might expect expects expecting anticipate anticipates anticipating forecast forecasts
    predict predicts predicting foresee foresees see sees likely probably possibly perhaps target targets targeting
    poised chance probability likelihood odds outlook
    """
)
FORWARD_PAIRS: Final = frozenset(
    {
        *(("base", "case"), ("turning", "point"), ("look", "for"), ("looks", "for"), ("set", "to"), ("due", "for")),
        *(("bound", "to"), ("going", "to"), ("about", "to"), ("ready", "to"), ("tends", "to")),
    }
)
# Of these only "is expected" looks ahead; "expected" alone is what somebody once thought.
FORESEEN: Final = wordset("expected anticipated projected predicted seen tipped")
IS: Final = wordset("is are 's remains remain")

NEGATORS: Final = wordset(
    """
    not no never 't neither nor cannot nobody none nothing without unlikely hardly barely scarcely doubt doubtful
    instead unless rather fail fails failed lack lacks improbable impossible avoid avoids against deny denies
    """
)
# "The rally will end": a rise is named, and yet none is forecast.
ENDINGS: Final = wordset(
    """
    end ends ending ended fade fades fading ease eases easing limited limit limits halt halts avoid avoided averted
    cap caps capped stall stalls fizzle pause pauses abate cool cools slow slows reverse reverses contained overdone
    exhausted complete completed spared fear fears run runs done finished past priced erase erased invalidate
    """
)
BE_OVER: Final = ("be", "over")
CONDITIONS: Final = wordset(
    "if unless whether when once provided assuming supposing otherwise depending depends either scenario"
)
INVERTED: Final = wordset("should were had")  # "Should bitcoin break 80,000, it could ..."
REPORTED: Final = wordset(
    """
    would had others critics sceptics skeptics bulls bears everybody everyone consensus earlier previously formerly
    wrongly last
    """
)
SOME: Final = wordset("some many most few several")
OPINE: Final = wordset(
    """
    analysts traders investors experts people observers houses strategists of forecast expect see predict believe think
    """
)
AFTER: Final = wordset("after following since because")

UPWARD: Final = wordset(
    """
    rise rises rising climb climbs climbing gain gains gaining rally rallies rallying rebound rebounds rebounding
    recover recovers recovering bounce bounces bouncing advance advances advancing surge surges surging soar soars
    soaring jump jumps jumping double doubles doubling triple appreciate recovery upside breakout upturn uptrend
    higher bullish strengthen strengthens reach reaches upswing
    """
)
DOWNWARD: Final = wordset(
    """
    fall falls falling drop drops dropping decline declines declining slide slides sliding slip slips slipping plunge
    plunges plunging plummet plummets tumble tumbles tumbling crash crashes crashing collapse collapses collapsing
    sink sinks sinking weaken weakens weakening retreat retreats dip dips dipping sell-off selloff downside correction
    downturn downtrend drawdown lower bearish pain losses slump slumps
    """
)
PAIRED: Final = {"turning": "point", "entry": "point", "sell": "off"}  # ways only with the word that follows
WAYS: Final = dict.fromkeys([*UPWARD, "turning", "entry"], 1) | dict.fromkeys([*DOWNWARD, "sell"], -1)
# Those that can be things: "a rebound", "more downside". The others are verbs and need the asset before them.
NOUNS: Final = wordset(
    """
    rise climb gain gains rally rebound bounce advance surge jump recovery upside breakout upturn uptrend upswing
    turning entry fall drop decline declines slide plunge crash collapse retreat dip sell selloff downside correction
    downturn downtrend drawdown pain losses slump bullish bearish
    """
)

PRICES: Final = wordset("price prices")
NO_THINGS: Final = PRICES | FORWARD | WAYS.keys()  # nouns of `lexicon.py` that are no thing which moves here
OWN_PRICE: Final = wordset("the its 's spot . : ,")  # before "price": the asset's own
INTO: Final = wordset("of for in on against")
OF: Final = wordset("of for in on with to against around about from by")
# What may stand before "of bitcoin" or "for bitcoin" and still leave bitcoin the one that moves.
OF_PRICE: Final = wordset(
    "price prices value chance probability likelihood odds look looks looking bullish bearish outlook target case % day days"
) | wordset("week weeks month months quarter year years")
GLUE: Final = wordset(
    """
    a an the this that its our their another 's will shall could should may might can is are be been to likely probably
    possibly perhaps set poised expected forecast projected predicted anticipated due bound about ready seems appears
    looks look looking going tipped seen we i expect expects expecting see sees anticipate anticipates predict predicts
    foresee believe think also still then now further again even quickly sharply slightly significantly strongly
    gradually steadily modestly soon eventually probably more much some strong stronger deep deeper sharp swift quick
    brief forecast forecasts new renewed continued major base case chance probability likelihood odds outlook target potential there has
    have in on for by at of over into from with during through until before within around next coming following early
    late mid end high short term near medium long $ € % usd us dollars eur and or point off back another first
    relief move moves moving go goes head heads trade trades trading drift grind potentially well clearly gentle mild slow full partial worth
    """
)
ENDS_CLAUSE: Final = frozenset(".,;:()!?–—-\n") | {"but", "while", "although"}
FOLLOWS: Final = ENDS_CLAUSE | wordset("as because than amid towards toward below above past under")
STAYS: Final = wordset("hold holds stay stays remain remains trade trades keep keeps holding staying remaining trading")
SIDES: Final = {"above": 1, "over": 1, "below": -1, "under": -1, "beneath": -1}
REACHES: Final = wordset("to reach reaches towards toward at target")
