"""An optional second reader: a model of one's own proposes calls of a text, and the rules check each before a person sees it.

Off unless `settings.model` names one, and asked only when a person wants it. Nothing it says is believed: its quotes must stand in the
text, asset, day and prices are read there by the rules, and what the rules refuse is refused (`checking.py`). Text that is meant
to steer the model can make it propose no more than a sentence which really stands there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sentiment.research.second_reader import endpoint
from sentiment.research.second_reader.answer import Suggestion, check_installed, suggestions
from sentiment.research.second_reader.checking import Checked, Proposal, checked
from sentiment.research.second_reader.endpoint import look
from sentiment.research.second_reader.weighing import Context

if TYPE_CHECKING:
    from sentiment.settings import Model

__all__ = ["MAX_SENT", "Answer", "Checked", "Context", "Proposal", "ask", "check_installed", "checked", "look", "sent"]

MAX_SENT: Final = 20_000
"""Characters of a text that are sent, about five thousand words of a model: many that run at home take few more."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model proposed for a text, not checked yet.

    Attributes
    ----------
    model, host : str
        Who was asked, and where.
    text : str
        What was sent.
    suggested : tuple of Suggestion
    unfit : int
        Entries of its answer that were no call.
    cut : bool
        Whether its server ended the answer at a limit of its own.
    """

    model: str
    host: str
    text: str
    suggested: tuple[Suggestion, ...]
    unfit: int
    cut: bool


def sent(text: str) -> str:
    """Return what is sent of a text: its first `MAX_SENT` characters, to the end of a paragraph or line where there is one."""
    if len(text) <= MAX_SENT:
        return text
    head = text[:MAX_SENT]
    return head[: max(head.rfind("\n"), head.rfind(". ") + 1, MAX_SENT // 2)]


def ask(model: Model, text: str) -> Answer:
    """Ask a model for the calls of a text.

    Raises
    ------
    MissingExtraError
        If the extra ``model`` is not installed; nothing is sent then.
    SelectionError, AddressError, FetchError
        If it cannot be asked, or does not answer with a list of calls.
    """
    check_installed()
    text = sent(text)
    reply = endpoint.ask(model, text)
    found = suggestions(reply.text)
    _log.info("a model was asked for the calls of a text: %d proposed, %d unfit", len(found.calls), found.unfit)
    return Answer(model.name, model.host, text, found.calls, found.unfit, reply.cut)
