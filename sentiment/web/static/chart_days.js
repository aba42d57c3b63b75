// Streamlit reports no click on a plain line, so this hands the clicked day to the page. A pin of a note is left to Streamlit.
export default function ({ data, setTriggerValue }) {
  const place = document.querySelector(`.st-key-${data}`);
  const clicked = (event) => {
    const { x, customdata } = event.points[0];
    if (typeof customdata?.[0] !== "string") setTriggerValue("day", String(x).slice(0, 10));
  };
  let chart = null;
  const listen = () => {
    const drawn = place?.querySelector(".js-plotly-plot");
    if (!drawn?.on || drawn === chart) return;
    chart = drawn;
    chart.on("plotly_click", clicked);
  };
  const watch = new MutationObserver(listen);
  if (place) watch.observe(place, { childList: true, subtree: true });
  listen();
  return () => {
    watch.disconnect();
    chart?.removeListener?.("plotly_click", clicked);
  };
}
