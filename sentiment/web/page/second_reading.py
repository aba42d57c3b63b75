"""The second reader beside a draft: a model is asked when a person presses the button, and its proposals are taken one by one."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from sentiment import settings
from sentiment.errors import SelectionError, SentimentError
from sentiment.formatting import counted
from sentiment.research import draft, fetching, second_reader
from sentiment.web import markup

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from sentiment.models import Call, Note
    from sentiment.research.second_reader import Context, Proposal
    from sentiment.settings import Model


def second_reading(context: Context, note: Note, key: str) -> MutableMapping[int, Call]:
    """Offer to ask the model that the settings name, and show what it proposed; nothing where they name none.

    Parameters
    ----------
    context : Context
        The whole text, and what it is read with.
    note : Note
        As the rules drafted it.
    key : str
        Key of the form's controls.

    Returns
    -------
    mutable mapping of int to Call
        The proposals that were taken, by their place among the calls of the form.
    """
    taken: MutableMapping[int, Call] = st.session_state.setdefault(f"taken-{key}", {})
    try:
        model = settings.model()
    except SelectionError as error:
        st.caption(f"The second reader is off: {markup.plain(str(error))}.")
        return taken
    if model is None:
        return taken
    with st.container(border=True, key=f"second-{key}"):
        _panel(model, context, note, key, taken)
    return taken


def _panel(model: Model, context: Context, note: Note, key: str, taken: MutableMapping[int, Call]) -> None:
    part = second_reader.sent(context.text)
    whole = f"the text ({len(part):,} characters)"
    if len(part) < len(context.text):
        whole = f"the first {len(part):,} of {len(context.text):,} characters"
    st.markdown("**Second reader**: may find calls that the rules miss")
    pressed = st.button(
        f"Ask {markup.plain(model.name)} at {markup.plain(model.host)}", key=f"ask-{key}", icon=":material/forum:"
    )
    st.caption(
        f"Sends {whole} to {markup.plain(model.host)}, only when you press. Quotes must be in the text; asset, day and "
        "prices are read there by the rules, and the direction too where they find one. You decide."
    )
    place = f"answer-{sha256(context.text.encode()).hexdigest()[:12]}"  # another day reads the same answer anew
    if pressed:
        try:
            fetching.VIEWERS.take()
            with st.spinner(f"{markup.plain(model.name)} is reading…"):
                # Stored before the spinner ends: a press elsewhere would end this run there.
                st.session_state[place] = second_reader.ask(model, context.text)
        except SentimentError as error:
            st.error(markup.plain(str(error)))
    answer = st.session_state.get(place)
    if answer is None:
        return
    found = second_reader.checked(answer.suggested, context._replace(text=answer.text), answer.model)
    st.markdown(_summary(answer, found))
    for number, one in enumerate(found.proposals):
        if one.call is not None and not one.known:
            _offer(one, one.call, f"{number}-{key}", partial(_take, note, key, one.call, taken), taken)
    refused = [one for one in found.proposals if one.call is None or one.known]
    if refused:
        with st.expander(f"Not offered ({len(refused)})"):
            st.markdown("\n".join(f"- {markup.plain(one.shown)}: {markup.plain(one.why)}" for one in refused))


def _summary(answer: second_reader.Answer, found: second_reader.Checked) -> str:
    new = sum(one.call is not None and not one.known for one in found.proposals)
    known = sum(one.known for one in found.proposals)
    count = len(answer.suggested) + answer.unfit
    told = [f"{markup.plain(answer.model)} proposes {counted(count, 'call') if count else 'no calls'}."]
    told += [f"**{new} can be taken**."] * bool(found.proposals)
    told += [f"The rules read {known} too."] * bool(known)
    told += [f"Dropped because the quote is not in the text: {found.dropped}."] * bool(found.dropped)
    told += [f"Dropped as not a call: {answer.unfit}."] * bool(answer.unfit)
    told += ["Its server cut the answer short."] * answer.cut
    return " ".join(told)


def _offer(one: Proposal, call: Call, key: str, take: Callable[[], None], taken: MutableMapping[int, Call]) -> None:
    with st.container(border=True):
        st.markdown(f"{markup.plain(one.shown)}  \n**{markup.plain(draft.in_words(call))}**")
        if call in taken.values():
            st.caption("Taken: it is among the calls below, where you can change it.")
        else:
            st.button("Take it as a call", key=f"take-{key}", on_click=take, icon=":material/add:")


def _take(note: Note, key: str, call: Call, taken: MutableMapping[int, Call]) -> None:
    """Put a proposal behind the calls of the form, and its asset among those that the note is about."""
    place = st.session_state.get(f"calls-{key}", len(note.calls))
    taken[place] = call
    st.session_state[f"calls-{key}"] = place + 1
    about = st.session_state.get(f"assets-{key}", list(note.assets))
    st.session_state[f"assets-{key}"] = list(dict.fromkeys([*about, call.asset]))
