// Streamlit reports neither a click on a plain line nor a zoom, so this hands the clicked day and the days in sight to the page, and lets
// the arrow keys step a day. A press on the chosen range, which Streamlit does not report either, ends a zoom. A pin of a note is left to
// Streamlit.
const DOUBLE_CLICK = 350; // milliseconds; plotly takes two clicks within 300 for one double click
const HAS_ARROWS = "input, textarea, select, iframe, canvas, [contenteditable], [role]:not([role=button], [role=figure], [role=img])";
const STEPS = { ArrowLeft: "day-before", ArrowRight: "day-after" };
let leave = () => {}; // Streamlit calls the function again with new data, without taking leave of the call before

export default function ({ data, setTriggerValue }) {
  leave();
  let chart = null;
  let waiting = 0;
  let isQuiet = false;
  const clicked = (event) => {
    const { x, customdata } = event.points[0];
    if (typeof customdata?.[0] === "string" || isQuiet) return;
    clearTimeout(waiting);
    // On a zoomed chart the click may be the first of two, which show the whole range.
    waiting = setTimeout(() => setTriggerValue("day", String(x).slice(0, 10)), data.zoomed ? DOUBLE_CLICK : 0);
  };
  const doubleClicked = () => {
    clearTimeout(waiting);
    isQuiet = true; // until a timer, not a time: the second click arrives when the chart is drawn, which may take long
    setTimeout(() => (isQuiet = false), DOUBLE_CLICK);
  };
  const moved = (change) => {
    const ends = change["xaxis.range"] ?? [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (ends.every((end) => end !== undefined)) setTriggerValue("zoom", ends.map(String));
    else if (change["xaxis.autorange"]) setTriggerValue("zoom", []);
  };
  const events = { plotly_click: clicked, plotly_doubleclick: doubleClicked, plotly_relayout: moved };
  const leaveChart = () => Object.entries(events).forEach(([name, listener]) => chart?.removeListener?.(name, listener));
  const listen = () => {
    const drawn = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`);
    if (!drawn?.on || drawn === chart) return;
    leaveChart();
    chart = drawn;
    Object.entries(events).forEach(([name, listener]) => chart.on(name, listener));
  };
  const stepped = (event) => {
    const modified = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (modified || !(event.key in STEPS) || event.target.closest?.(HAS_ARROWS)) return;
    document.querySelector(`.st-key-step-${STEPS[event.key]} button`)?.click();
  };
  const ranged = (event) => {
    if (data.zoomed && event.target.closest?.(".st-key-range [aria-checked=true]")) setTriggerValue("zoom", []);
  };
  const watch = new MutationObserver(listen);
  watch.observe(document.body, { childList: true, subtree: true }); // another figure has a place of its own, in place of the one before
  document.addEventListener("keydown", stepped);
  document.addEventListener("click", ranged, true);
  listen();
  return (leave = () => {
    watch.disconnect();
    clearTimeout(waiting);
    document.removeEventListener("keydown", stepped);
    document.removeEventListener("click", ranged, true);
    leaveChart();
  });
}
