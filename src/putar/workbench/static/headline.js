// Headline: the chart's figure with its title, readings, pins, scale, export and the table behind it.

function headlineSection() {
  if (HEADLINES.length === 0) return element("div", { class: "headline" }, empty(say("headline.empty")));
  const figure = element("div", { class: "figure" });
  const unit = element("div", { class: "axis-title" });
  const behind = tableBehind("headline", say("headline.table"), () => headlineTable(shownHeadline()), {
    summary: say("headline.files"),
    more: () => exportButtons(figure),
  });
  let move = () => {};
  let wide = 0;
  const redraw = (width = wide) => {
    wide = width; // not asked of the browser while a slider moves: that would lay the page out
    if (width > 0) move = drawHeadline(figure, width, width >= 640 ? 400 : width >= 440 ? 298 : 280);
    const row = shownHeadline();
    const words = unitWords(row.unit) || say("unit.none");
    unit.textContent = STATE.mode === "difference" ? say("headline.against", { unit: words }) : words;
  };
  listen("cursor hover", () => move());
  listen("chart scale mode pins live band", () => redraw());
  listen("chart pins live", behind.refresh);
  whenWide(figure, redraw);
  return element(
    "section",
    {
      class: "headline",
      id: "chart",
      role: HEADLINES.length > 1 ? "tabpanel" : "group",
      "aria-label": say("headline.name"),
    },
    element("div", { class: "figure-head" }, chartTitle(), modeSwitch(), scaleSwitch()),
    readout(),
    unit,
    figure,
    element("div", { class: "chart-tools" }, pinControls(), behind.node),
    chartNote(),
  );
}

/** The chart's title: a choice of indicators on a phone, where the strip is far below; else its name. */
function chartTitle() {
  const title = element("h2", { id: "chart-title" });
  const select = element(
    "select",
    {
      class: "chart-select",
      "aria-label": say("cards.name"),
      on: { change: () => choose({ chart: select.value }) },
    },
    HEADLINES.map((row) => element("option", { value: row.name }, row.label)),
  );
  const show = () => {
    title.textContent = shownHeadline().label;
    select.value = shownHeadline().name;
  };
  listen("chart", show);
  show();
  return [title, HEADLINES.length > 1 && select];
}

/** Say what dots and band are; only what there is. */
function chartNote() {
  const note = element("p", { class: "chart-note" });
  const show = () => {
    const row = shownHeadline();
    const wide = (point) => point.low !== null && point.low !== point.high;
    const banded = STATE.mode === "level" && bandPoints(row).some(wide);
    note.textContent = [
      row.observed.length > 0 && say("headline.dots"),
      banded ? say("headline.band_is", { band: bandWords() }) : !LIVE.up && say("headline.no_band"),
    ]
      .filter(Boolean)
      .join(" ");
  };
  listen("chart band live mode up", show);
  show();
  return note;
}

/** The row above the chart: the date that is read and the value of each line there. */
function readout() {
  const row = element("div", { class: "readout" });
  const live = element("div", { class: "hidden", role: "status", "aria-live": "polite" });
  let timer = 0;
  const show = (first = false) => {
    const shown = shownHeadline();
    const time = readTime();
    const written = (value) => (STATE.mode === "difference" ? signed(value) : amount(value, shown.unit));
    const items = chosenLines(shown).map((line) => ({
      line,
      value: valueAt(line.points, time),
      at: line.points.find((point) => point.time === time),
    }));
    row.replaceChildren(
      element("strong", { class: "date" }, moment(time)),
      ...items.map(({ line, value, at }) =>
        element(
          "span",
          { class: line.main ? "reading main" : "reading" },
          lineSample(line),
          `${line.title} `,
          element(
            "b",
            {},
            line.main
              ? sourced(written(value), NAMES.has(shown.name) && `name:${shown.name}`)
              : STATE.mode === "difference"
                ? signed(value)
                : decimal(value),
          ),
          line.main && STATE.mode === "level" && at && at.low !== null && ` (${interval(at.low, at.high)})`,
        ),
      ),
    );
    clearTimeout(timer);
    if (STATE.hover !== null || STATE.playing || first) return; // what was not asked for is not said
    const said = items.map(({ line, value }) => `${line.title} ${written(value)}`).join(", ");
    timer = setTimeout(() => (live.textContent = `${moment(time)}: ${said}`), 1000);
  };
  listen("chart cursor hover pins live mode playing", () => show());
  show(true);
  return [row, live];
}

function headlineTable(row) {
  const lines = chosenLines(row);
  const times = row.points.map((point) => ({ time: point.time, point }));
  const columns = [
    {
      key: "time",
      label: say("headline.date"),
      csv: "time",
      of: (each) => each.time,
      cell: (each) => moment(each.time),
    },
    ...lines.map((line) => ({
      key: line.name,
      label: line.title,
      numeric: true,
      of: (each) => valueAt(line.points, each.time),
    })),
    ...(row.points.some((point) => point.low !== null)
      ? ["low", "high"].map((key) => ({
          key,
          label: say(`headline.${key}`),
          numeric: true,
          of: (each) => each.point[key],
        }))
      : []),
  ];
  return { columns, rows: times };
}
