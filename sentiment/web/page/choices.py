"""The controls that all views share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import streamlit as st

from sentiment import files
from sentiment.frames import day
from sentiment.market import assets, history
from sentiment.models import Selection
from sentiment.scoring import events
from sentiment.web import link_assets, links
from sentiment.web.page import address
from sentiment.web.page.screen import load_screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from streamlit.delta_generator import DeltaGenerator


def ask(opened: Selection, tabs: Mapping[str, Mapping[str, str]]) -> tuple[Selection, DeltaGenerator]:
    """Draw the controls.

    Parameters
    ----------
    opened : Selection
        That of the link; it counts where no control was drawn yet.
    tabs : mapping of str to mapping of str to str
        The views in each tab: labels by name.

    Returns
    -------
    tuple
        What is chosen, without the choices of its view, and the popover in which to share it.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        tab = _tab(tabs)
        asset = _asset()
        known_at = st.session_state["known_at"]
        for step in _STEPS[:2]:
            _step_button(step)
        as_of = _as_of(*history.span(asset, known_at))
        for step in _STEPS[2:]:
            _step_button(step)
        with st.popover("Share", icon=":material/link:", key="share"):
            popover = st.container()
    _collect_presses()
    view = _view(tabs[tab])
    selection = Selection(
        asset=asset,
        view=view,
        range=_kept("range"),
        as_of=as_of,
        known_at=known_at,
        log=_kept("log"),
        note=st.session_state.get("note", opened.note),
        correct=st.session_state.get("correct", opened.correct),
        weights=st.session_state["weights"],
        seed=st.session_state["seed"],
    )
    return selection, popover


def _tab(tabs: Mapping[str, Mapping[str, str]]) -> str:
    """Draw the tabs; the view that is open decides which one is chosen, whoever opened it."""
    view = _kept("view")
    holder = next(tab for tab, views in tabs.items() if view in views)
    if st.session_state.get("tab") != holder:
        st.session_state["tab"] = holder
    st.segmented_control(
        "Section",
        list(tabs),
        required=True,
        key="tab",
        on_change=_open_tab,
        args=(tabs,),
        wrap=True,
        label_visibility="collapsed",
    )
    return holder


def _open_tab(tabs: Mapping[str, Mapping[str, str]]) -> None:
    st.session_state["view"] = next(iter(tabs[st.session_state["tab"]]))


def _view(views: Mapping[str, str]) -> str:
    """Draw the choice among the views of a tab, if it has several."""
    if len(views) > 1:
        with st.container(key="views"):
            st.segmented_control(
                "View",
                list(views),
                format_func=views.__getitem__,
                required=True,
                key="view",
                label_visibility="collapsed",
            )
    view: str = st.session_state["view"]
    return view


def _step_button(step: _Step) -> None:
    st.button(
        step.label,
        on_click=step.go,
        args=(step.by,),
        icon=f":material/{step.icon}:",
        help=step.help,
        key=f"step-{step.name}",
    )


def _collect_presses() -> None:
    """Have the browser collect the presses of the steps, so that each of several quick ones moves the day."""
    collector = st.components.v2.component("steps", js=files.STEPS.read_text("utf-8"))
    collector(
        data={"steps": list(_STEP_OF), "taken": st.session_state.setdefault("taken", uuid4().hex)},
        key="steps",
        on_pressed_change=_go_pressed,
        height=0,
    )


def _go_pressed() -> None:
    """Go each step that was pressed, in order; a browser may send anything, and what is no step is left out."""
    pressed = st.session_state["steps"]["pressed"]
    st.session_state["taken"] = uuid4().hex
    for name in pressed[:_MOST_PRESSES] if isinstance(pressed, list) else []:
        if isinstance(name, str) and name in _STEP_OF:
            _STEP_OF[name].go(_STEP_OF[name].by)


def _kept(name: str) -> Any:  # noqa: ANN401 - of the field's own type
    """Return the value of a control that a view draws further down, and keep it where the view has none.

    Streamlit forgets a control that a run does not draw, unless its value is set anew.
    """
    value = st.session_state.get(name)
    st.session_state[name] = getattr(Selection(), name) if value is None else value
    return st.session_state[name]


def show_whole_range() -> None:
    """Show the chart over time without its zoom."""
    st.session_state["zoom"] = None


def range_and_scale(*, zoomed: bool = False) -> None:
    """Draw the controls of a chart over time: its range, the scale of its price, and while it is `zoomed` a button that ends that."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        if zoomed:
            st.button("Reset zoom", on_click=show_whole_range, icon=":material/zoom_out_map:", key="reset-zoom")
        st.segmented_control(
            "Range",
            list(links.RANGES),
            default=Selection().range,
            required=True,
            key="range",
            on_change=show_whole_range,
            label_visibility="collapsed",
        )
        st.toggle("Log scale", value=Selection().log, key="log")


def _asset() -> str:
    """Draw the choice of an asset; any other ticker may be typed."""
    symbols = assets.names()
    titles = {symbol: assets.asset(symbol).title for symbol in assets.bundled_names()}
    chosen: str = st.selectbox(
        "Asset",
        symbols,
        index=symbols.index(Selection().asset),
        format_func=lambda symbol: f"{symbol} {titles[symbol]}" if symbol in titles else symbol,
        accept_new_options=True,
        on_change=_find_asset,
        key="asset",
        width=190,
        label_visibility="collapsed",
    )
    st.session_state["asset_before"] = chosen
    return chosen


def _find_asset() -> None:
    """Keep what was typed if an asset has that name; otherwise keep the one before, and ask for the other."""
    typed = st.session_state["asset"]
    found = typed if typed in assets.names() else link_assets.meant(typed or "")
    st.session_state["asset"] = found or st.session_state["asset_before"]
    address.look_for("" if found else typed)


def _as_of(first: date, last: date) -> date | None:
    return st.date_input(
        "As of (empty: latest)",
        value=None,
        min_value=first,
        max_value=last,
        key="as_of",
        format="YYYY-MM-DD",
        width=160,
        label_visibility="collapsed",
    )


def _go_to_day(step: int) -> None:
    """Show the next day that has a bar, or the previous one if `step` is negative."""
    screen = load_screen(Selection(**{name: st.session_state[name] for name in ("asset", "known_at")}))
    days = screen.scores.axes.index
    current = st.session_state["as_of"]
    place = len(days) - 1 if current is None else int(days.searchsorted(day(current), side="right")) - 1
    if 0 <= place + step < len(days):
        st.session_state["as_of"] = days[place + step].date()
    else:
        st.toast("No later day." if step > 0 else "No earlier day.")


def _go_to_event(step: int) -> None:
    """Show the day of the next event, or of the previous one if `step` is negative."""
    names = ("asset", "known_at", "weights")
    screen = load_screen(Selection(**{name: st.session_state[name] for name in names}))
    current = st.session_state["as_of"] or screen.as_of
    target = events.next_event_day(events.list_events(screen.scores, screen.inputs.notes), current, step)
    if target is None:
        st.toast("No later event." if step > 0 else "No earlier event.")
    else:
        st.session_state["as_of"] = target


class _Step(NamedTuple):
    """A button that moves the day shown."""

    label: str
    icon: str
    go: Callable[[int], None]
    by: int
    help: str

    @property
    def name(self) -> str:
        return self.label.lower().replace(" ", "-")


_MOST_PRESSES = 100
_EVENT = "The day of a note or of a new regime"
_STEPS = (
    _Step("Event before", "skip_previous", _go_to_event, -1, _EVENT),
    _Step("Day before", "chevron_left", _go_to_day, -1, "The day before (Shift and ←)"),
    _Step("Day after", "chevron_right", _go_to_day, 1, "The day after (Shift and →)"),
    _Step("Event after", "skip_next", _go_to_event, 1, _EVENT),
)
_STEP_OF = {step.name: step for step in _STEPS}
