// Links to the pictures of a chart, and a button that copies one: browsers copy pictures only on https or on this machine.
export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button"), said = parentElement.querySelector("span");
  for (const form of ["png", "svg"]) parentElement.querySelector(`.${form}`).href = data[form];
  if (!window.isSecureContext || !window.ClipboardItem || !navigator.clipboard?.write) {
    button.hidden = true;
    said.textContent = "This browser copies no pictures from here; save one.";
    return;
  }
  button.onclick = async () => {
    const picture = fetch(data.png).then((answer) => {
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      return answer.blob();
    });
    said.textContent = "Copying…";
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "It could not be copied; save the PNG.";
    }
  };
}
