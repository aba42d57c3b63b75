"""How well calls are read on our own labelled texts; `scripts/read-check` prints the figures, docs/notes.md carries them."""

import read_calls

from sentiment.research import draft


def test_the_set_is_large_and_half_of_it_makes_no_call():
    rows = read_calls.rows()
    sentences = [row for row in rows if row.kind == "sentence"]
    assert len(sentences) >= 400
    assert len(rows) - len(sentences) >= 60
    for split in ("development", "held"):
        own = [bool(row.own) for row in rows if row.split == split]
        assert 0.4 < sum(own) / len(own) < 0.6
    for row in rows:
        for label in (*row.own, *row.others):
            reference = read_calls.prices()[row.published, label["asset"]]
            if label["target"] is not None:
                assert (label["target"] > reference) == (label["direction"] == "up"), row.text


def test_held_texts_are_read_as_well_as_published():
    held = read_calls.measure("held")
    assert held.precision >= 0.98
    assert held.recall >= 0.8
    assert held.complete / held.right >= 0.97
    assert held.wrong_sign == 0
    assert held.invented <= 1
    assert held.others_named >= 14


def test_fresh_sentences_are_read_as_well_as_published():
    rows = read_calls.rows(read_calls.FRESH)
    assert sum(not row.own for row in rows) >= 1_500
    assert sum(not row.own and not row.pattern for row in rows) >= 600
    halves = {row.pattern: set() for row in rows if row.pattern}
    for row in rows:
        halves.get(row.pattern, set()).add(row.split)
    assert all(len(splits) == 1 for splits in halves.values())
    held = read_calls.measure("held", read_calls.FRESH)
    assert held.without >= 900
    assert held.invented <= 1
    assert held.precision >= 0.98
    assert held.recall >= 0.8
    assert held.wrong_sign == 0


def test_sentences_in_every_style_of_the_field_are_read_as_well_as_published():
    varied = read_calls.measure("held", read_calls.VARIED)
    assert varied.precision >= 0.95
    assert varied.recall >= 0.6
    assert varied.invented <= 1
    assert varied.wrong_sign == 0
    untouched = read_calls.whole(read_calls.UNTOUCHED)
    assert untouched.precision >= 0.98
    assert untouched.recall >= 0.85
    assert untouched.invented <= 1
    assert untouched.wrong_sign == 0


def test_sentences_written_without_knowledge_of_the_rules_are_read_as_well_as_published():
    blind = read_calls.whole(read_calls.BLIND)
    assert blind.without >= 1_300
    assert blind.precision >= 0.96
    assert blind.recall >= 0.65
    assert blind.invented <= 2
    assert blind.wrong_sign == 0


def test_plain_news_makes_no_calls():
    assert read_calls.invented_in_news()[0] == 0


def test_texts_that_the_rules_were_developed_on_stay_as_they_are_read():
    stored = read_calls.prices()
    rows = read_calls.rows("calls_seen.csv")
    for row in [row for row in rows if row.own] + [row for row in rows if not row.own][
        ::4
    ]:  # all of them take ten seconds
        drafted = draft.draft(
            row.text, row.published, price=lambda symbol, day=row.published: stored.get((day, symbol))
        )
        if row.kind == "missed":
            assert all(any(read_calls.same(call, label) for label in row.own) for call in drafted.calls), row.text
            continue
        assert len(drafted.calls) == len(row.own), row.text
        for call, label in zip(drafted.calls, row.own, strict=True):
            assert read_calls.same(call, label), row.text
            assert read_calls.complete(call, label), row.text
