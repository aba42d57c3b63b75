"""A mailbox on 127.0.0.1 that speaks as much IMAP4rev1 (RFC 3501) as a reader of mail asks for, and writes down what it is asked."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage

import ports


@dataclass
class Mail:
    content: bytes
    flags: set[str] = field(default_factory=set)
    size: int | None = None  # what the server says, if not the truth


def mail(
    subject="Leverage is low",
    text="Bitcoin will rise.",
    sender="Desk <desk@harbour.example>",
    identity="<1@h>",
    html="",
):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "me@here.example", subject
    message["Date"] = "Wed, 25 Nov 2026 09:30:00 +0100"
    if identity:
        message["Message-ID"] = identity
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return Mail(message.as_bytes())


class ImapServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails = {}
        self.password = "right"  # noqa: S105 - of nobody
        self.said = []
        self.hang_on = ""
        self.closing = threading.Event()

    @property
    def address(self):
        return f"imap://me@127.0.0.1:{self.server_address[1]}/INBOX"


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self._line("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            name = command.split(" ", 1)[0].upper()
            self.server.said.append(command)
            if self.server.hang_on == name:
                self.server.closing.wait()
                return
            if name == "UID":
                name = " ".join(command.split(" ", 2)[:2]).upper()
            answer = getattr(self, "_" + name.lower().replace(" ", "_"), None)
            if answer is None:
                self._line(f"{tag} BAD what is {name}?")
                continue
            self._line(f"{tag} {answer(command) or 'OK done'}")
            if name == "LOGOUT":
                return

    def _line(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def _capability(self, _):
        self._line("* CAPABILITY IMAP4rev1")

    def _login(self, command):
        return None if command.endswith(f'"{self.server.password}"') else "NO [AUTHENTICATIONFAILED] wrong password"

    def _select(self, command):
        if "INBOX" not in command:
            return "NO no such folder"
        self._line(f"* {len(self.server.mails)} EXISTS")
        self._line("* OK [UIDVALIDITY 1] fine")
        return "OK [READ-WRITE] done"

    def _examine(self, command):
        return self._select(command)

    def _logout(self, _):
        self._line("* BYE bye")

    def _uid_search(self, command):
        found = []
        sender = re.search(r'FROM "([^"]*)"', command)
        number = re.search(r"UID (\d+)\)?$", command)
        for uid, one in self.server.mails.items():
            head = re.search(rb"^From: (.*)$", one.content, re.MULTILINE)[1].decode()
            wanted = "UNSEEN" not in command or "\\Seen" not in one.flags
            wanted &= sender is None or sender[1].lower() in head.lower()
            wanted &= number is None or int(number[1]) == uid
            found += [str(uid)] if wanted else []
        self._line(f"* SEARCH {' '.join(found)}")

    def _uid_fetch(self, command):
        for uid in map(int, re.search(r"FETCH ([\d,]+)", command)[1].split(",")):
            one = self.server.mails[uid]
            part = "BODY[HEADER]" if "HEADER" in command else "BODY[]"
            content = one.content.partition(b"\n\n")[0] + b"\n\n" if "HEADER" in command else one.content
            size = one.size or len(one.content)
            flags = " ".join(sorted(one.flags))
            self._line(f"* {uid} FETCH (UID {uid} RFC822.SIZE {size} FLAGS ({flags}) {part} {{{len(content)}}}")
            self.wfile.write(content)
            self._line(")")

    def _uid_store(self, command):
        uids, how, flag = re.search(r"STORE ([\d,]+) ([+-]FLAGS) \(?([^)]*)\)?", command, re.IGNORECASE).groups()
        assert how.upper() == "+FLAGS", "a mailbox only gains a mark"
        for uid in map(int, uids.split(",")):
            self.server.mails[uid].flags.add(flag)


def serving():
    return ports.listening(ImapServer())
