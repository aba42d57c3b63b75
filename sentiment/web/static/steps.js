// Streamlit takes presses of a button during one run for a single one, and one that overtakes the answer to another starts from the day
// before it. So presses of the arrows that move the day are collected here until the page has taken those before, and are then sent
// together. Shift and an arrow key press an arrow too.
const PATIENCE = 15000; // milliseconds until what was sent is taken for lost
const TEXT = "input:not([type=checkbox], [type=radio]), textarea, [contenteditable]";
const KEYS = { ArrowLeft: "day-before", ArrowRight: "day-after" };
let waiting = [], answer, sentAt = -PATIENCE;
let leave = () => {}; // Streamlit calls the function again with new data, without taking leave of the call before

export default function ({ data, setTriggerValue }) {
  leave();
  const send = () => {
    if (!waiting.length || (data.taken === answer && performance.now() < sentAt + PATIENCE)) return;
    setTriggerValue("pressed", waiting);
    waiting = [];
    answer = data.taken;
    sentAt = performance.now();
  };
  const pressed = (event) => {
    const step = data.steps.find((name) => event.target.closest?.(`.st-key-step-${name} button`));
    if (!step) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.push(step);
    send();
  };
  const keyed = (event) => {
    const others = event.altKey || event.ctrlKey || event.metaKey;
    if (!event.shiftKey || others || !(event.key in KEYS) || event.target.closest?.(TEXT)) return;
    event.preventDefault();
    document.querySelector(`.st-key-step-${KEYS[event.key]} button`)?.click();
  };
  document.addEventListener("click", pressed, true);
  document.addEventListener("keydown", keyed);
  document.querySelector(".st-key-steps")?.setAttribute("data-ready", "");
  send();
  return (leave = () => {
    document.removeEventListener("click", pressed, true);
    document.removeEventListener("keydown", keyed);
  });
}
