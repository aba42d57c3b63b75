"use strict";
(() => {
  // Unpacks plotly, runs it as an inline script whose hash the page's policy allows, and draws the charts.
  const COLOURS = {
    light: { text: "#1d2228", faint: "#5f6771", paper: "#ffffff", line: "#dfe2e6" },
    dark: { text: "#e4e7ea", faint: "#a3abb4", paper: "#1d2126", line: "#343a41" },
  };
  const PRINT_WIDTH = 660; // A4 and Letter with their margins, in CSS pixels
  const PHONE_WIDTH = 520;
  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const print = matchMedia("print");
  const coarse = matchMedia("(pointer: coarse)");
  const plots = [...document.querySelectorAll(".plot")];
  const readJson = (id) => JSON.parse(document.getElementById(id).textContent);
  let printing = print.matches;

  // Plotly sets some styles as attributes, which the policy blocks; a script may set the same as properties.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  function showNotice(message) {
    const notice = document.getElementById("notice");
    notice.textContent = message;
    notice.hidden = !message;
  }

  async function loadPlotly() {
    const packed = atob(document.getElementById("plotly").textContent);
    const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    // Leave out the style sheet of plotly's maps: the policy would block it, and there is no map here.
    const { head } = document;
    head.appendChild = (node) => (node.localName === "style" && node.textContent ? node : Node.prototype.appendChild.call(head, node));
    head.append(script);
    delete head.appendChild;
    if (!window.Plotly) throw new Error("this browser refused to run the drawing script");
    return window.Plotly;
  }

  const widthOf = (plot) => (printing ? PRINT_WIDTH : plot.clientWidth);

  function theme(plot) {
    const colours = COLOURS[dark.matches && !printing ? "dark" : "light"];
    return {
      width: widthOf(plot),
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      "font.color": colours.text,
      "font.family": FONT,
      "hoverlabel.bgcolor": colours.paper,
      "hoverlabel.bordercolor": colours.line,
      "hoverlabel.font.color": colours.text,
      "modebar.bgcolor": "rgba(0,0,0,0)",
      "modebar.color": colours.faint,
      "modebar.activecolor": colours.text,
    };
  }

  function draw(Plotly, plot) {
    const figure = readJson(plot.dataset.figure);
    const config = readJson("config");
    if (coarse.matches) {
      // On a touch screen, a finger on a chart scrolls the page and no button bar covers it; a tap still shows the values.
      figure.layout.dragmode = false;
      config.displayModeBar = false;
    }
    figure.layout.autosize = false;
    for (const [name, axis] of Object.entries(figure.layout)) {
      // On a phone, panels side by side only have room for short tick labels; the caption names their unit.
      const narrow = name.startsWith("xaxis") && axis.domain && axis.domain[1] - axis.domain[0] < 0.6 && widthOf(plot) < PHONE_WIDTH;
      if (narrow) Object.assign(axis, { ticksuffix: "", tickangle: 0 });
    }
    return Plotly.newPlot(plot, figure.data, figure.layout, config).then(() => Plotly.relayout(plot, theme(plot)));
  }

  function applyTheme(Plotly) {
    for (const plot of plots) Plotly.relayout(plot, theme(plot));
  }

  function followChanges(Plotly) {
    const setPrinting = (value) => {
      printing = value;
      applyTheme(Plotly);
    };
    dark.addEventListener("change", () => applyTheme(Plotly));
    print.addEventListener("change", (event) => setPrinting(event.matches));
    addEventListener("beforeprint", () => setPrinting(true));
    addEventListener("afterprint", () => setPrinting(false));
    const observer = new ResizeObserver((entries) => {
      if (printing) return;
      for (const { target } of entries) {
        const width = target.clientWidth; // 0 while the page is not laid out
        if (width && Math.abs(width - target.layout.width) > 1) Plotly.relayout(target, { width });
      }
    });
    for (const plot of plots) observer.observe(plot);
  }

  async function main() {
    if (typeof DecompressionStream === "undefined") {
      showNotice("This browser is too old to unpack the charts (it lacks DecompressionStream). The tables hold the figures.");
      return;
    }
    try {
      const Plotly = await loadPlotly();
      for (const plot of plots) await draw(Plotly, plot);
      followChanges(Plotly);
      document.documentElement.dataset.drawn = String(plots.length);
    } catch (error) {
      showNotice(`The charts could not be drawn: ${error.message}. The tables hold the figures.`);
    }
  }

  main();
})();
