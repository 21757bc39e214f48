// Table: sortable tables, the table behind each chart, and saving either as a file.
// A column is {key, label, of: row => value, cell?: row => node, numeric?, sorts?, wide?}.

/** Write rows as comma-separated values; a cell that a spreadsheet would run is kept as text. */
function asCsv(columns, rows) {
  const cell = (value) => {
    const raw = Array.isArray(value) ? value.join(" ") : text(value);
    const safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(raw) ? `'${raw}` : raw;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [
    columns.map((column) => cell(column.csv ?? column.label)),
    ...rows.map((row) => columns.map((column) => cell(column.of(row)))),
  ];
  return lines.map((line) => line.join(",")).join("\r\n") + "\r\n";
}

/** Make a button that saves a table as a file, without leaving the page. */
function saveButton(name, columns, rows) {
  return plainButton(
    say("table.save"),
    () => {
      saveFile(`${text(MODEL.name) || "putar"}-${name}.csv`, `\ufeff${asCsv(columns, rows())}`, "text/csv");
    },
    { class: "quiet" },
  );
}

function compared(a, b) {
  const missing = (value) => value === null || value === undefined || value === "";
  if (missing(a) || missing(b)) return missing(a) - missing(b);
  return typeof a === "number" && typeof b === "number"
    ? a - b
    : text(a).localeCompare(text(b), document.documentElement.lang, { numeric: true });
}

/**
 * Make a table. `first` rows show until the reader asks for all; `show(rows, whole)` draws other rows.
 * Missing values sort last in both directions.
 */
function dataTable({ caption, columns, rows, first = Infinity, className = "", more = "", rowClass = () => null }) {
  const body = element("tbody");
  const lines = new Map();
  const all = plainButton("", () => ((open = true), draw()), { class: "quiet more" });
  let [shown, whole, open, key, way] = [rows, false, false, "", 1];

  const draw = () => {
    const column = columns.find((each) => each.key === key);
    const ordered = [...shown];
    if (column)
      ordered.sort((a, b) => {
        const [x, y] = [column.of(a), column.of(b)];
        const missing = [x, y].some((value) => value === null || value === "" || value === undefined);
        return missing ? compared(x, y) : way * compared(x, y);
      });
    const visible = open || whole ? ordered : ordered.slice(0, first);
    body.replaceChildren(...visible.map(keptLine));
    all.hidden = visible.length === ordered.length;
    all.textContent = sayCount(more || "table.more", ordered.length);
  };
  // a row is built once, so that sorting and searching keep its state
  const keptLine = (row) => lines.get(row) ?? lines.set(row, line(row)).get(row);
  const line = (row) =>
    element(
      "tr",
      { class: rowClass(row) },
      columns.map((column, index) => {
        const content = column.cell
          ? column.cell(row)
          : column.numeric
            ? decimal(column.of(row))
            : text(column.of(row));
        const attributes = {
          class: [column.numeric && "number", column.wide && "wide"].filter(Boolean).join(" ") || null,
          "data-label": column.label,
        };
        return index === 0
          ? element("th", { scope: "row", ...attributes }, content)
          : element("td", attributes, content);
      }),
    );
  const heading = (column) => {
    const attributes = { scope: "col", class: column.numeric ? "number" : null };
    const under = column.under && element("span", { class: "under" }, column.under);
    if (!column.sorts) return element("th", attributes, column.label, under);
    const button = plainButton(column.label, () => {
      way = key === column.key ? -way : column.numeric ? -1 : 1;
      key = column.key;
      for (const each of head.querySelectorAll("th")) each.removeAttribute("aria-sort");
      button.parentElement.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      draw();
    });
    return element("th", attributes, button, under);
  };
  const head = element("thead", {}, element("tr", {}, columns.map(heading)));
  const node = element(
    "div",
    { class: `table-box ${className}` },
    element(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
      element("table", {}, element("caption", { class: "hidden" }, caption), head, body),
    ),
    all,
  );
  draw();
  return {
    node,
    show: (next, everything = false) => ([shown, whole] = [next, everything]) && draw(),
    visible: () => shown,
  };
}

/** Make the table behind a chart: closed, and built only when it is opened. `build` returns {columns, rows}. */
function tableBehind(name, caption, build, { summary = say("table.behind"), more = null } = {}) {
  const box = element("div", { class: "behind-box" });
  const details = element("details", { class: "behind" }, element("summary", {}, summary), more?.(), box);
  const fill = () => {
    if (!details.open) return;
    const { columns, rows } = build();
    box.replaceChildren(
      dataTable({ caption, columns, rows, className: "compact" }).node,
      ...(more ? [] : [saveButton(name, columns, () => rows)]),
    );
  };
  details.addEventListener("toggle", fill);
  return { node: details, refresh: fill };
}
