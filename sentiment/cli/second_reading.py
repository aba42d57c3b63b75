"""The second reader on the command line: each call that a model proposes is taken only if the person at the terminal says yes."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from sentiment import settings
from sentiment.errors import SelectionError
from sentiment.formatting import visible

if TYPE_CHECKING:
    from sentiment.models import Call
    from sentiment.research.second_reader import Context
    from sentiment.settings import Model


def check() -> Model:
    """Return the model that is set, before anything is read.

    Raises
    ------
    SelectionError
        If none is set.
    MissingExtraError
        If the extra ``model`` is not installed.
    """
    from sentiment.research import second_reader

    model = settings.model()
    if model is None:
        raise SelectionError(
            f"no second reader is set; name one in {settings.MODEL_URL_VARIABLE} and {settings.MODEL_VARIABLE}"
        )
    second_reader.check_installed()
    return model


def proposed(context: Context, *, asks: bool) -> tuple[list[Call], str]:
    """Ask the model for the calls of a text, and the person which of them to take.

    Parameters
    ----------
    context : Context
    asks : bool
        Whether anything is to be taken; without a terminal nobody can say yes, and nothing is.

    Returns
    -------
    list of Call
        Those that were taken.
    str
        What became of all of them, in one line.

    Raises
    ------
    SelectionError, FetchError, AddressError, MissingExtraError
        If it cannot be asked.
    """
    from sentiment.research import draft, second_reader

    model = check()
    _tell(f"asking {model.name} at {model.host}: {len(second_reader.sent(context.text)):,} characters are sent")
    answer = second_reader.ask(model, context.text)
    found = second_reader.checked(answer.suggested, context._replace(text=answer.text), answer.model)
    asks = asks and somebody_is_there()
    taken: list[Call] = []
    told: list[str] = []
    for one in found.proposals:
        if one.call is None or one.known:
            told.append(f"not taken {one.shown}: {one.why}")
        elif asks and typer.confirm(visible(f"{one.shown}\n  {draft.in_words(one.call)}; take it?"), err=True):
            taken.append(one.call)
            told.append(f"taken {draft.in_words(one.call)}")
        else:
            said = "you said no" if asks else "nobody was there to say yes"
            told.append(f"not taken {draft.in_words(one.call)} ({one.shown}): {said}")
    told += [f"{found.dropped} dropped, because the quotes are not in the text"] * bool(found.dropped)
    told += [f"{answer.unfit} dropped, because they were no calls"] * bool(answer.unfit)
    told += ["its server cut the answer short"] * answer.cut
    return taken, f"{answer.model}: {'; '.join(told) or 'no call'}"


def somebody_is_there() -> bool:
    """Return whether a person can answer a question."""
    return sys.stdin.isatty()


def _tell(text: str) -> None:
    typer.echo(visible(text), err=True)
