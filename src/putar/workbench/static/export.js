// Export: a chart as SVG, PNG or CSV, made in the page and saved without leaving it.

const DRAWN_STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "stroke-linecap",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "visibility",
];

/** Save bytes under a name. */
function saveFile(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Return a chart as the text of a file that stands alone: its styles are written into it. */
function svgText(svg, title) {
  const copy = svg.cloneNode(true);
  const [from, to] = [[svg, ...svg.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
  from.forEach((node, index) => {
    const style = getComputedStyle(node);
    for (const name of DRAWN_STYLES) to[index].setAttribute(name, style.getPropertyValue(name));
  });
  for (const each of copy.querySelectorAll(".ground, .cursor-marks")) each.remove();
  const { width, height } = svg.viewBox.baseVal;
  const paper = getComputedStyle(document.body).backgroundColor;
  const ink = getComputedStyle(document.body).color;
  copy.prepend(
    drawn("title", {}, title),
    drawn("rect", { x: 0, y: -34, width, height: height + 34, fill: paper }),
    drawn("text", { x: 8, y: -14, fill: ink, "font-family": "sans-serif", "font-size": 13 }, shortened(title, 80)),
  );
  copy.setAttribute("viewBox", `0 -34 ${width} ${height + 34}`);
  copy.setAttribute("height", height + 34);
  copy.setAttribute("xmlns", SVG_SPACE);
  return new XMLSerializer().serializeToString(copy);
}

/** Draw the text of a chart on a canvas, twice as large, and save it. */
function savePng(name, words, width, height) {
  const image = new Image();
  image.onload = () => {
    const canvas = element("canvas", { width: 2 * width, height: 2 * height });
    canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
    canvas.toBlob((content) => content && saveFile(name, content, "image/png"));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(words)}`;
}

/** Three buttons: the shown chart as SVG, PNG, and its numbers as CSV. */
function exportButtons(figure) {
  const indicator = () => bare(shownHeadline().name).replaceAll(".", "-");
  const name = (suffix) => `${text(MODEL.name) || "putar"}-${indicator()}.${suffix}`;
  const title = () => `${text(MODEL.title)}: ${shownHeadline().label}, ${unitWords(shownHeadline().unit)}`;
  const svg = () => figure.querySelector("svg.chart");
  const size = () => svg().viewBox.baseVal;
  return element(
    "div",
    { class: "exports", role: "group", "aria-label": say("export.name") },
    plainButton("SVG", () => saveFile(name("svg"), svgText(svg(), title()), "image/svg+xml"), {
      class: "quiet",
      "aria-label": say("export.svg"),
    }),
    plainButton("PNG", () => savePng(name("png"), svgText(svg(), title()), size().width, size().height + 34), {
      class: "quiet",
      "aria-label": say("export.png"),
    }),
    plainButton(
      "CSV",
      () => {
        const { columns, rows } = headlineTable(shownHeadline());
        saveFile(name("csv"), `\ufeff${asCsv(columns, rows)}`, "text/csv");
      },
      { class: "quiet", "aria-label": say("export.csv") },
    ),
  );
}
