"""Alerts: what each rule says of a few days, and messages that come once, whatever happens to the process and its clock."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import alert_rounds
import command_line
import pytest
import receivers
from alert_rounds import MORNING, RULE, axes, reading, step
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from sentiment import files, settings
from sentiment.cli import doctor
from sentiment.errors import DataError, InputError, MissingExtraError, SelectionError
from sentiment.market.watch import Stop
from sentiment.web import links
from sentiment.web.alerts import channels, decide, digest, outbox, rule_file, rules
from sentiment.web.alerts import reading as readings
from sentiment.web.alerts.rules import Rule, State
from sentiment.web.alerts.step import Alerts
from sentiment.web.happenings import Happening

NAN = float("nan")
DAY = timedelta(days=1)


def nov(number):
    return date(2026, 11, number)


def told(rule, frame, since=1):
    """Give the days of November 2026 that a rule tells, having heard those up to `since`."""
    state = rules.begun(rule, frame, nov(since))
    return [alert.day.day for alert in rules.of_readings(rule, "GLD", frame, state)[1]]


# -- rules -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "fear", "days"),
    [
        (Rule("", "fear", "above", (70,)), [60, 70, 71, 90, 69, 80], [3, 6]),
        (Rule("", "fear", "above", (70,)), [80, 90, NAN, 90, 60, NAN, 71], [7]),
        (Rule("", "fear", "below", (30,)), [40, 29, 30, 20], [2, 4]),
        (Rule("", "gap", "above", (20,)), [60, 71, 72], [2]),
        (Rule("", "fear", "enters", (40, 60)), [30, 40, 50, 61, 60], [2, 5]),
        (Rule("", "fear", "leaves", (40, 60)), [50, 61, 62, 60, 39], [2, 5]),
        (Rule("", "fear", "changes_by", (10,), in_days=2), [50, 55, 59, 65, 70, 62, 60], [4, 7]),
        (Rule("", "fear", "above", (70,), cooldown_days=4), [60, 71, 60, 71, 60, 71], [2, 6]),
    ],
)
def test_a_rule_tells_the_days_on_which_it_begins_to_hold(rule, fear, days):
    assert told(rule, axes(fear)) == days


def test_the_price_changes_in_percent_and_a_gap_counts_only_where_a_regime_is_named():
    frame = axes([50] * 5, close=[100.0, 100.0, 104.0, 110.0, 90.0])
    assert told(Rule("", "price", "changes_by", (10,), in_days=2), frame) == [4]
    assert told(Rule("", "justified", "below", (40,)), axes([50] * 3, justified=[50.0, 30.0, 20.0])) == [2]
    unnamed = axes([50] * 3, justified=[50.0, 30.0, 20.0], regime=["in balance", NAN, NAN])
    assert told(Rule("", "justified", "below", (40,)), unnamed) == []


def test_regimes_are_told_when_they_change_come_or_end():
    frame = axes([50] * 6, regime=["in balance", "complacent", NAN, "complacent", "in balance", "complacent"])
    assert told(Rule("", "regime"), frame) == [2, 5, 6]
    assert told(Rule("", "regime", "enters", regime="complacent"), frame) == [2, 6]
    assert told(Rule("", "regime", "leaves", regime="complacent"), frame) == [5]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("", "fear", "above", (70,)), "fear crosses above 70: 75.0 on 3 Nov 2026, after 62.0"),
        (Rule("", "gap", "above", (-10,)), "gap crosses above −10: +25.0 on 3 Nov 2026, after +12.0"),
        (
            Rule("", "price", "changes_by", (5,), in_days=2),
            "price changes by 5% or more in 2 days: 110 on 3 Nov 2026, 100 on 1 Nov 2026",
        ),
        (Rule("", "fear", "enters", (70, 100)), "fear enters 70 to 100: 75.0 on 3 Nov 2026, after 62.0"),
        (
            Rule("", "regime", "enters", regime="complacent"),
            "the regime becomes “complacent”: “complacent” on 3 Nov 2026, after “in balance”",
        ),
    ],
)
def test_the_reason_names_the_figure_and_the_one_before(rule, words):
    frame = axes(
        [60, 62, 75, 90], close=[100.0, 101.0, 110.0, 1.0], regime=["in balance", "in balance", "complacent", "x"]
    )
    assert rules.reason(rule, frame, nov(3)) == words


def test_calls_are_told_once_and_those_from_before_the_rule_never():
    rule = Rule("", "call graded")
    old, new, late = (Happening(nov(day), "BTC-USD", f"hit: call {day}", f"id{day}", "graded") for day in (1, 3, 2))
    other = Happening(nov(3), "BTC-USD", "due by", "due", "due")
    state, said = rules.of_calls(rule, "BTC-USD", [old], nov(1), None)
    assert said == []
    state, said = rules.of_calls(rule, "BTC-USD", [new, other, old], nov(3), state)
    assert [alert.reason for alert in said] == ["hit: call 3 (3 Nov 2026)"]
    state, said = rules.of_calls(rule, "BTC-USD", [new, late, old], nov(4), state)
    assert [alert.reason for alert in said] == ["hit: call 2 (2 Nov 2026)"], "a grade that came to be known late"
    state, said = rules.of_calls(rule, "BTC-USD", [], nov(4), state)
    assert rules.of_calls(rule, "BTC-USD", [new, late, old], nov(5), state)[1] == [], "a note that was away for a while"


FIGURES = st.lists(st.sampled_from([10.0, 45.0, 55.0, 70.0, 80.0, NAN]), min_size=2, max_size=14)
ANY_RULE = st.sampled_from(
    [
        Rule("", "fear", "above", (60,)),
        Rule("", "fear", "leaves", (40, 60)),
        Rule("", "fear", "changes_by", (20,), in_days=3),
        Rule("", "fear", "below", (50,), cooldown_days=3),
    ]
)


@effort(max_examples=40)
@given(ANY_RULE, FIGURES, st.lists(st.integers(1, 14), max_size=6))
def test_however_the_days_come_each_is_told_as_if_all_came_at_once(rule, fear, ends):
    """No look-ahead, and the same days again say nothing new."""
    frame = axes([50.0, *fear])
    state = rules.begun(rule, frame, nov(1))
    whole = rules.of_readings(rule, "GLD", frame, state)[1]
    found = []
    for end in [*sorted(ends), len(frame), len(frame)]:
        part = frame.iloc[:end]
        state, said = rules.of_readings(rule, "GLD", part, state)
        found += said
        assert found == [alert for alert in whole if alert.day <= part.index[-1].date()]


@effort(max_examples=40)
@given(ANY_RULE, st.lists(FIGURES, min_size=2, max_size=5))
def test_figures_that_are_revised_are_told_no_day_twice(rule, revisions):
    state, days = rules.begun(rule, axes([50.0]), nov(1)), []
    for fear in sorted(revisions, key=len):
        state, said = rules.of_readings(rule, "GLD", axes([50.0, *fear]), state)
        days += [alert.day for alert in said]
    assert days == sorted(set(days))


def test_a_day_that_becomes_complete_is_told_and_one_that_is_taken_back_is_not_told_again():
    rule = Rule("", "fear", "above", (70,))
    state = rules.begun(rule, axes([60, 65]), nov(2))
    state, said = rules.of_readings(rule, "GLD", axes([60, 75]), state)
    assert [alert.day for alert in said] == [nov(2)]
    state, said = rules.of_readings(rule, "GLD", axes([60, 66]), state)
    assert (state.holds, said) == (True, [])
    assert rules.of_readings(rule, "GLD", axes([60, 66, 75]), state)[1] == []


# -- the file ----------------------------------------------------------------------------------------------------------


def test_a_faulty_rule_is_named_with_its_line_and_the_others_are_read():
    plan = rule_file.parse(
        'quiet = "22:00-07:00"\ntimezone = "Europe/Berlin"\ndigest = "Friday 18:30"\n'
        '[[rule]]\nwhat = "fear"\nabove = 75\n\n[[rule]]\nwhat = "fear"\n\n'
        '[[rule]]\nasset = "spy"\nwhat = "regime"\nleaves = "complacent"\ncooldown_days = 3\n'
    )
    assert [(rule.words, rule.asset) for rule in plan.rules] == [
        ("fear crosses above 75", None), ("the regime is no longer “complacent”", "SPY"),
    ]  # fmt: skip
    assert plan.faults == {
        "rule 2, line 8": "a rule of fear has one of above, below, enters, leaves, changes_by",
    }
    assert (plan.quiet, plan.digest) == ((time(22), time(7)), (4, time(18, 30)))


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ('what = "feer"\nabove = 1', "what is 'feer'"),
        ("above = 1", "what is missing"),
        ("what = []", "what is '[]'"),
        ('what = "regime"\nenters = [70, 100]', "a regime is fear outweighs"),
        ('what = "fear"\nabove = 1\nchannel = "mailto://jo:secret@x"', "names: there is none"),
        ('what = "fear"\nabove = 1\nchannel = ["mail"]', "names: there is none"),
        ('what = "fear"\nabove = 1\nbelow = 2', "one of above, below"),
        ('what = "fear"\nabove = "high"', "above is 'high'; it is a number"),
        ('what = "fear"\nabove = nan', "it is a number"),
        ('what = "fear"\nabove = true', "it is a number"),
        ('what = "fear"\nenters = [70]', "two numbers"),
        ('what = "fear"\nenters = [70, 20]', "the lower one comes first"),
        ('what = "fear"\nabove = 150', "above is '150'; a level is from 0 to 100"),
        ('what = "justified"\nenters = [-5, 20]', "enters is '[-5, 20]'; a level is from 0 to 100"),
        ('what = "gap"\nbelow = -101', "below is '-101'; a level is from −100 to 100"),
        ('what = "gap"\nchanges_by = 201\nin_days = 3', "changes_by is '201'; it is 200 at most"),
        ('what = "fear"\nchanges_by = 5', "in_days is missing"),
        ('what = "fear"\nchanges_by = -5\nin_days = 3', "it is above zero"),
        ('what = "fear"\nabove = 1\nin_days = 3', "'in_days' does not belong"),
        ('what = "regime"\nenters = "calm"', "a regime is fear outweighs"),
        ('what = "regime"\nabove = 3', "'above' does not belong"),
        ('what = "call graded"\ncooldown_days = 3', "'cooldown_days' does not belong"),
        ('what = "fear"\nabove = 1\ncooldown_days = 1.5', "a whole number of days"),
        ('what = "fear"\nabove = 1\nasset = 5', "it is a ticker or watchlist"),
        ('what = "fear"\nabove = 1\nasset = "a b c !"', "asset is 'a b c !'; it is not a ticker; one looks like"),
        (f'what = "fear"\nabove = 1{"0" * 400}', "it is a number"),
        ('what = "fear"\nabove = [1]', "above is '[1]'; it is a number"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(rule, fault):
    plan = rule_file.parse(f"[[rule]]\n{rule}\n")
    assert plan.rules == ()
    assert fault in plan.faults["rule 1, line 1"]
    assert "secret" not in f"{plan}{plan.faults}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("quite = 1", "'quite' is not known here"),
        ("[[rule", "not TOML"),
        ('quiet = "22:00"', "quiet hours look like"),
        ('quiet = "25:00-07:00"', "a time looks like"),
        ('timezone = "Berlin/Europe"', "a name such as Europe/Berlin"),
        ('digest = "someday 08:00"', "looks like monday 08:00"),
        ("one_a_day = 1", "true or false"),
        ("channels = 5", "a line for each channel"),
        ("rule = 5", "each below a line"),
        (f"rule = {'1' * 5000}", "not TOML"),
    ],
)
def test_what_governs_all_messages_is_never_guessed(text, fault):
    with pytest.raises(SelectionError, match=fault):
        rule_file.parse(text)


@pytest.mark.parametrize(
    ("quiet", "instant", "is_quiet"),
    [
        ("22:00-07:00", "2026-11-03T21:30:00+00:00", True),  # 22:30 in Berlin
        ("22:00-07:00", "2026-11-03T06:00:00+00:00", False),
        ("22:00-07:00", "2026-07-03T20:30:00+00:00", True),  # summer time
        ("12:00-13:00", "2026-11-03T11:00:00+00:00", True),
        ("12:00-13:00", "2026-11-03T12:00:00+00:00", False),
    ],
)
def test_quiet_hours_follow_the_clock_of_their_zone(quiet, instant, is_quiet):
    plan = rule_file.parse(f'quiet = "{quiet}"\ntimezone = "Europe/Berlin"')
    assert plan.is_quiet(datetime.fromisoformat(instant)) is is_quiet


# -- messages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(empty_store, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "GLD SPY")
    return empty_store


@pytest.fixture
def hook(folder):
    """A webhook that the rule of `RULE` for gold sends to."""
    with receivers.webhook() as (hook, url):
        alert_rounds.rules(folder, RULE.format(asset="GLD"), hook=url)
        hook.url, hook.folder = url, folder
        yield hook


def run(frame, now=MORNING):
    """Do a round as a process does that was just started."""
    return step(frame, now)(Stop())


def test_a_message_comes_once_by_mail_and_webhook_with_one_identity(folder):
    with receivers.mailbox() as (box, mail), receivers.webhook() as (hook, url):
        alert_rounds.rules(folder, RULE.format(asset="GLD"), mail=mail, hook=url)
        assert run(axes([60])).summary == ""
        assert run(axes([60, 80])).summary == "alerts: 2 sent"
        for _ in range(2):
            assert run(axes([60, 80])).summary == ""
    assert box.identities == [f"<{identity}@sentiment>" for identity in hook.identities]
    (mail,), ((_, content),) = box.mails, hook.requests
    assert (mail["Subject"], content["id"]) == ("GLD: fear crosses above 70", hook.identities[0])
    assert content["message"] == (
        "GLD: fear 80.\n\n- fear crosses above 70: 80.0 on 2 Nov 2026, after 60.0\n\n"
        "https://dash.example.com/?asset=GLD\n\nMade.\n"
        "A description of the market, not advice. These scores have not been shown to predict returns."
    )
    assert mail.get_content().split() == content["message"].split()


@pytest.mark.usefixtures("folder")
def test_a_real_reading_has_the_sentence_of_its_page_a_pinned_link_and_its_source(monkeypatch):
    monkeypatch.setenv("SENTIMENT_PUBLIC_ADDRESS", "https://dash.example.com/markets")
    found = readings.load("GLD", datetime(2026, 11, 27, 7, 0, 0, 5, tzinfo=UTC))
    assert found.headline.startswith("SPDR Gold Shares, 396.75 USD on 1 Sep 2026: fear 50")
    address, _, query = found.link.partition("?")
    selection, problems = links.from_query(query)
    assert (address, problems) == ("https://dash.example.com/markets/", ())
    assert (selection.asset, selection.as_of) == ("GLD", date(2026, 9, 1))
    assert selection.known_at == datetime(2026, 11, 27, 7, tzinfo=UTC)
    assert found.source == "Prices: bundled figures, last bar 1 Sep 2026. Known on 27 Nov 2026, 07:00 UTC."


def test_an_asset_has_one_message_a_day_with_all_reasons_unless_the_file_says_otherwise(folder):
    two = RULE.format(asset="GLD") + '[[rule]]\nwhat = "gap"\nabove = 20\n'
    for top, expected in (("", 1), ("one_a_day = false\n", 2)):
        with receivers.webhook() as (hook, url):
            alert_rounds.rules(folder, top + two, hook=url)
            run(axes([60]))
            run(axes([60, 80]))
            gold = [content for _, content in hook.requests if content["title"].startswith("GLD")]
            assert len(gold) == expected
            assert sum(content["message"].count("\n- ") for content in gold) == 2
        (folder / "alerts.json").unlink()


def test_what_a_rule_says_after_the_days_message_waits_for_the_next_day(folder, hook):
    run(axes([60]))
    run(axes([60, 80]))
    alert_rounds.rules(
        folder, RULE.format(asset="GLD") + '[[rule]]\nasset = "GLD"\nwhat = "price"\nabove = 50\n', hook=hook.url
    )
    run(axes([60, 80], close=[1.0, 2.0]))
    run(axes([60, 80], close=[1.0, 90.0]))
    assert [content["title"] for _, content in hook.requests] == ["GLD: fear crosses above 70"]
    run(axes([60, 80, 80], close=[1.0, 90.0, 90.0]))
    assert [content["title"] for _, content in hook.requests][1:] == ["GLD: price crosses above 50"]


def test_a_channel_that_fails_has_its_message_later_and_the_other_has_it_once(folder, hook):
    with receivers.mailbox() as (box, mail):
        alert_rounds.rules(folder, RULE.format(asset="GLD"), mail=mail, hook=hook.url)
        run(axes([60]))
        hook.status, box.refuses = 503, True
        done = run(axes([60, 80]))
        assert done.summary == "alerts: 1 waits"
        assert done.failures.keys() == {"channel mail", "channel hook"}
        box.refuses = False
        run(axes([60, 80, 81]))
        hook.status = 200
        run(axes([60, 80, 81]))
        run(axes([60, 80, 81]))
    assert (len(box.mails), len(hook.requests)) == (1, 1)


def test_messages_wait_for_the_end_of_the_quiet_hours(folder, hook):
    alert_rounds.rules(folder, 'quiet = "22:00-07:00"\n' + RULE.format(asset="GLD"), hook=hook.url)
    night = MORNING.replace(hour=23)
    run(axes([60]), night)
    assert run(axes([60, 80]), night).summary == "alerts: 1 waits for the end of the quiet hours"
    assert hook.requests == []
    run(axes([60, 80]), night + timedelta(hours=8))
    assert len(hook.requests) == 1


def test_a_clock_that_is_set_loses_and_repeats_nothing(hook):
    fear = [60]
    for hours in (0, -24, 9_000, 0, -9_000, 1, 2, 3):
        fear += [80, 60]
        run(axes(fear[:-1]), MORNING + timedelta(hours=hours))
        run(axes(fear), MORNING - timedelta(hours=hours))
    # The first day heard is where a rule begins.
    assert len(hook.identities) == len(set(hook.identities)) == 7


def test_a_process_that_comes_back_after_days_tells_all_in_one_message(hook):
    run(axes([60]))
    run(axes([60, 80, 60, 90, 65]))
    ((_, content),) = hook.requests
    assert content["title"] == "GLD: fear crosses above 70 and 1 more"
    assert [line for line in content["message"].splitlines() if line.startswith("- ")] == [
        "- fear crosses above 70: 80.0 on 2 Nov 2026, after 60.0",
        "- fear crosses above 70: 90.0 on 4 Nov 2026, after 60.0",
    ]


@pytest.mark.slow
def test_a_round_that_is_killed_at_any_point_loses_and_repeats_nothing(tmp_path):
    """The receiver drops what comes under an identity that it has."""
    with receivers.mailbox() as (box, mail), receivers.webhook() as (hook, url):
        support = Path(alert_rounds.__file__)
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "PYTHONPATH": f"{files.ROOT}:{support.parent}"}
        done = subprocess.run(
            [sys.executable, str(support), str(tmp_path), mail, url],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
    points = done.stdout.splitlines()
    assert Counter(points) == {"before write": 5, "after write": 5, "before send": 2, "after send": 2}
    rounds = len(points) + 1
    for identities, name in ((box.identities, "mail"), (hook.identities, "hook")):
        assert len(set(identities)) == rounds, f"{name}: a message was lost or has two identities"
        # Killed after the send and before or after the write of it: nobody here can know that it was taken.
        assert len(identities) - rounds == 2, name


def test_a_channel_without_identities_does_not_repeat_what_was_interrupted(folder, hook):
    address = hook.url.replace("json://", "ntfy://").replace("secret-path", "topic")
    alert_rounds.rules(folder, RULE.format(asset="GLD"), chat=address)
    hook.status = 503
    run(axes([60]))
    run(axes([60, 80]))
    box = outbox.load()
    box.messages[0].deliveries["chat"].state = "sending"
    box.save()
    hook.status = 200
    failures = run(axes([60, 80])).failures
    assert "may or may not have arrived; it is not sent again" in failures["channel chat, GLD: fear crosses above 70"]
    assert run(axes([60, 80])).failures == {}
    assert hook.requests == []
    run(axes([60, 80, 60, 80]))
    assert len(hook.requests) == 1


def test_a_message_that_is_too_long_for_a_chat_comes_in_parts(hook):
    opened, _ = channels.open_all({"chat": hook.url.replace("json://", "mmost://").replace("secret-path", "a" * 24)})
    assert opened["chat"].send(outbox.Message("one", "", "2026-11-01", "", "Week", "all of it\n" * 600))
    assert sum(str(content).count("all of it") for _, content in hook.requests) == 600
    assert len(hook.requests) == 2


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_faults_are_named_and_stop_nothing_else_and_no_address_is_shown(folder, hook, caplog):
    text = RULE.format(asset="GLD") + '[[rule]]\nwhat = "feer"\n' + RULE.format(asset="XYZ")
    alert_rounds.rules(folder, text, hook=hook.url, typo="telegramm://bot-secret/", slack="slack://secret")

    def load(asset, now):
        if asset == "XYZ":
            return readings.load(asset, now)
        return reading(asset, frame)

    frame = axes([60])
    alerts = Alerts(now=lambda: MORNING, load=load, version=lambda _: object())
    alerts(Stop())
    frame = axes([60, 80])
    done = alerts(Stop())
    assert len(hook.requests) == 1
    assert done.failures.keys() == {"channel typo", "channel slack", "XYZ", "rule 2, line 11"}
    assert "no asset 'XYZ'" in done.failures["XYZ"]
    assert "secret" not in f"{done}{caplog.text}{rule_file.read()}{(folder / 'alerts.json').read_text()}"


def test_without_rules_nothing_is_done_and_without_a_channel_nothing_is_heard(folder, monkeypatch):
    assert run(axes([60])).summary == ""
    alert_rounds.rules(folder, RULE.format(asset="GLD"))
    assert "names no channel" in run(axes([60])).failures["alerts"]
    assert not (folder / "alerts.json").exists()
    with receivers.webhook() as (hook, url):
        monkeypatch.setenv("SENTIMENT_ALERT_URLS", url)
        run(axes([60]))
        run(axes([60, 80]))
        assert len(hook.requests) == 1
        assert url not in str(doctor.in_force())


@pytest.mark.usefixtures("hook")
@pytest.mark.parametrize("content", [b"", b"{", b'{"form": 1}', b'{"form": 2}', b"[]"])
def test_a_damaged_outbox_sends_nothing(folder, content):
    (folder / "alerts.json").write_bytes(content)
    assert "alerts.json" in run(axes([60, 80])).failures["alerts"]
    assert (folder / "alerts.json").read_bytes() == content
    with pytest.raises(DataError):
        outbox.load()


@pytest.mark.usefixtures("hook")
def test_another_process_that_sends_is_left_to_it():
    run(axes([60]))
    with outbox.held():
        assert run(axes([60, 80])).summary == "another process sends the alerts"
    assert run(axes([60, 80])).summary == "alerts: 1 sent"


@pytest.mark.usefixtures("hook")
def test_an_asset_that_did_not_change_is_not_read_again():
    read = []

    def load(asset, _now):
        read.append(asset)
        return reading(asset, axes([60]))

    alerts = Alerts(now=lambda: MORNING, load=load, version=lambda _: 1)
    for _ in range(3):
        alerts(Stop())
    assert read == ["GLD"]


def test_a_missing_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingExtraError, match=r"sentiment-dashboard\[alerts\]"):
        channels.open_all({})


def test_old_finished_messages_are_left_out_and_those_that_wait_stay(folder):
    folder.mkdir(exist_ok=True)
    box = outbox.Outbox()
    for count in range(40):
        state = outbox.Delivery("waiting" if count == 2 else "sent")
        box.messages.append(outbox.Message(str(count), "GLD", "2026-11-01", "", "", "", deliveries={"hook": state}))
    box.save()
    assert [message.identity for message in outbox.load().messages] == ["2", *map(str, range(10, 40))]


@pytest.mark.parametrize("address", ["dash.example.com", "https://a b", "https://x/?a=1"])
def test_an_address_for_links_that_is_none_is_refused(monkeypatch, address):
    monkeypatch.setenv("SENTIMENT_PUBLIC_ADDRESS", address)
    with pytest.raises(SelectionError, match="SENTIMENT_PUBLIC_ADDRESS is"):
        settings.public_address()


def test_a_file_that_a_setting_names_and_is_not_there_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_ALERTS", str(tmp_path / "none.toml"))
    with pytest.raises(InputError, match="which is not there"):
        rule_file.read()


# -- the digest --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-23T06:59:00+00:00", "2026-W47"),  # 07:59 in Berlin
        ("2026-11-23T07:00:00+00:00", "2026-W48"),
        ("2026-11-29T23:00:00+00:00", "2026-W48"),
        ("2027-01-01T12:00:00+00:00", "2026-W53"),
    ],
)
def test_a_digest_is_due_from_its_hour_until_the_next(now, week):
    plan = rule_file.parse('digest = "monday 08:00"\ntimezone = "Europe/Berlin"')
    assert decide.week_due(plan, datetime.fromisoformat(now)) == week


def test_the_digest_comes_once_a_week_whatever_the_clock_does(folder):
    with receivers.webhook() as (hook, url), receivers.mailbox() as (box, mail):
        folder.mkdir(exist_ok=True)
        (folder / "alerts.toml").write_text(f'digest = "monday 08:00"\n[channels]\nhook = "{url}"\nmail = "{mail}"\n')
        week, sent = timedelta(days=7), []
        for now in (
            MORNING,
            MORNING + DAY,
            MORNING + week,
            MORNING,
            MORNING + week + DAY,
            MORNING + 60 * week,
            MORNING + 2 * week,
        ):
            frame = axes([60, 80])
            Alerts(now=lambda now=now: now, load=readings.load)(Stop()) if not sent else run(frame, now)
            sent.append(len(hook.requests))
    assert sent == [0, 0, 1, 1, 1, 2, 3]
    assert len(set(hook.identities)) == 3
    assert box.mails[0].get_content_type() == "multipart/alternative"


def test_the_digest_has_each_asset_with_its_week_and_says_which_has_no_readings(folder, monkeypatch):
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "GLD NOPE")
    made = digest.make(datetime(2026, 11, 27, 7, tzinfo=UTC), readings.load)
    for text in (made.text, made.html):
        assert "SPDR Gold Shares, 396.75 USD on 1 Sep 2026" in text
        assert "In 7 days: price −7.3%" in text
        assert "1 Sep 2026: the regime became “in balance”" in text
        assert "NOPE: no asset" in text
    assert "<script" not in made.html
    out = folder / "week.html"
    folder.mkdir(exist_ok=True)
    assert b"The week to" in command_line.run("digest", "-o", str(out)).stdout
    assert "SPDR Gold" in out.read_text()
    assert b"SPDR Gold" in command_line.run("digest").stdout


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_lists_the_rules_and_sends_nothing(hook):
    none = command_line.run("alerts", "--since", "2026-07-01").stdout.decode()
    assert "GLD: fear crosses above 70\n    fear crosses above 70: 75.2 on 13 Jul 2026, after 59.9\n" in none
    assert none.endswith("Channels: hook.\nNothing new would be sent now.\n")
    key = "GLD: fear crosses above 70"
    box = outbox.Outbox({key: State(date(2026, 7, 12), holds=False)})
    box.save()
    some = command_line.run("alerts").stdout.decode()
    assert "Would be sent now (1):\n\nSPDR Gold Shares: fear crosses above 70" in some
    assert "http://localhost:8501/?asset=GLD&as_of=2026-09-01&known_at=" in some
    assert outbox.load().states[key].day == date(2026, 7, 12)
    assert hook.requests == []
    alert_rounds.rules(hook.folder, "[[rule]]\n", typo="telegramm://bot-secret/")
    faulty = command_line.run("alerts", check=False)
    assert (faulty.returncode, b"secret" in faulty.stdout) == (1, False)
    assert b"channel typo: apprise does not know its address" in faulty.stdout
    assert b"rule 1, line 5: what is missing" in faulty.stdout
    refused = command_line.run("alerts", "--send", check=False)
    assert (refused.returncode, b"SENTIMENT_OFFLINE" in refused.stderr) == (2, True)


@pytest.mark.parametrize("text", [None, "", 'quiet = "22:00-07:00"\n'])
def test_without_rules_the_command_says_how_to_begin_and_its_example_is_a_rule(empty_store, text):
    place = empty_store / "alerts.toml"
    if text is not None:
        empty_store.mkdir()
        place.write_text(text)
    done = command_line.run("alerts", check=False)
    words = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"there are no alert rules: {place} {'is not there' if text is None else 'has none'}\n" in words
    assert "More, Alerts" in words
    assert "docs/alerts.md" in words
    example = words[words.index("    [[rule]]") : words.index("and run")]
    assert [rule.words for rule in rule_file.parse(example).rules] == ["fear crosses above 75"]


def test_the_command_sends_what_is_new(hook, monkeypatch, caplog):
    caplog.set_level(0, "sentiment")  # and gives the level back that the command sets
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    outbox.Outbox({"GLD: fear crosses above 70": State(date(2026, 7, 12), holds=False)}).save()
    assert command_line.run("alerts", "--send").stdout == b"alerts: 1 sent\n"
    assert command_line.run("alerts", "--send").stdout == b"nothing to send\n"
    ((_, content),) = hook.requests
    assert [attached["filename"] for attached in content["attachments"]] == ["GLD-2026-09-01.png"]
