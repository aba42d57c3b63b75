"""A mail folder by IMAP: unread mails of named senders are taken in and marked as read. Nothing is ever deleted or sent.

A sender's name can be forged, which is one more reason that nothing counts before a person has confirmed it.
"""

from __future__ import annotations

import email.utils
import imaplib
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from sentiment import settings
from sentiment.errors import FetchError, InputError
from sentiment.market import live
from sentiment.research import importers
from sentiment.research.importers.document import one_line
from sentiment.research.sources.items import Item, Look, plain_guid, quoted, remarks, shortened_body, stated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imap_tools import BaseMailBox, MailMessage

    from sentiment.research.inbox_rows import Source

KIND: Final = "mail"
SECONDS: Final = 30.0
MAX_MAILS: Final = 50
"""Mails that one look takes; the next look takes the next ones."""
_PORTS: Final = {"imaps": 993, "imap": 143}


class Mailbox(NamedTuple):
    """Where a mail folder is."""

    secure: bool
    host: str
    port: int
    user: str
    folder: str


def mailbox(address: str) -> Mailbox:
    """Read the address of a mail folder.

    Raises
    ------
    InputError
        If it is none, holds a password, or would send the password in the clear to another machine.
    """
    form = "write it as imaps://user@host/Folder"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise InputError(f"{quoted(address)} is not a mail folder; {form}") from None
    if parts.scheme not in _PORTS or not parts.hostname or not parts.username or parts.query or parts.fragment:
        raise InputError(f"{quoted(address)} is not a mail folder; {form}")
    if parts.password is not None:
        raise InputError(f"the address of a mail folder holds no password; set {settings.MAIL_VARIABLE}, and {form}")
    if parts.scheme == "imap" and not _is_here(parts.hostname):
        raise InputError(f"imap:// sends the password in the clear; {form}")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    user = unquote(parts.username)
    if not (folder + user).isprintable():
        raise InputError(f"{quoted(address)} is not a mail folder; {form}")
    return Mailbox(parts.scheme == "imaps", parts.hostname, port or _PORTS[parts.scheme], user, folder)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def look(source: Source) -> Look:
    """Read the unread mails of the named senders; they are marked as read once they are stored."""
    if not live.enabled():
        raise FetchError("SENTIMENT_OFFLINE=1 asks no network; unset it to read mail")
    senders = tuple(str(sender).lower() for sender in source.options.get("senders", ()))
    with _opened(source.address) as box:
        items = []
        by_guid: dict[str, str] = {}
        for head in _wanted(box, senders):
            message = head if _is_large(head) else next(iter(box.fetch(f"UID {head.uid}", mark_seen=False)), head)
            item = _item(message)
            by_guid[item.guid] = str(head.uid)
            items.append(item)

    def settle(stored: frozenset[str]) -> None:
        read = [uid for guid, uid in by_guid.items() if guid in stored]
        if read:
            with _opened(source.address) as again:
                # Not imap_tools' own `flag`: it expunges besides, which deletes what somebody else has marked for deletion.
                again.client.uid("STORE", ",".join(read), "+FLAGS", "(\\Seen)")

    return Look(tuple(items), lambda _: {}, settle)


def _wanted(box: BaseMailBox, senders: Sequence[str]) -> list[MailMessage]:
    """Return the headers of the unread mails of those senders, the first to come first."""
    from imap_tools import AND  # noqa: PLC0415 - only mailboxes need it

    found: dict[str, MailMessage] = {}
    for sender in senders:  # IMAP looks for a part of the line: the whole address is compared here
        unread = AND(seen=False, from_=sender)
        for head in box.fetch(unread, headers_only=True, mark_seen=False, limit=MAX_MAILS):
            if head.uid and _is_from(_sender(head)[1].lower(), sender):
                found[head.uid] = head
    return list(found.values())[:MAX_MAILS]


def _is_large(message: MailMessage) -> bool:
    return message.size_rfc822 > importers.MAX_BYTES


def _is_from(address: str, sender: str) -> bool:
    """Return whether a mail is of a sender: an address, or a whole domain written as @example.com."""
    return address.endswith(sender) if sender.startswith("@") else address == sender


@contextmanager
def _opened(address: str) -> Iterator[BaseMailBox]:
    """Open the folder; every failure says which server and what to do, and none the password."""
    from imap_tools import ImapToolsError, MailBox, MailBoxUnencrypted  # noqa: PLC0415 - only mailboxes need it

    where = mailbox(address)
    told = f"the mail folder {where.folder} of {where.user} on {where.host}"
    password = settings.mail_password()
    if not password:
        raise FetchError(f"{told} needs a password; set {settings.MAIL_VARIABLE}")
    try:
        box: BaseMailBox = (
            MailBox(where.host, where.port, timeout=SECONDS, ssl_context=ssl.create_default_context())
            if where.secure
            else MailBoxUnencrypted(where.host, where.port, timeout=SECONDS)
        )
        try:
            box.login(where.user, password, initial_folder=where.folder)
        except BaseException:
            box.client.shutdown()  # imap_tools leaves the connection open
            raise
        with box:
            yield box
    except TimeoutError:
        raise FetchError(f"{told} did not answer within {SECONDS:.0f} s") from None
    except ssl.SSLError:
        raise FetchError(f"{told} cannot be reached safely: its certificate is not valid") from None
    except OSError:
        raise FetchError(f"{told} cannot be reached; check host and port") from None
    except (ImapToolsError, imaplib.IMAP4.error, ValueError) as cause:
        words = " ".join(str(cause).replace(password, "***").split())[:120]
        raise FetchError(f"{told} refused: {words}; check user, folder and {settings.MAIL_VARIABLE}") from None


def _item(message: MailMessage) -> Item:
    """Return the entry that a mail is; of one that cannot be read its subject, with the reason."""
    name, address = _sender(message)
    title = one_line(_decoded(message, "Subject")) or ""
    body, remark = _body(message, f"the mail {quoted(title)}")
    published, precision, odd = stated(*_sent(message), datetime.now(UTC))
    headers: Any = message.headers
    identity = next(iter(headers.get("message-id", ())), "")
    return Item(
        plain_guid(identity or f"{message.uid} {message.date_str} {title}"),
        body or title or "(a mail without words)",
        title,
        "",
        one_line(name) or one_line(address) or "",
        published,
        precision,
        remark=remarks(odd, remark),
    )


def _body(message: MailMessage, called: str) -> tuple[str, str]:
    """Return the plain text of a mail, or its HTML as text, and what is to be told of it."""
    if _is_large(message):
        return (
            "",
            f"the mail has {message.size_rfc822:,} bytes, at most {importers.MAX_BYTES:,} are read: this is its subject",
        )
    try:
        text = message.text.strip() or (importers.markup_text(message.html, called) if message.html.strip() else "")
    except InputError as error:
        return "", f"{error}: this is its subject"
    except (ValueError, LookupError):  # of a charset that is none
        return "", "the mail cannot be decoded: this is its subject"
    return (
        shortened_body(text)
        if text
        else ("", "the mail has no text, and attachments are not read: this is its subject")
    )


def _sender(message: MailMessage) -> tuple[str, str]:
    """Return the name and the address that a mail says it is from."""
    name, address = email.utils.parseaddr(str(message.obj.get("From", "")))
    return _words(name), address


def _decoded(message: MailMessage, header: str) -> str:
    return _words(str(message.obj.get(header, "")))


def _words(header: str) -> str:
    """Decode the encoded words of a header (RFC 2047); one that cannot be decoded stays as it is."""
    try:
        return str(make_header(decode_header(header)))
    except (ValueError, LookupError, MessageError):
        return header


def _sent(message: MailMessage) -> tuple[datetime | None, Any]:
    try:
        sent = email.utils.parsedate_to_datetime(message.date_str)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None, None
    return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC), "minute"
