// Scenarios: what if. One row a scenario, one column an indicator; a small bar from the centre is the change.

/** Return the row that changes are measured against: the shown run, else the base run, else the first. */
function referenceRow() {
  return (
    SCENARIOS.rows.find((row) => row.name === SHOWN_RUN.name) ??
    SCENARIOS.rows.find((row) => row.name === "base") ??
    SCENARIOS.rows[0]
  );
}

function scenariosSection() {
  if (SCENARIOS.rows.length === 0 || SCENARIOS.columns.length === 0)
    return section("scenarios", say("scenarios.title"), "", empty(say("scenarios.empty")));
  const reference = referenceRow();
  const value = (row, index) => number(list0(row.values)[index]);
  const change = (row, index) =>
    row === reference || value(row, index) === null || value(reference, index) === null
      ? null
      : value(row, index) - value(reference, index);
  const widest = SCENARIOS.columns.map((_, index) =>
    Math.max(1e-12, ...SCENARIOS.rows.map((row) => Math.abs(change(row, index) ?? 0))),
  );
  const columns = [
    {
      key: "title",
      label: say("scenarios.name"),
      wide: true,
      of: (row) => text(row.title) || text(row.name),
      cell: scenarioName,
    },
    ...SCENARIOS.columns.map((column, index) => ({
      key: text(column.name) || String(index),
      label: text(column.label) || text(column.name),
      under: unitWords(column.unit),
      csv: `${text(column.label)} (${text(column.unit)})`,
      numeric: true,
      sorts: true,
      of: (row) => value(row, index),
      cell: (row) => [decimal(value(row, index)), changeBar(change(row, index), widest[index])],
    })),
  ];
  const rowClass = (row) => (row === reference ? "reference" : row.yours ? "yours-row" : null);
  const table = dataTable({
    caption: say("scenarios.table"),
    columns,
    rows: SCENARIOS.rows,
    className: "scenarios",
    rowClass,
  });
  const withYours = () => [...yourRow(), ...SCENARIOS.rows];
  listen("live", () => table.show(withYours()));
  table.show(withYours());
  return section(
    "scenarios",
    say("scenarios.title"),
    say("scenarios.lead", { run: text(reference.title) || text(reference.name) }),
    table.node,
    saveButton("scenarios", columns, withYours),
  );
}

/** The reader's settings as the first row; none while nothing is changed. */
function yourRow() {
  if (LIVE.now === null) return [];
  const values = SCENARIOS.columns.map((column) => {
    if (column.without_links) return null; // takes a run with every link cut
    const name = text(column.name);
    const value = runAt(LIVE.now, name, number(column.at) ?? number(TIME.stop));
    const since = number(column.since);
    return since === null || value === null ? value : value - runAt(LIVE.now, name, since);
  });
  return [{ name: "", title: say("scenarios.yours"), values, yours: true }];
}

/** A list that keeps its gaps, so that a missing number does not shift its row. */
const list0 = (value) => (Array.isArray(value) ? value : []);

/** A scenario's name; where the payload has its course, a button that draws it in the chart. */
function scenarioName(row) {
  const title = text(row.title) || text(row.name);
  if (row.yours) return element("strong", {}, title);
  const drawable = row.name !== SHOWN_RUN.name && HEADLINES.some((each) => each.scenarios[row.name]);
  if (!drawable) return title;
  const button = plainButton(
    [title, element("span", { class: "draws" })],
    () => {
      toggleScenario(text(row.name));
      if (isPinned(row.name)) goTo("chart");
    },
    { class: "name said" },
  );
  const show = () => {
    const on = isPinned(row.name);
    button.setAttribute("aria-pressed", String(on));
    button.lastChild.textContent = on ? say("scenarios.drawn") : say("scenarios.draw");
  };
  listen("pins", show);
  show();
  return button;
}

/** A bar from the centre line: right and left are more and less; the number says it too. */
function changeBar(change, widest) {
  if (change === null) return null;
  const length = (48 * Math.abs(change)) / widest;
  return element(
    "span",
    { class: "change" },
    drawn(
      "svg",
      { viewBox: "0 0 100 8", width: 44, height: 8, preserveAspectRatio: "none", "aria-hidden": "true" },
      drawn("line", { x1: 50, x2: 50, y1: 0, y2: 8, class: "zero" }),
      drawn("rect", { x: change >= 0 ? 50 : 50 - length, y: 1.5, width: length, height: 5, class: "change-bar" }),
    ),
    element("span", { class: "change-number" }, Math.abs(change) < widest * 0.002 ? "0" : signed(change, 2)),
  );
}
