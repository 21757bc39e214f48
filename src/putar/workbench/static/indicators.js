// Indicators: the row of cards above the chart. Each says an indicator's value at the cursor and is the chart's tab.

/** Return the indicator that the chart shows. */
function shownHeadline() {
  return HEADLINES.find((row) => row.name === STATE.chart) ?? HEADLINES[0];
}

/** Return the dates at which the cursor can stand: the saved points of the run. */
function cursorTimes() {
  return [...new Set(HEADLINES.flatMap((row) => row.points.map((point) => point.time)))].sort((a, b) => a - b);
}

/** Put the cursor on the last saved date that is not after the data. */
function placeCursor() {
  const times = cursorTimes();
  const end = number(TIME.now) ?? times.at(-1);
  STATE.cursor = times.filter((time) => time <= end + 1e-9).at(-1) ?? times[0] ?? null;
}

/** Return the time that is read: under the pointer, else the cursor. */
function readTime() {
  return STATE.hover ?? STATE.cursor;
}

/** Make the cards: a tab list with arrow keys, one sparkline each. */
function indicatorCards() {
  const cards = HEADLINES.map((row, index) => {
    const value = element("span", { class: "card-value" });
    const card = element(
      "button",
      {
        type: "button",
        class: "card",
        role: "tab",
        id: `tab-${index}`,
        "data-rove": true,
        "aria-controls": "chart",
        on: { click: () => choose({ chart: row.name }) },
      },
      element("span", { class: "card-label" }, row.label),
      value,
      element("span", { class: "card-unit" }, unitWords(row.unit) || say("unit.none")),
      sparkline(row),
    );
    return { row, card, value };
  });
  const columns = HEADLINES.length <= 6 ? HEADLINES.length : Math.ceil(HEADLINES.length / 2);
  cards.forEach(({ card }, index) => card.classList.toggle("first", index % columns === 0));
  const group = element(
    "div",
    {
      class: HEADLINES.length > 6 ? "cards many" : "cards",
      role: "tablist",
      "aria-label": say("cards.name"),
      vars: { "--columns": String(columns) },
    },
    cards.map((each) => each.card),
  );
  const select = () =>
    cards.forEach(({ row, card }) => card.setAttribute("aria-selected", String(row === shownHeadline())));
  const read = () =>
    cards.forEach(({ row, value }) => (value.textContent = decimal(valueAt(row.points, readTime()))));
  roving(group, Math.max(0, HEADLINES.indexOf(shownHeadline())));
  listen("chart", select);
  listen("cursor hover", read);
  select();
  read();
  return group;
}

/** Draw an indicator's course, small, with a dot at the cursor. */
function sparkline(row) {
  const known = row.points.filter((point) => point.value !== null);
  const values = known.map((point) => point.value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = scale(known[0].time, known.at(-1).time, 1, 97);
  const y = scale(low, high, 26, 3);
  const spot = drawn("circle", { r: 2.4, fill: "currentColor" });
  const place = () => {
    const value = valueAt(row.points, readTime());
    spot.setAttribute("visibility", value === null ? "hidden" : "visible");
    if (value !== null) {
      spot.setAttribute("cx", x(readTime()));
      spot.setAttribute("cy", y(value));
    }
  };
  listen("cursor hover", place);
  place();
  return drawn(
    "svg",
    { class: "spark", viewBox: "0 0 100 28", preserveAspectRatio: "xMinYMid", "aria-hidden": "true" },
    low < 0 && drawn("line", { x1: 2, x2: 98, y1: y(0), y2: y(0), stroke: "var(--rule)", "stroke-width": 1 }),
    drawn("path", {
      d: linePath(known.map((point) => [x(point.time), y(point.value)])),
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 1.4,
    }),
    spot,
  );
}
