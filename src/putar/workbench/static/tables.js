// Tables: those that the flywheel declares for its page, such as an orbit frontier, as sections of their own.

/** Make one section for each table of the payload. */
function tableSections() {
  return list(PAYLOAD.tables)
    .map(record)
    .filter((table) => list(table.rows).length > 0)
    .map(tableSection);
}

function tableSection(table) {
  const name = text(table.name);
  const rows = list(table.rows);
  const columns = list(table.columns)
    .map(record)
    .map((column, index) => {
      const unit = text(column.unit);
      const of = (row) => row[index];
      const numeric = rows.some((row) => typeof of(row) === "number");
      const ratio = text(table.kind) === "axis" && index >= (number(table.heads) ?? 0) && unit === "dmnl";
      const cell = (row) => {
        if (typeof of(row) !== "number") return text(of(row));
        const words = cellNumber(of(row), unit);
        return ratio && of(row) < 1 ? element("b", { class: "below-one" }, words) : words;
      };
      return {
        key: `${name}-${index}`,
        label: capitalised(column.label) || inWords(column.name),
        under: numeric ? unitWords(unit) : "",
        csv: [text(column.label) || text(column.name), unit && `(${unit})`].filter(Boolean).join(" "),
        numeric,
        wide: index === 0 && !numeric,
        of,
        cell,
      };
    });
  return section(
    `table-${name}`,
    text(table.title) || inWords(name),
    null,
    deliveredNote(),
    frontierFigure(table),
    dataTable({ caption: text(table.title), columns, rows, className: "declared", first: 16 }).node,
    text(table.kind) === "axis" && element("p", { class: "note" }, say("table.below_one")),
    saveButton(name, columns, () => rows),
  );
}

/** A number of a table; dates of the model as they are said. */
const cellNumber = (value, unit) => (isDate(value, unit) ? moment(value) : decimal(value));
