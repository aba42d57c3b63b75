"""A mail folder is followed: unread mails of named senders are taken in once, marked as read once stored, and never deleted."""

from __future__ import annotations

from datetime import UTC, datetime

import imap_server
import pytest
from imap_server import Mail, mail

from sentiment.errors import FetchError, InputError, StoreError
from sentiment.research import followed, inbox
from sentiment.research.sources import following
from sentiment.research.sources import mail as mails


@pytest.fixture
def box(monkeypatch, empty_store):
    assert not empty_store.exists()
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setenv("SENTIMENT_MAIL_PASSWORD", "right")
    with imap_server.serving() as server:
        yield server


def follow(box, *senders, **more):
    return following.follow_mail(box.address, senders or ("desk@harbour.example",), who="Ann", **more)


def look(source):
    return following.look_at(followed.find_source(source.id))


def test_unread_mails_of_the_named_senders_are_taken_in_once_and_marked(box):
    box.mails = {
        1: mail(), 2: mail("Other", sender="Eve <eve@else.example>", identity="<2@h>"), 3: mail("Old", identity="<3@h>"),
        4: mail("Not quite", sender="x <notdesk@harbour.example>", identity="<4@h>"),
    }  # fmt: skip
    box.mails[3].flags.add("\\Seen")
    looked = follow(box)
    (entry,) = inbox.entries("pending")
    assert looked.entries == (entry,)
    assert (entry.title, entry.publisher, entry.text, entry.guid) == (
        "Leverage is low",
        "Desk",
        "Bitcoin will rise.",
        "<1@h>",
    )
    assert (entry.published, entry.precision) == (datetime(2026, 11, 25, 8, 30, tzinfo=UTC), "minute")
    assert {uid for uid, one in box.mails.items() if "\\Seen" in one.flags} == {1, 3}
    box.mails[5] = mail("Next", "Bitcoin will fall.", identity="<5@h>")
    assert [one.title for one in look(looked.source).entries] == ["Next"]
    asked = " ".join(box.said).upper()
    assert not any(word in asked for word in ("EXPUNGE", "DELETE", "MOVE", "COPY", "APPEND", "CLOSE", "\\DELETED"))


def test_a_whole_domain_may_be_named(box):
    box.mails = {
        1: mail(),
        2: mail("B", "Other words.", "x@news.harbour.example", "<2@h>"),
        3: mail("C", "More.", "y@harbour.example", "<3@h>"),
    }
    assert [one.title for one in follow(box, "@harbour.example").entries] == ["Leverage is low", "C"]


def test_a_mail_stays_unread_until_it_is_stored(box, monkeypatch):
    source = follow(box).source
    box.mails = {1: mail()}

    def full(*_, **__):
        raise StoreError("the inbox cannot be written: the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "store_entries", full)
        assert "the disk is full" in look(source).trouble
    assert box.mails[1].flags == set()
    assert len(look(source).entries) == 1
    assert box.mails[1].flags == {"\\Seen"}


def test_a_mail_that_is_stored_and_could_not_be_marked_is_not_taken_twice(box):
    source = follow(box).source
    box.mails = {1: mail()}
    assert len(look(source).entries) == 1
    box.mails[1].flags.clear()
    assert look(source).entries == ()
    assert box.mails[1].flags == {"\\Seen"}


ODD = {
    "no text": (mail(text=""), "Leverage is low", "no text, and attachments are not read"),
    "too large": (Mail(mail().content, size=10_000_001), "Leverage is low", "10,000,001 bytes"),
    "html": (mail(text="", html="<p>Bitcoin <script>alert(1)</script>will rise.</p><img src='https://e.example/x.png'>"), "Bitcoin will rise.", ""),
    "too many tags": (mail(text="", html="<p>x" * 35_000), "Leverage is low", "tags; at most"),
    "long": (mail(text="word and more.\n" * 20_000), None, "shortened"),
    "no date": (Mail(mail().content.replace(b"Date: ", b"X: ")), "Bitcoin will rise.", ""),
    "a day to come": (Mail(mail().content.replace(b"2026", b"2199")), "Bitcoin will rise.", "a day to come"),
    "bad charset": (Mail(mail().content.replace(b'charset="utf-8"', b'charset="no-such"')), "Bitcoin will rise.", ""),
    "bad words": (Mail(mail().content.replace(b"Subject: ", b"Subject: =?utf-8?b?x?= ").replace(b"From: Desk", b"From: =?a\0?q?x?=")), "Bitcoin will rise.", ""),
    "no charset": (Mail(mail().content.replace(b'charset="utf-8"', b'charset="\0"')), "Leverage is low", "cannot be decoded"),
    "no id": (mail(identity=""), "Bitcoin will rise.", ""),
    "a subject of lines": (Mail(mail().content.replace(b"Subject: Lev", b"Subject: =?utf-8?q?a=0Ab?=\n =?utf-8?q?c?=\nX-Other: Lev")), "Bitcoin will rise.", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_mail_is_taken_in_with_what_is_to_be_known_of_it(box, name):
    one, text, remark = ODD[name]
    box.mails = {1: one}
    (entry,) = follow(box).entries
    assert text is None or entry.text == text
    assert remark in entry.remark
    assert "\n" not in entry.title
    assert "alert" not in entry.text
    assert (entry.published is None) is (name in {"no date", "a day to come"})
    assert one.flags == {"\\Seen"}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("imap://me@mail.example/INBOX", "password in the clear"), ("imaps://me:pw@mail.example/", "set SENTIMENT_MAIL_PASSWORD"),
        ("https://me@mail.example/", "is not a mail folder"), ("imaps://mail.example/", "is not a mail folder"),
        ("imaps://me@mail.example:x/", "is not a mail folder"), ("imaps://a%0d%0ab@mail.example/", "is not a mail folder"), ("x", "is not a mail folder"),
    ],
)  # fmt: skip
def test_what_is_no_safe_mail_folder_is_refused_before_anybody_is_asked(address, told):
    with pytest.raises(InputError, match=told) as caught:
        mails.mailbox(address)
    assert "pw" not in str(caught.value).replace("password", "")
    assert mails.mailbox("imaps://jo%40x.example@mail.example/News%20letters") == (
        True,
        "mail.example",
        993,
        "jo@x.example",
        "News letters",
    )


def test_what_the_mailbox_refuses_is_told_without_the_password(box, monkeypatch):
    for senders in ((), ("",), ("desk",), ("a b@c",), ('"@c',)):
        with pytest.raises(InputError, match="name whose mails are taken"):
            following.follow_mail(box.address, senders, who="Ann")
    monkeypatch.setenv("SENTIMENT_MAIL_PASSWORD", "secret")
    with pytest.raises(FetchError, match=r"INBOX of me on 127.0.0.1 refused: .*wrong password") as caught:
        follow(box)
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("SENTIMENT_MAIL_PASSWORD", "")
    with pytest.raises(FetchError, match="set SENTIMENT_MAIL_PASSWORD"):
        follow(box)
    monkeypatch.setenv("SENTIMENT_MAIL_PASSWORD", "right")
    monkeypatch.setattr(mails, "SECONDS", 0.5)
    box.hang_on = "LOGIN"
    with pytest.raises(FetchError, match="did not answer within"):
        follow(box)
    with pytest.raises(FetchError, match="cannot be reached"):
        following.follow_mail("imap://me@127.0.0.1:9/", ("a@b.example",), who="Ann")
    assert followed.sources() == ()
