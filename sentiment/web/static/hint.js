// The hint is for the first visit: this browser remembers that it was read, nobody else does.
const KEY = "sentiment-hint";

function seen() {
  try { return localStorage.getItem(KEY) !== null; } catch { return false; }
}

export default function ({ parentElement }) {
  const box = parentElement.querySelector("aside");
  if (!box || seen()) return;
  box.hidden = false;
  box.querySelector("button").onclick = () => {
    try { localStorage.setItem(KEY, "read"); } catch { /* private mode: it comes again */ }
    box.hidden = true;
  };
}
