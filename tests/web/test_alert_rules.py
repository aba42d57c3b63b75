"""The rules of alerts on the page: what it writes into their file, what it leaves, and who sees any of it."""

from __future__ import annotations

import sys
import tomllib

import alert_rounds
import pytest
import receivers
from alert_rounds import RULE, axes, step
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.errors import InputError, SelectionError
from sentiment.market import watch
from sentiment.market.watch import Stop
from sentiment.models import Regime
from sentiment.web.alerts import one_rule, rule_edit, rule_file
from sentiment.web.page import alert_fields

CONNECTION = "sentiment.web.streamlit_state.connection"
TEXT = """\
# mine, from the start
quiet = "22:00-07:00"

[channels]
chat = "json://127.0.0.1:9/secret-path" # of the team

# fear
[[rule]] # the first
what = "fear" # not "gap" # ever
  # inside
above = 75 # high

# regimes
[[rule]]
asset = "SPY"
what = "regime"
"""

# -- the file ----------------------------------------------------------------------------------------------------------


def test_a_rule_is_added_at_the_end_and_the_rest_stays():
    assert rule_edit.with_rule(TEXT, {"asset": "GLD", "what": "gap", "enters": [-10.0, 2.5], "channel": "chat"}) == (
        f'{TEXT}\n[[rule]]\nasset = "GLD"\nwhat = "gap"\nenters = [-10, 2.5]\nchannel = "chat"\n'
    )
    assert rule_edit.with_rule("one_a_day = true", {"what": "regime"}).startswith("one_a_day = true\n\n[[rule]]\n")


def test_a_change_keeps_lines_that_stay_and_every_comment():
    assert rule_edit.changed(TEXT, 0, {"what": "fear", "below": 20.0}) == TEXT.replace(
        "above = 75 # high\n", "# high\nbelow = 20\n"
    )
    assert rule_edit.changed("[[rule]]\nabove = true", 0, {"above": 1.0}) == "[[rule]]\nabove = 1\n"
    assert rule_edit.changed(TEXT, 0, {"asset": "GLD", "what": "gap", "above": 75}) == TEXT.replace(
        'what = "fear"', 'what = "gap"'
    ).replace("# high\n", '# high\nasset = "GLD"\n')


def test_a_rule_that_is_deleted_takes_its_lines_alone():
    assert rule_edit.without(TEXT, 1) == TEXT.replace('[[rule]]\nasset = "SPY"\nwhat = "regime"\n', "")
    kept = rule_edit.without(TEXT, 0)
    assert kept == TEXT[: TEXT.index("[[rule]] # the")] + TEXT[TEXT.index("\n# regimes") :]


@pytest.mark.parametrize(
    "text",
    [
        'rule = [{what = "regime"}]',
        '[[rule]]\nwhat = "fear"\nenters = [\n  70,\n  100,\n]\n',
        '[channels]\nchat = """\n[[rule]]\n"""\n[[rule]]\nwhat = "regime"\n',
        '[channels]\nchat = """\n[[rule]]\nwhat = "x"\n\n[y]\n"""\n[["rule"]]\nwhat = "regime"\n',
    ],
)
def test_a_file_that_is_written_in_another_way_is_left_alone(text):
    with pytest.raises(SelectionError, match="change the rule in the file itself"):
        rule_edit.changed(text, 0, {"what": "call due"})


NUMBER = st.floats(-1e6, 1e6, allow_nan=False) | st.integers(-1_000, 1_000)
WHERE = st.fixed_dictionaries({}, optional={"asset": st.sampled_from(["GLD", "^VIX", "EURUSD=X"])})
MORE = st.fixed_dictionaries(
    {}, optional={"cooldown_days": st.integers(1, 99), "channel": st.sampled_from(["chat", "it's #1 \\ “x”"])}
)
TEST = st.one_of(
    st.fixed_dictionaries({"what": st.sampled_from(["fear", "price"]), "above": NUMBER}),
    st.fixed_dictionaries({"what": st.just("gap"), "leaves": st.tuples(NUMBER, NUMBER).map(sorted)}),
    st.fixed_dictionaries(
        {"what": st.just("justified"), "changes_by": st.floats(0.1, 50), "in_days": st.integers(1, 90)}
    ),
    st.fixed_dictionaries({"what": st.just("regime"), "enters": st.sampled_from(list(map(str, Regime)))}),
)
SAID = st.tuples(WHERE, TEST, MORE).map(lambda parts: parts[0] | parts[1] | parts[2])
EDITS = st.lists(st.tuples(st.sampled_from(["add", "change", "delete"]), st.integers(0, 9), SAID), max_size=8)


@given(st.sampled_from([TEXT, TEXT.replace("\n", "\r\n"), "", TEXT.rstrip("\n")]), EDITS)
def test_after_any_edits_the_file_has_those_rules_and_all_else_as_it_was(text, edits):
    rules = tomllib.loads(text).get("rule", [])
    rest = {name: value for name, value in tomllib.loads(text).items() if name != "rule"}
    head = text.partition("[[rule]]")[0].rstrip()
    for kind, number, said in edits:
        place = number % max(len(rules), 1)
        if kind == "add" or not rules:
            grown = rule_edit.with_rule(text, said)
            assert not text.endswith("\n") or rule_edit.without(grown, len(rules)) == text
            text, rules = grown, [*rules, said]
        elif kind == "change":
            text, rules = rule_edit.changed(text, place, said), [*rules[:place], said, *rules[place + 1 :]]
        else:
            text, rules = rule_edit.without(text, place), [*rules[:place], *rules[place + 1 :]]
        now = tomllib.loads(text)
        assert now.pop("rule", []) == rules
        assert now == rest
        assert text.count("\r\n") in {0, text.count("\n")}
    assert text.startswith(head)


def test_what_another_has_changed_meanwhile_is_not_overwritten(empty_store):
    empty_store.mkdir()
    path = empty_store / "alerts.toml"
    path.write_text(TEXT)
    first, second = rule_file.read().entries
    rule_edit.remove(first)
    for late in (lambda: rule_edit.change(first, {"what": "regime"}), lambda: rule_edit.remove(first)):
        with pytest.raises(SelectionError, match="changed or taken out of the file meanwhile"):
            late()
    rule_edit.change(second, {"what": "call due"})  # though it stands in another line now
    assert [rule.words for rule in rule_file.read().rules] == ["a call is due"]


def test_a_new_file_is_its_owners_alone_and_one_that_cannot_be_written_is_named(empty_store, monkeypatch):
    rule_edit.add({"what": "fear", "above": 75.0})
    path = empty_store / "alerts.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [rule.words for rule in rule_file.read().rules] == ["fear crosses above 75"]
    with pytest.raises(SelectionError, match="above is missing"):
        rule_edit.add({"what": "fear", "above": None})
    (empty_store / "folder").mkdir()
    monkeypatch.setenv("SENTIMENT_ALERTS", str(empty_store / "folder"))
    with pytest.raises(InputError, match="folder cannot be"):
        rule_edit.add({"what": "fear", "above": 75.0})


def test_the_same_rule_twice_is_refused_and_named_in_a_file(empty_store):
    rule_edit.add({"what": "fear", "above": 75.0, "cooldown_days": 7})
    path = empty_store / "alerts.toml"
    for same in ({"what": "fear", "above": 75}, {"asset": "Watchlist", "what": "fear", "above": 75.0}):
        with pytest.raises(SelectionError, match=r"has this rule already \(rule 1, line 3\)"):
            rule_edit.add(same)
    rule_edit.add({"what": "fear", "above": 80})
    first, second = rule_file.read().entries
    with pytest.raises(SelectionError, match="has this rule already"):
        rule_edit.change(second, {"what": "fear", "above": 75})
    rule_edit.change(first, {"what": "fear", "above": 75, "cooldown_days": 9})
    path.write_text(path.read_text() + path.read_text().partition("\n")[2])
    plan = rule_file.read()
    assert [rule.words for rule in plan.rules] == ["fear crosses above 75", "fear crosses above 80"]
    assert plan.faults == {
        "rule 3, line 12": "it is the same rule as rule 1, line 3, so only that one is followed; take one out",
        "rule 4, line 17": "it is the same rule as rule 2, line 8, so only that one is followed; take one out",
    }


@pytest.mark.parametrize(
    ("said", "shown", "left"),
    [
        ({"what": "feer", "above": 75}, {"above": 75}, ["what ('feer')"]),
        ({"what": ["fear"], "asset": 5}, {}, ["what (\"['fear']\")", "asset ('5')"]),
        ({"what": "fear", "above": "75", "below": 20}, {"what": "fear", "below": 20}, ["above ('75')"]),
        ({"what": "fear", "above": 150, "in_days": 3}, {"what": "fear", "above": 150}, ["in_days ('3')"]),
        ({"what": "gap", "enters": [70]}, {"what": "gap"}, ["enters ('[70]')"]),
        ({"what": "gap", "enters": [70, 20]}, {"what": "gap", "enters": [70, 20]}, []),
        ({"what": "regime", "enters": "panic"}, {"what": "regime"}, ["enters ('panic')"]),
        ({"what": "call due", "cooldown_days": 3}, {"what": "call due"}, ["cooldown_days ('3')"]),
        ({"what": "price", "changes_by": 5, "in_days": 0}, {"what": "price", "changes_by": 5}, ["in_days ('0')"]),
        (
            {"what": "fear", "above": float("inf"), "channel": "json://secret"},
            {"what": "fear"},
            ["above ('inf')", "channel"],
        ),
        ({"what": "fear", "above": 1, "chanel": "json://secret"}, {"what": "fear", "above": 1}, ["chanel"]),
    ],
)
def test_what_the_form_can_show_of_a_faulty_rule(said, shown, left):
    assert alert_fields.readable(said, ["chat"]) == (shown, left)
    assert rule_file.parse(rule_edit.with_rule("", said) if float("inf") not in said.values() else "[[rule]]").faults


@given(SAID)
def test_the_form_can_show_all_of_a_rule_that_can_be_followed(said):
    assert alert_fields.readable(said, ["chat", "it's #1 \\ “x”"]) == (said, [])


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_machine(empty_store, monkeypatch):
    """A data folder whose page is opened on the server's own machine."""
    monkeypatch.setattr(CONNECTION, lambda: ("127.0.0.1", [("host", "localhost:8501")]))
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "GLD SPY")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    empty_store.mkdir()
    return empty_store


def opened(**query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    app.query_params.update(view="Alerts", **query)
    return ran(app)


def ran(one):
    """Run the page after something was done with it or one of its elements."""
    app = one.run()
    assert not app.exception, app.exception
    return app


def told(app):
    """All that the page says, as it is read."""
    found = [*app.header, *app.subheader, *app.caption, *app.markdown, *app.warning, *app.info, *app.error]
    found += [*app.success, *app.code]
    text = "\n".join(str(one.value) for one in found).replace("\\", "").replace("\u2060", "")
    return text + "".join(table.value.to_csv() for table in app.dataframe)


def field(app, kind, name):
    """The field of the form whose key begins so."""
    (found,) = [one for one in app.get(kind) if (one.key or "").startswith(f"{name}-new")]
    return found


def press(app, key):
    return ran(app.button(key=key).click())


def test_the_page_says_what_each_rule_says_and_what_was_sent_and_shows_no_address(own_machine):
    with receivers.webhook() as (_, url):
        alert_rounds.rules(own_machine, 'digest = "monday 08:00"\n' + RULE.format(asset="GLD") + "[[rule]]\n", hook=url)
        for fear in ([60], [60, 80]):
            step(axes(fear))(Stop())
        app = opened(asset="SPY", weights="drawdown:20")
        words = told(app)
        assert "1 rule sends messages to hook. On the latest readings: nothing to report." in words
        assert "**GLD: fear crosses above 70**" in words
        assert (
            "Does not fire on the readings to 1 Sep 2026. Last time this happened: GLD, fear crosses above 70: 74.4 on 23 Jul 2026, after 61.6. "
            "Last alert: 2 Nov 2026, GLD."
        ) in words
        assert "Alerts use the standard weights, not yours." in words
        assert "Rule 2, line 10 is not followed: what is missing" in words
        assert "Digest every Monday at 08:00 (UTC)." in words
        assert "neither sentiment watch nor a server is watching this data folder" in words
        sent = app.dataframe[0].value.iloc[0]
        assert (sent["Message"], sent["Sent"]) == ("GLD: fear crosses above 70", "hook: sent")
        with watch.alone("sentiment watch"):
            assert "has kept this data folder fresh since" in told(ran(app))
        tried = told(press(app, "alert-try-0"))
        assert "By today's figures it would have written on 23 Jul 2026" in tried
        assert "SPDR Gold Shares: fear crosses above 70\n\nSPDR Gold Shares, " in tried
        assert "/?asset=GLD&as_of=2026-07-23&known_at=" in tried
        (card,) = app.get("image")
        assert card.proto.imgs[0].alt.startswith("SPDR Gold Shares, ")
        assert "secret-path" not in words + tried + str(card.proto)
    (own_machine / "alerts.json").write_text("{")
    assert "alerts.json cannot be read" in told(ran(app))


def test_a_rule_is_written_tried_changed_and_deleted_on_the_page(own_machine):
    path = own_machine / "alerts.toml"
    path.write_text(TEXT)
    app = opened()
    ran(field(app, "selectbox", "what").set_value("gap"))
    ran(field(app, "selectbox", "test").set_value("enters"))
    field(app, "number_input", "From").set_value(20.0)
    field(app, "number_input", "To").set_value(-5.5)
    app = press(app, "alert-save")
    assert "The rule is not valid. From is 20 and To is −5.5; the lower one comes first." in told(app)
    assert field(app, "number_input", "From").value == 20.0
    assert path.read_text() == TEXT
    field(app, "number_input", "To").set_value(100.0)
    field(app, "selectbox", "to").set_value("chat")
    assert "it would have written" in told(press(app, "alert-try"))
    assert path.read_text() == TEXT
    app = press(app, "alert-save")
    assert "Saved. It fires when: Every asset of the watchlist: gap enters 20 to 100, to chat" in told(app)
    added = '\n[[rule]]\nwhat = "gap"\nenters = [20, 100]\nchannel = "chat"\n'
    assert path.read_text() == TEXT + added
    assert field(app, "selectbox", "what").value == "fear", "the next rule begins with empty fields"
    app = press(app, "alert-change-0")
    assert field(app, "number_input", "level").value == 75.0
    field(app, "number_input", "level").set_value(80.0)
    app = press(app, "alert-save")
    assert path.read_text() == TEXT.replace("above = 75 #", "above = 80 #") + added
    app = press(app, "alert-change-1")
    path.write_text(path.read_text().replace('asset = "SPY"', 'asset = "GLD"'))
    field(app, "selectbox", "turn").set_value("enters")
    app = press(app, "alert-save")
    kept = TEXT.replace("above = 75 #", "above = 80 #").replace("SPY", "GLD")
    assert "Somebody changed the rule that you are editing" in told(app)
    assert "New in the file since then: GLD: the regime changes." in told(app)
    assert path.read_text() == kept + added, "nothing is saved by a click that came too late"
    assert field(app, "selectbox", "turn").value == "enters"
    app = press(app, "alert-save-new")
    assert path.read_text() == (
        f'{kept}{added}\n[[rule]]\nasset = "SPY"\nwhat = "regime"\nenters = "fear outweighs fundamentals"\n'
    )
    field(app, "number_input", "level").set_value(33.0)
    app = press(app, "alert-delete-3")
    assert field(app, "number_input", "level").value == 33.0, "what is typed into another form stays"
    press(app, "alert-delete-2")
    assert path.read_text() == kept


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"asset": "a b!", "what": "fear", "above": 1.0}, "About is 'a b!'; it is not a ticker; one looks like BTC-USD"),
        ({"what": "fear", "above": 1.0, "channel": "json://secret"}, "Send to is none of those that the file names: chat"),
        ({"what": "price", "changes_by": None, "in_days": 7}, "Percent or more: no number is given yet"),
        ({"what": "fear", "above": 1.0, "cooldown_days": 4000}, "Days before it repeats is '4000'; it is a whole number"),
    ],
)  # fmt: skip
def test_what_a_field_cannot_be_is_told_by_its_name(said, fault):
    with pytest.raises(SelectionError) as caught:
        one_rule.rule(said, ["chat"])
    assert alert_fields.fault(caught.value, said).startswith(fault)


def test_a_fault_of_the_form_is_told_by_the_name_of_the_field(own_machine):
    app = opened()
    words = told(press(app, "alert-save"))
    assert "The rule is not valid. Level: no number is given yet." in words
    field(app, "number_input", "level").set_value(150.0)
    assert "Level is 150; a level is from 0 to 100." in told(press(app, "alert-save"))
    ran(field(app, "selectbox", "test").set_value("enters"))
    assert "From and To: no number is given yet." in told(press(app, "alert-save"))
    field(app, "number_input", "From").set_value(10.0)
    assert "valid. To: no number is given yet." in told(press(app, "alert-save"))
    ran(field(app, "selectbox", "test").set_value("changes_by"))
    field(app, "number_input", "size").set_value(-3.0)
    assert "Points or more is −3; it is above zero." in told(press(app, "alert-save"))
    assert not (own_machine / "alerts.toml").exists()


def test_a_faulty_rule_opens_with_what_can_be_read_and_says_what_cannot(own_machine):
    path = own_machine / "alerts.toml"
    path.write_text('[[rule]]\nasset = "GLD"\nwhat = "feer"\nabove = 75\nchanel = "json://u:secret@x"\n\n[[rule]]\n')
    app = press(opened(), "alert-change-0")
    assert "The form cannot show all that the file says. Left out: what ('feer'), chanel." in told(app)
    assert "secret" not in told(app)
    assert field(app, "selectbox", "what").value is None
    assert field(app, "selectbox", "about").value == "GLD"
    assert "Tell me when: nothing is chosen yet." in told(press(app, "alert-save"))
    ran(field(app, "selectbox", "what").set_value("gap"))
    assert field(app, "number_input", "level").value == 75.0
    press(app, "alert-save")
    assert path.read_text() == '[[rule]]\nasset = "GLD"\nwhat = "gap"\nabove = 75\n\n[[rule]]\n'
    press(app, "alert-change-1")
    assert field(app, "selectbox", "what").value is None, "nor does a rule that says nothing open as one of fear"


def test_without_the_extra_rules_are_written_and_what_to_install_is_said(own_machine, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    app = opened()
    assert app.header[0].value == "There are no rules yet"
    assert "install it with: pip install 'sentiment-dashboard[alerts]'. You can still write rules." in told(app)
    field(app, "number_input", "level").set_value(75.0)
    press(app, "alert-save")
    assert [rule.words for rule in rule_file.read().rules] == ["fear crosses above 75"]
    assert own_machine.is_dir()


@pytest.mark.parametrize("changes", ["open", "signed-in"])
def test_a_stranger_sees_nothing_of_the_rules(own_machine, monkeypatch, changes):
    (own_machine / "alerts.toml").write_text(TEXT)
    monkeypatch.setenv("SENTIMENT_NOTES", changes)
    monkeypatch.setattr(CONNECTION, lambda: ("203.0.113.5", [("host", "dash.example.com")]))
    app = opened()
    assert app.header[0].value == "Alerts are shown only to those who may change them"
    for word in ("fear crosses", "chat", "secret", "alerts.toml", "SPY:"):
        assert word not in told(app)
    assert not [one for one in app.button if (one.key or "").startswith("alert-")]


def test_a_file_that_is_broken_is_explained_on_the_own_machine_and_not_to_others(own_machine, monkeypatch):
    (own_machine / "alerts.toml").write_text("quiet = 5")
    app = opened()
    assert f"{own_machine}/alerts.toml: quiet is '5'; quiet hours look like" in told(app)
    monkeypatch.setattr(CONNECTION, lambda: ("203.0.113.5", []))
    monkeypatch.setattr("sentiment.web.page.sign_in.signed_in_name", lambda: "Jo")
    words = told(ran(app))
    assert "run sentiment alerts on the server to see why" in words
    assert str(own_machine) not in words
