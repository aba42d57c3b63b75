"""Reading a text: every rule with its words in place, laws for any text, and how well it does on labelled sentences."""

import csv
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.errors import InputError
from sentiment.research import library, text
from sentiment.research.text import lexicon

PUBLISHED = date(2025, 12, 2)
LABELS = ("positive", "neutral", "negative")


def found(sentence, kind, published=PUBLISHED):
    reading = text.read(sentence, published)
    return [(sentence[f.start : f.end], f.value, f.role) for f in reading.findings if f.kind == kind]


@pytest.mark.parametrize(
    ("sentence", "label", "cue", "rule"),
    [
        ("Losses narrowed in spring.", "positive", "Losses narrowed", "direction x object"),
        ("The net loss widened again.", "negative", "net loss widened", "direction x object"),
        ("The rally failed.", "negative", "rally failed", "direction x object"),
        ("Profit fell.", "negative", "Profit fell", "direction x object"),
        ("Costs fell.", "positive", "Costs fell", "direction x object"),
        ("Lower costs helped.", "positive", "Lower costs", "direction x object"),
        ("The firm cut 90 jobs.", "negative", "cut 90 jobs", "direction x object"),
        ("Sentiment: plunging.", "negative", "Sentiment: plunging", "direction x object"),
        ("It soared.", "positive", "soared", "direction"),
        ("The exchange was hacked.", "negative", "hacked", "said of it"),
        ("A bankruptcy in Oslo.", "negative", "bankruptcy", "named"),
        ("Sales did not fall.", "positive", "Sales did not fall", "direction x object, negated"),
        ("There is no recovery in Oslo.", "negative", "recovery", "named, negated"),
        ("Costs could fall.", "positive", "Costs could fall", "direction x object, hedged"),
        ("Profit fell sharply.", "negative", "Profit fell", "direction x object, in degree"),
        (
            "Net sales were EUR 5.2 mn, compared to EUR 4.1 mn.",
            "positive",
            "compared to EUR 4.1 mn",
            "figures compared",
        ),
        ("The net loss was EUR 5.2 mn, against EUR 4.1 mn.", "negative", "against EUR 4.1 mn", "figures compared"),
        ("EBIT went from EUR 3 mn to EUR 2 mn.", "negative", "from EUR 3 mn", "figures compared"),
        (
            "A profit of EUR 2 mn, against a loss of EUR 9 mn.",
            "positive",
            "against a loss of EUR 9 mn",
            "figures compared",
        ),
        (
            "A loss of EUR 2 mn, against a profit of EUR 1 mn.",
            "negative",
            "against a profit of EUR 1 mn",
            "figures compared",
        ),
        ("BTC -5%.", "negative", "5%", "signed figure"),
        ("Bitcoin sits above $90,000.", "positive", "above $90,000", "beyond a level"),
        ("Fear outweighs fundamentals.", "positive", "Fear outweighs fundamentals", "mood outweighs fundamentals"),
        ("Greed outweighs fundamentals.", "negative", "Greed outweighs fundamentals", "mood outweighs fundamentals"),
        ("Risks outweigh benefits.", "negative", "Risks outweigh benefits", "outweighs"),
        ("The yard signed a contract.", "positive", "signed a contract", "deal made"),
        ("The bakery closed its plant.", "negative", "closed its plant", "site opened or closed"),
        ("Revenue of 7 came in below the 9 analysts hoped for.", "negative", "below", "against expectations"),
        ("It carried 5 % more than last year.", "positive", "% more than", "so much more or less"),
        ("The startup raised concerns and landed $9.", "neutral", "landed", "money raised"),
    ],
)
def test_each_rule_of_tone_marks_its_words(sentence, label, cue, rule):
    reading = text.read(sentence)
    assert reading.label == label
    assert (cue, rule) in [(sentence[f.start : f.end], f.rule) for f in reading.findings if f.kind == "tone"]


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("Operating profit rose to EUR 13.1 mn from EUR 8.7 mn.", "positive"),
        ("Sales fell, but profit surged.", "positive"),
        ("Despite weak demand, profit rose.", "positive"),
        ("Bitcoin rallies despite hack.", "positive"),
        ("A rebound is far more plausible than another crash.", "positive"),
        ("Net profit more than tripled.", "positive"),
        ("Is bitcoin about to crash?", "neutral"),
        ("The market overreacts to risks.", "positive"),
        ("Short squeeze", "positive"),
        ("SEC sues exchange", "negative"),
        ("SEC approves fund", "positive"),
        ("Fed cuts rates", "positive"),
        ("The stake rose to 10 %.", "neutral"),
        ("A set up, a start-up and a follow-up", "neutral"),
        ("36,000 BTC", "neutral"),
        ("", "neutral"),
    ],
)
def test_composition_decides(sentence, label):
    assert text.read(sentence).label == label


@pytest.mark.parametrize(
    ("sentence", "cue", "day"),
    [
        ("A turn in December.", "December", "2025-12-31"),
        ("A turn by year-end.", "year-end", "2025-12-31"),
        ("Over the next 90 days.", "Over the next 90 days", "2026-03-02"),
        ("In the coming weeks.", "In the coming weeks", "2025-12-30"),
        ("Within six months.", "Within six months", "2026-05-31"),
        ("Due in Q1.", "Q1", "2026-03-31"),
        ("Due in H2 2026.", "H2 2026", "2026-12-31"),
        ("Due in the third quarter of 2026.", "third quarter of 2026", "2026-09-30"),
        ("By the end of the month.", "end of the month", "2025-12-31"),
        ("Next week it turns.", "Next week", "2025-12-09"),
        ("On 14 April 2026.", "14 April 2026", "2026-04-14"),
        ("On March 3, 2026.", "March 3, 2026", "2026-03-03"),
        ("On 2026-03-31.", "2026-03-31", "2026-03-31"),
        ("Until 2027 at least.", "2027", "2027-12-31"),
        ("Up tomorrow.", "tomorrow", "2025-12-03"),
    ],
)
def test_horizons_are_resolved_against_publication(sentence, cue, day):
    assert found(sentence, "horizon") == [(cue, day, "")]


@pytest.mark.parametrize(
    "sentence",
    [
        "The fall since October.",
        "In October it fell.",
        "It may march on.",
        "In November 2024.",
        "On 1 December 2025.",
        "After February's fall.",
        "On 2026-02-31.",
    ],
)
def test_what_is_past_is_no_horizon(sentence):
    assert found(sentence, "horizon") == []


def test_a_relative_horizon_without_a_publication_date_has_no_day():
    assert found("In the next 90 days.", "horizon", None) == [("In the next 90 days", None, "")]
    assert found("Due in Q1 2026.", "horizon", None) == [("Q1 2026", "2026-03-31", "")]


@pytest.mark.parametrize(
    ("sentence", "levels"),
    [
        ("Support at $84K-86K.", [("84K", 84_000.0, "support"), ("86K", 86_000.0, "support")]),
        ("Support at $84-86K.", [("84", 84_000.0, "support"), ("86K", 86_000.0, "support")]),
        ("A floor at 74,433.", [("74,433", 74_433.0, "support")]),
        ("Resistance sits at $95,000.", [("95,000", 95_000.0, "resistance")]),
        ("Support at $80K and resistance at $95K.", [("80K", 80_000.0, "support"), ("95K", 95_000.0, "resistance")]),
        ("Bitcoin target: $120K.", [("120K", 120_000.0, "target")]),
        ("Bitcoin slips below $60K.", [("60K", 60_000.0, "")]),
        ("Bitcoin could reach $1.2 million.", [("1.2 million", 1_200_000.0, "target")]),
        (
            "Bitcoin moves sideways between 60,000 and 75,000 USD.",
            [("60,000", 60_000.0, "support"), ("75,000", 75_000.0, "resistance")],
        ),
        ("Bitcoin exchange hacked for $40M.", []),
        ("A fine of $1.2 million.", []),
        ("Open interest grew by 36,000 BTC.", []),
        ("Bitcoin turned 15 in 2024.", []),
        ("Net sales rose to EUR 14,500.", []),
    ],
)
def test_price_levels_and_their_roles(sentence, levels):
    assert found(sentence, "level") == levels


@pytest.mark.parametrize(
    ("sentence", "assets"),
    [
        ("Bitcoin and ether rose.", ["BTC-USD", "ETH-USD"]),
        ("BTC, ETH, SOL", ["BTC-USD", "ETH-USD", "SOL-USD"]),
        ("LINK rallies; a link in the chain", ["LINK-USD"]),
        ("The price is near one of them", []),
        ("BUY NEAR $60K", []),
        ("It gained on NEAR and $GPS today", ["NEAR-USD", "GPS-USD"]),
        ("Weakest against the Nasdaq", ["^IXIC"]),
        ("Strategy matters", []),
    ],
)
def test_assets_by_name_and_ticker(sentence, assets):
    assert [value for _, value, _ in found(sentence, "asset")] == assets


@pytest.mark.parametrize(
    ("sentence", "topic"),
    [
        ("Low leverage", ("leverage", "leverage", "positive")),
        ("ETF outflows mount", ("ETF outflows", "flows", "negative")),
        ("A rate cut is due", ("rate cut", "policy", "positive")),
        ("The regulator is unhappy", ("regulator", "regulation", "")),
        ("Exchange hacked", ("hacked", "security", "negative")),
        ("Revenue fell", ("Revenue", "usage/revenue", "negative")),
        ("Adoption is growing", ("Adoption", "adoption", "positive")),
        ("Futures positioning", ("positioning", "positioning", "")),
        ("Fear outweighs fundamentals", ("fundamentals", "fundamentals", "positive")),
        ("A floor is seen", ("floor", "support", "")),
    ],
)
def test_topics_have_a_direction(sentence, topic):
    assert topic in found(sentence, "topic")


@pytest.mark.parametrize(
    ("identifier", "labels"),
    [
        ("k33-2025-12-02", {"positive"}),
        ("k33-2025-11-18", {"negative"}),
        ("putin-2018-06-07", {"negative", "neutral"}),
        ("goplus-2025-10", {"positive", "neutral"}),
    ],
)
def test_the_first_notes_read_as_they_sound(identifier, labels):
    note = library.find(identifier)
    assert text.read(note.body, note.day).label in labels


def test_a_text_that_is_too_long_is_refused_with_the_limit():
    text.read("x" * text.MAX_TEXT)
    with pytest.raises(InputError, match="65,537 characters; at most 65,536"):
        text.read("x" * (text.MAX_TEXT + 1))


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "profit",
                "losses",
                "rose",
                "fell",
                "narrowed",
                "not",
                "but",
                "despite",
                "than",
                "more",
                "from",
                "to",
                "$",
                "84K",
            ),
            *(
                "-",
                "86K",
                "74,433",
                "1.2",
                "million",
                "%",
                ".",
                ",",
                ";",
                "?",
                "\n",
                "Q1",
                "next",
                "90",
                "days",
                "31",
                "May",
            ),
            *(
                "February",
                "2026-02-31",
                "9999",
                "by",
                "end",
                "of",
                "the",
                "month",
                "year",
                "tomorrow",
                "bitcoin",
                "NEAR",
            ),
            *("above", "fear", "outweighs", "fundamentals", "compared", "with", "EUR", "5.2", "mn", "up", "down", "in"),
        ]
    ),
    max_size=60,
).map(" ".join)


@given(st.one_of(st.text(max_size=300), PIECES), st.one_of(st.none(), st.dates()))
def test_any_text_reads_with_valid_spans(words, published):
    reading = text.read(words, published)
    assert -1 <= reading.tone <= 1
    assert reading.label in LABELS
    places = [(f.start, f.end) for f in reading.findings]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(words) for start, end in places)
    assert all(words[start:end] == words[start:end].strip() for start, end in places)
    assert all(-1 <= f.value <= 1 for f in reading.findings if f.kind == "tone")


@given(st.one_of(st.text(max_size=200), PIECES), st.text(" \t\n", max_size=5))
def test_space_at_the_end_changes_nothing(words, space):
    assert text.read(words + space, PUBLISHED) == text.read(words, PUBLISHED)


def _scores(genre, split):
    path = Path(__file__).parents[1] / "data" / "tone_sentences.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["genre"] == genre and row["split"] == split]
    pairs = Counter((row["label"], text.read(row["text"]).label) for row in rows)
    parts = []
    for label in LABELS:
        hit = pairs[label, label]
        said = sum(count for (_, answer), count in pairs.items() if answer == label)
        true = sum(count for (truth, _), count in pairs.items() if truth == label)
        parts.append(2 * hit / (said + true))
    wrong = pairs["positive", "negative"] + pairs["negative", "positive"]
    return sum(parts) / len(parts), wrong / len(rows)


@pytest.mark.parametrize(
    ("genre", "split", "least"),
    [("company", "dev", 0.9), ("crypto", "dev", 0.9), ("company", "held", 0.75), ("crypto", "held", 0.57)],
)
def test_macro_f1_and_wrong_signs(genre, split, least):
    f1, wrong = _scores(genre, split)
    assert f1 >= least
    assert wrong <= 0.08


@pytest.mark.parametrize(
    "piece",
    ["a", "9,", " \n", "' ", "a'", "not losses ", "but fell, ", "although costs fell ", "fear outweighs fundamentals ",
     "profit 5 mn from 4 mn ", "more than ", "$84K-86K ", " -1", "in the next few ", "May ", "2026-", "U.S.",
     "NEAR ", "bitcoin above $5,000 "],
)  # fmt: skip
def test_hostile_text_takes_time_in_step_with_its_length(piece):
    def seconds(length):
        hostile = (piece * (length // len(piece) + 1))[:length]
        best = float("inf")
        for _ in range(5):
            start = time.process_time()
            text.read(hostile, PUBLISHED)
            best = min(best, time.process_time() - start)
        return best

    # Quadratic work would cost 64 times as much; straight work costs 8 times, and the floor hides the clock's noise.
    assert seconds(text.MAX_TEXT) < 32 * max(seconds(text.MAX_TEXT // 8), 0.001)


def test_no_phrase_is_in_two_lists_of_the_same_kind_with_opposite_signs():
    verbs = Counter()
    for direction, _, _, listed in lexicon.VERBS:
        for verb in {" ".join(part.split()) for part in listed.split(",")}:
            verbs[verb, direction] += 1
    assert not {verb for verb, direction in verbs if (verb, -direction) in verbs}
