"""The body of an HTTP answer as it comes in, up to a size."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class AnswerBody:
    """What has come of a body, unpacked.

    Attributes
    ----------
    most : int
        Bytes that are read; a longer body ends the transfer.
    received : bytearray
    too_long : bool
        Whether the body had more than `most` bytes.
    """

    most: int
    received: bytearray = field(default_factory=bytearray)
    too_long: bool = False

    def take(self, chunk: bytes) -> int:
        """Add a chunk and return its length; curl ends the transfer at any other number."""
        from curl_cffi.curl import CURL_WRITEFUNC_ERROR  # noqa: PLC0415 - loads curl

        self.too_long = len(self.received) + len(chunk) > self.most
        if self.too_long:
            return int(CURL_WRITEFUNC_ERROR)
        self.received += chunk
        return len(chunk)
