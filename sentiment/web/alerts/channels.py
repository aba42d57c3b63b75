"""Send a message through apprise, each under an identity where the channel can carry one.

A mail has it as its Message-ID, and a webhook (json, xml, form) as the header Idempotency-Key and the field ``id``. Addresses hold secrets:
a channel is only ever named, and apprise's own log, which may quote an address, is silent.
"""
# ruff: noqa: PLC0415 - apprise is an extra, and slow to load

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from sentiment.errors import MissingExtraError
from sentiment.formatting import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sentiment.web.alerts.outbox import Message

KEY = "Idempotency-Key"
"""Header of a webhook (draft-ietf-httpapi-idempotency-key-header)."""
_WEBHOOKS = {"json", "jsons", "xml", "xmls", "form", "forms"}
_MAIL = {"mailto", "mailtos"}
_MAKER = "make_msgid"
_one_mail = threading.Lock()
_log = logging.getLogger(__name__)


class Channel(NamedTuple):
    """A place to send to."""

    name: str
    kind: str
    service: Any

    @property
    def carries_identity(self) -> bool:
        """Whether the receiver can tell a message that comes a second time."""
        return self.kind in _WEBHOOKS | _MAIL

    @property
    def takes_pictures(self) -> bool:
        """Whether a picture can be sent along."""
        return bool(self.service.attachment_support)

    def send(self, message: Message, card: bytes | None = None) -> bool:
        """Send a message, and return whether it was taken; its card never decides that.

        Mail and webhooks have the card in the message, and go without it where they are not taken with it. Chats have it behind the text:
        one that took the text and not the picture would otherwise be sent the text again.

        Parameters
        ----------
        message : Message
        card : bytes, optional
            A picture of its readings, as PNG.
        """
        with _under(self, message.identity):
            if card is None or not self.takes_pictures:
                return self._notify(message)
            if self.carries_identity:
                return self._notify(message, card) or self._notify(message)
            taken = self._notify(message)
            if taken and not self._notify(message, card, is_text_sent=True):
                _log.warning("channel %s did not take the card of a message; its text was taken", self.name)
            return taken

    def _notify(self, message: Message, card: bytes | None = None, *, is_text_sent: bool = False) -> bool:
        from apprise import Apprise, NotifyFormat
        from apprise.attachment.memory import AttachMemory

        # Chats know a small part of HTML only.
        is_html = (
            bool(message.html)
            and self.kind in _MAIL
            and self.service.resolve_format(NotifyFormat.HTML) == NotifyFormat.HTML
        )
        sender = Apprise()
        sender.add(self.service)
        name = plain_name(f"{message.asset}-{message.day}.png")
        return bool(
            sender.notify(
                title="" if is_text_sent else message.title,
                body="" if is_text_sent else message.html if is_html else message.text,
                body_format=NotifyFormat.HTML if is_html else NotifyFormat.TEXT,
                attach=[AttachMemory(card, name, "image/png")] if card else None,  # type: ignore[no-untyped-call]
            )
        )


@contextmanager
def _under(channel: Channel, identity: str) -> Iterator[None]:
    if channel.kind in _WEBHOOKS:
        channel.service.headers[KEY] = identity
        channel.service.payload_extras["id"] = identity
    if channel.kind not in _MAIL:
        yield
        return
    # apprise makes a Message-ID of chance for each try and offers no way to set it.
    from apprise.plugins.email import base

    with _one_mail:
        made = getattr(base, _MAKER)
        setattr(base, _MAKER, lambda **_: f"<{identity}@sentiment>")
        try:
            yield
        finally:
            setattr(base, _MAKER, made)


def open_all(addresses: Mapping[str, str]) -> tuple[dict[str, Channel], dict[str, str]]:
    """Return the channels of some addresses by their names, and what is wrong with the others.

    Raises
    ------
    MissingExtraError
        If apprise is not installed.
    """
    try:
        from apprise import Apprise, AppriseAsset, OverflowMode
    except ImportError:
        raise MissingExtraError(
            "apprise is not installed, so no alert can be sent; install it with: pip install 'sentiment-dashboard[alerts]'"
        ) from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    opened, faults = {}, {}
    # With its own time limit apprise would leave a slow try running and report a failure, while the socket has a limit anyway.
    asset = AppriseAsset(app_id="Sentiment", app_desc="Sentiment", async_mode=False, service_timeout=0)
    for name, address in addresses.items():
        service = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
        if service is None:
            faults[f"channel {name}"] = "apprise does not know its address, or a package that it needs is not installed"
            continue
        channel = Channel(name, address.partition("://")[0].lower(), service)
        if not channel.carries_identity and "overflow=" not in address.lower():
            # A chat would refuse a long digest for ever. Parts of a mail would all have one identity, and all but one be dropped.
            service.overflow_mode = OverflowMode.SPLIT
        opened[name] = channel
    return opened, faults
