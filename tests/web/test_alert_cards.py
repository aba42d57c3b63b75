"""The card that a message carries: in mails and webhooks, behind the text in chats, and never in the way of the text."""

from __future__ import annotations

import base64
import io
import logging
from datetime import UTC, datetime

import alert_rounds
import pytest
import receivers
from alert_rounds import MORNING, RULE, axes, reading
from PIL import Image

from sentiment.cli.watch import speaking
from sentiment.errors import SelectionError
from sentiment.market.watch import Stop
from sentiment.web.alerts import channels, outbox
from sentiment.web.alerts.step import Alerts

PNG = b"\x89PNG\r\n\x1a\n, as far as a channel knows"
MESSAGE = outbox.Message("one", "EURUSD=X", "2026-11-01", "", "Euro", "text")


@pytest.fixture
def folder(empty_store, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "GLD")
    return empty_store


def rounds(draw):
    """Two rounds, in the second of which fear of gold has crossed 70."""
    for fear in ([60], [60, 80]):
        frame = axes(fear, first="2026-08-31")
        load = lambda asset, _, frame=frame: reading(asset, frame)  # noqa: E731
        done = Alerts(now=lambda: MORNING, load=load, version=lambda _: object(), draw=draw)(Stop())
    return done


def test_a_mail_and_a_webhook_carry_the_card_of_the_day_and_instant_of_their_link(folder):
    asked = []

    def draw(selection):
        asked.append(selection)
        return speaking().draw(selection)

    with receivers.mailbox() as (box, mail), receivers.webhook() as (hook, url):
        alert_rounds.rules(folder, RULE.format(asset="GLD"), mail=mail, hook=url)
        assert rounds(draw).summary == "alerts: 2 sent"
    (selection,) = asked
    assert (selection.asset, str(selection.as_of), selection.known_at) == ("GLD", "2026-09-01", MORNING)
    (part,) = box.mails[0].iter_attachments()
    ((_, content),) = hook.requests
    (attached,) = content["attachments"]
    assert (part.get_content_type(), part.get_filename()) == ("image/png", "GLD-2026-09-01.png")
    assert (attached["mimetype"], attached["filename"]) == ("image/png", "GLD-2026-09-01.png")
    assert part.get_content() == base64.b64decode(attached["base64"])
    with Image.open(io.BytesIO(part.get_content())) as picture:
        assert picture.convert("RGB").size == (1200, 628)
        assert "as_of=2026-09-01&known_at=2026-11-03T07:30:00Z" in picture.text["Source"]
    assert box.mails[0].get_body().get_content().split() == content["message"].split()


def test_a_card_that_cannot_be_drawn_is_logged_and_the_message_comes_without(folder, caplog):
    def draw(_):
        raise SelectionError("no prices of that day")

    with receivers.webhook() as (hook, url):
        alert_rounds.rules(folder, RULE.format(asset="GLD"), hook=url)
        with caplog.at_level(logging.WARNING, "sentiment"):
            assert rounds(draw).summary == "alerts: 1 sent"
    assert hook.requests[0][1]["attachments"] == []
    assert "the card of GLD on 2026-09-01 cannot be drawn, so its message goes without: no prices" in caplog.text


def test_a_server_that_refuses_the_card_has_the_text_alone(folder):
    with receivers.webhook() as (hook, url):
        opened, _ = channels.open_all({"hook": url})
        hook.most = 1_000
        assert opened["hook"].send(MESSAGE, PNG * 100)
        assert [content["attachments"] for _, content in hook.requests] == [[]]
        hook.most = 0
        assert not opened["hook"].send(MESSAGE, PNG)
    assert folder is not None


def test_a_chat_has_the_card_behind_the_text_and_the_text_once_where_it_takes_no_card(folder, caplog):
    with receivers.webhook() as (hook, url):
        address = url.replace("json://", "ntfy://").replace("secret-path", "topic")
        opened, _ = channels.open_all({"chat": address})
        opened["chat"].service.request_rate_per_sec = 0  # apprise waits for seconds between two
        assert opened["chat"].send(MESSAGE, PNG)
        text, card = (content for _, content in hook.requests)
        assert (text["title"], text["message"], card) == ("Euro", "text", PNG)
        hook.requests.clear()
        hook.most = 200
        assert opened["chat"].send(MESSAGE, PNG * 100)
        assert [content["message"] for _, content in hook.requests] == ["text"]
    assert "channel chat did not take the card of a message; its text was taken" in caplog.text
    assert "topic" not in caplog.text
    assert folder is not None


def test_a_channel_that_takes_no_picture_is_not_asked_to_and_nothing_is_drawn_for_it(folder):
    def draw(_):
        raise AssertionError("nobody wants it")

    with receivers.webhook() as (hook, url):
        address = url.replace("json://", "gotify://").replace("secret-path", "a" * 15)
        alert_rounds.rules(folder, RULE.format(asset="GLD"), plain=address)
        assert rounds(draw).summary == "alerts: 1 sent"
    assert len(hook.requests) == 1


def test_a_rule_with_a_channel_speaks_to_it_alone_in_a_message_of_its_own(folder):
    with receivers.webhook() as (one, first), receivers.webhook() as (two, second):
        to_all, to_one = RULE.format(asset="GLD"), 'what = "fear"\nabove = 75\nchannel = "two"\n'
        alert_rounds.rules(folder, f"{to_all}[[rule]]\n{to_one}", one=first, two=second)
        rounds(None)
        rounds(None)
    titles = [[content["title"] for _, content in hook.requests] for hook in (one, two)]
    assert titles == [["GLD: fear crosses above 70"], ["GLD: fear crosses above 70", "GLD: fear crosses above 75"]]
    assert len({*one.identities, *two.identities}) == 2


def test_an_alert_that_waited_for_a_channel_that_is_gone_goes_to_all(folder):
    with receivers.webhook() as (hook, url):
        alert_rounds.rules(folder, RULE.format(asset="GLD"), hook=url)
        rounds(None)
        box = outbox.load()
        late = datetime(2026, 9, 1, tzinfo=UTC).date()
        box.waiting.append(outbox.Alert("GLD", "fear crosses above 99", late, "a reason", "gone"))
        box.save()
        rounds(None)
    assert [content["title"] for _, content in hook.requests][1:] == ["GLD: fear crosses above 99"]
