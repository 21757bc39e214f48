// Parameters: every number that the model rests on; search, filter by status, sort.

const CHOSEN_STATUSES = new Set();
let wantedWords = "";
let drawParameters = () => {};

function parametersSection() {
  if (PARAMETERS.length === 0)
    return section("parameters", say("parameters.title"), "", empty(say("parameters.empty")));
  const columns = [
    { key: "label", label: say("parameters.name"), sorts: true, wide: true, of: labelOf, cell: parameterName },
    {
      key: "status",
      label: say("parameters.status"),
      sorts: true,
      of: (row) => STATUS_ORDER.indexOf(text(row.status)),
      cell: (row) => chip(text(row.status)),
    },
    {
      key: "value",
      label: say("parameters.value"),
      sorts: true,
      numeric: true,
      of: (row) => number(row.value),
      cell: parameterValue,
    },
    {
      key: "range",
      label: say("parameters.range"),
      of: (row) => interval(row.low, row.high, row.unit),
      cell: rangePlot,
    },
    {
      key: "facts",
      label: say("parameters.facts"),
      sorts: true,
      of: (row) => list(row.facts).length,
      cell: (row) => factButtons(row.facts) ?? "",
    },
    {
      key: "reason",
      label: say("parameters.reason"),
      wide: true,
      of: (row) => text(row.reason),
      cell: (row) => linkedText(row.reason),
    },
  ];
  const saved = ["name", "value", "unit", "low", "high", "status", "facts", "reason"].map((key) => ({
    key,
    label: key,
    of: (row) => row[key],
  }));
  const table = dataTable({
    caption: say("parameters.table"),
    columns,
    rows: byWeight(PARAMETERS),
    first: 12,
    className: "cards-on-phone parameters",
    more: "parameters.more",
  });
  const found = element("p", { class: "note", role: "status" });
  const search = element("input", {
    type: "search",
    "aria-label": say("parameters.search"),
    placeholder: say("parameters.search"),
    on: { input: () => ((wantedWords = search.value), drawParameters()) },
  });
  const chips = statusFilters();
  drawParameters = () => {
    const words = wantedWords.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = byWeight(PARAMETERS).filter((row) => {
      const all = [row.name, row.label, row.reason, row.unit, titleOf(text(row.subsystem)), ...list(row.facts)]
        .map(text)
        .join(" ")
        .toLowerCase();
      return (
        (CHOSEN_STATUSES.size === 0 || CHOSEN_STATUSES.has(text(row.status))) &&
        words.every((word) => all.includes(word))
      );
    });
    table.show(rows, words.length > 0 || CHOSEN_STATUSES.size > 0);
    found.textContent =
      rows.length === 0
        ? say("parameters.none")
        : say("parameters.found", { n: rows.length, all: PARAMETERS.length });
    chips.show();
  };
  drawParameters();
  return section(
    "parameters",
    say("parameters.title"),
    say("parameters.lead"),
    element("div", { class: "filters" }, search, chips.node),
    found,
    table.node,
    saveButton("parameters", saved, () => table.visible()),
  );
}

/** Return the numbers in the model's order, but what is held fixed last: conversions of units convince nobody. */
function byWeight(rows) {
  return [...rows.filter((row) => row.status !== "fixed"), ...rows.filter((row) => row.status === "fixed")];
}

/** One toggle a status that occurs; "only assumptions" is the first. */
function statusFilters() {
  const statuses = [...new Set(PARAMETERS.map((row) => text(row.status)))]
    .filter(Boolean)
    .sort((a, b) => STATUS_ORDER.indexOf(a) - STATUS_ORDER.indexOf(b));
  const only = plainButton(
    [statusMark("assumed"), say("parameters.only")],
    () => (onlyAssumed() ? clearStatuses() : chooseAssumed()),
    { class: "filter chip-assumed" },
  );
  const buttons = statuses.map((status) => ({
    status,
    button: plainButton(
      [
        statusMark(status),
        `${sayOr(`status.${status}`, status)} ${PARAMETERS.filter((row) => row.status === status).length}`,
      ],
      () => {
        if (!CHOSEN_STATUSES.delete(status)) CHOSEN_STATUSES.add(status);
        drawParameters();
      },
      { class: "filter" },
    ),
  }));
  const show = () => {
    only.setAttribute("aria-pressed", String(onlyAssumed()));
    for (const { status, button } of buttons)
      button.setAttribute("aria-pressed", String(CHOSEN_STATUSES.has(status)));
  };
  const node = element(
    "div",
    { class: "status-filters", role: "group", "aria-label": say("parameters.filter") },
    statuses.includes("assumed") && only,
    buttons.map((each) => each.button),
  );
  return { node, show };
}

const onlyAssumed = () => CHOSEN_STATUSES.size === 1 && CHOSEN_STATUSES.has("assumed");

function clearStatuses() {
  CHOSEN_STATUSES.clear();
  drawParameters();
}

function chooseAssumed() {
  CHOSEN_STATUSES.clear();
  CHOSEN_STATUSES.add("assumed");
  drawParameters();
}

/** Show only the assumed numbers and go there. */
function showOnlyAssumed() {
  chooseAssumed();
  goTo("parameters");
}

const labelOf = (row) => capitalised(row.label) || inWords(text(row.name));

function parameterName(row) {
  return [nameButton(labelOf(row), text(row.name)), element("span", { class: "under code" }, text(row.name))];
}

/** The value that runs; where it was fitted, what it was before. */
function parameterValue(row) {
  const fitted = number(row.fitted) !== null && number(row.default) !== null && row.default !== row.value;
  return [
    element("b", {}, amount(row.value, row.unit)),
    fitted &&
      element("span", { class: "under" }, say("parameters.before", { value: amount(row.default, row.unit) })),
  ];
}

/** The range as a hairline with the value on it, and both ends as numbers. */
function rangePlot(row) {
  const [low, high, value] = [number(row.low), number(row.high), number(row.value)];
  if (low === null || high === null || !(high > low))
    return element(
      "span",
      { class: "under" },
      say(row.status === "fixed" ? "parameters.fixed" : "parameters.no_range"),
    );
  const inside = value !== null && value >= low && value <= high;
  const at = value === null ? null : clamp(4 + (92 * (value - low)) / (high - low), 4, 96);
  return element(
    "span",
    { class: "range" },
    drawn(
      "svg",
      { viewBox: "0 0 100 12", width: 100, height: 12, "aria-hidden": "true" },
      drawn("line", { x1: 4, x2: 96, y1: 6, y2: 6, class: "range-line" }),
      at !== null &&
        drawn("circle", { cx: at, cy: 6, r: 4, class: inside ? "range-value" : "range-value outside" }),
    ),
    element("span", { class: "under" }, interval(low, high, row.unit)),
  );
}
