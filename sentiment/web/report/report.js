"use strict";
(() => {
  // Draws the figures. Plotly is packed into the page; it runs as an inline script whose exact text the page's policy names.
  const INK = {
    light: { text: "#1d2228", faint: "#5f6771", paper: "#ffffff", line: "#dfe2e6" },
    dark: { text: "#e4e7ea", faint: "#a3abb4", paper: "#1d2126", line: "#343a41" },
  };
  const PRINT_WIDTH = 660; // A4 and Letter with their margins, in CSS pixels
  const PHONE = 520;
  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");
  const coarse = matchMedia("(pointer: coarse)");
  const plots = [...document.querySelectorAll(".plot")];
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  let printing = paper.matches;

  // Plotly writes some styles as attributes, which the policy forbids in text; set as properties they are a script's own doing.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  function say(words) {
    const notice = document.getElementById("notice");
    notice.textContent = words;
    notice.hidden = !words;
  }

  async function library() {
    const packed = atob(document.getElementById("plotly").textContent);
    const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    // No map is drawn here: the style sheet of plotly's maps, which the policy would refuse, is left out.
    const { head } = document;
    head.appendChild = (node) => (node.localName === "style" && node.textContent ? node : Node.prototype.appendChild.call(head, node));
    head.append(script);
    delete head.appendChild;
    if (!window.Plotly) throw new Error("this browser refused to run the drawing script");
    return window.Plotly;
  }

  const room = (plot) => (printing ? PRINT_WIDTH : plot.clientWidth);

  function looks(plot) {
    const ink = INK[dark.matches && !printing ? "dark" : "light"];
    return {
      width: room(plot),
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      "font.color": ink.text,
      "font.family": FONT,
      "hoverlabel.bgcolor": ink.paper,
      "hoverlabel.bordercolor": ink.line,
      "hoverlabel.font.color": ink.text,
      "modebar.bgcolor": "rgba(0,0,0,0)",
      "modebar.color": ink.faint,
      "modebar.activecolor": ink.text,
    };
  }

  function draw(Plotly, plot) {
    const figure = read(plot.dataset.figure);
    const config = read("config");
    if (coarse.matches) {
      // On a touch screen a finger on a chart scrolls the page, and no bar of buttons covers it; a tap still tells the figures.
      figure.layout.dragmode = false;
      config.displayModeBar = false;
    }
    figure.layout.autosize = false;
    for (const [name, axis] of Object.entries(figure.layout)) {
      // Panels side by side have room for short ticks only on a phone; the caption names their unit.
      const narrow = name.startsWith("xaxis") && axis.domain && axis.domain[1] - axis.domain[0] < 0.6 && room(plot) < PHONE;
      if (narrow) Object.assign(axis, { ticksuffix: "", tickangle: 0 });
    }
    return Plotly.newPlot(plot, figure.data, figure.layout, config).then(() => Plotly.relayout(plot, looks(plot)));
  }

  function dress(Plotly) {
    for (const plot of plots) Plotly.relayout(plot, looks(plot));
  }

  function follow(Plotly) {
    const set = (now) => () => {
      printing = now;
      dress(Plotly);
    };
    dark.addEventListener("change", () => dress(Plotly));
    paper.addEventListener("change", (event) => set(event.matches)());
    addEventListener("beforeprint", set(true));
    addEventListener("afterprint", set(false));
    const watch = new ResizeObserver((seen) => {
      if (printing) return;
      for (const { target } of seen) {
        const width = target.clientWidth; // 0 while the page is not laid out
        if (width && Math.abs(width - target.layout.width) > 1) Plotly.relayout(target, { width });
      }
    });
    for (const plot of plots) watch.observe(plot);
  }

  async function main() {
    if (typeof DecompressionStream === "undefined") {
      say("This browser is too old to unpack the charts (it lacks DecompressionStream). The tables hold the figures.");
      return;
    }
    try {
      const Plotly = await library();
      for (const plot of plots) await draw(Plotly, plot);
      follow(Plotly);
      document.documentElement.dataset.drawn = String(plots.length);
    } catch (error) {
      say(`The charts could not be drawn: ${error.message}. The tables hold the figures.`);
    }
  }

  main();
})();
