// Strip: the row that follows the reader: each indicator at the date of comparison, its change, and all lamps.
// It is also the chart's tab list.

/** Return the indicator that the chart shows. */
function shownHeadline() {
  return HEADLINES.find((row) => row.name === STATE.chart) ?? HEADLINES[0];
}

/** Make the strip: tabs with arrow keys, then the lamps of all claims. */
function strip() {
  if (HEADLINES.length === 0) return null;
  const tabs = HEADLINES.map(indicatorTab);
  const group = element(
    "div",
    { class: "tabs", role: "tablist", "aria-label": say("cards.name") },
    tabs.map((each) => each.tab),
  );
  const select = () => {
    for (const { row, tab } of tabs) tab.setAttribute("aria-selected", String(row === shownHeadline()));
  };
  const read = () => tabs.forEach((each) => each.show());
  roving(group, Math.max(0, HEADLINES.indexOf(shownHeadline())));
  listen("chart", select);
  listen("live", read);
  select();
  read();
  return element("div", { class: "strip", id: "strip" }, group, CLAIMS.length > 0 && lampRow());
}

/** One indicator: name and date, value, change against the default run, course. */
function indicatorTab(row, index) {
  const value = element("span", { class: "tab-value" });
  const change = element("span", { class: "tab-change" });
  const spark = sparkline(row);
  const tab = element(
    "button",
    {
      type: "button",
      class: "tab",
      role: "tab",
      id: `tab-${index}`,
      title: [row.label, unitWords(row.unit)].filter(Boolean).join(", "),
      "data-rove": true,
      "aria-controls": "chart",
      on: { click: () => choose({ chart: row.name }) },
    },
    element("span", { class: "tab-label" }, row.label, " ", shortDate(AT)),
    value,
    change,
    spark.node,
  );
  const show = () => {
    const [base, now] = [valueAt(row.points, AT), valueAt(nowPoints(row), AT)];
    const moved = base !== null && now !== null && LIVE.now !== null && decimal(base) !== decimal(now);
    value.textContent = decimal(now);
    change.textContent = moved ? signed(now - base, 2) : "";
    tab.classList.toggle("moved", moved);
    spark.show();
  };
  return { row, tab, show };
}

/** Draw an indicator's course, small: the default run thin, the reader's over it. */
function sparkline(row) {
  const base = drawn("path", { class: "spark-base" });
  const now = drawn("path", { class: "spark-now" });
  const node = drawn(
    "svg",
    { class: "spark", viewBox: "0 0 100 24", preserveAspectRatio: "none", "aria-hidden": "true" },
    base,
    now,
  );
  const show = () => {
    const lines = [row.points, LIVE.now ? nowPoints(row) : []];
    const values = lines.flatMap((points) => points.map((point) => point.value)).filter((value) => value !== null);
    const y = scale(Math.min(0, ...values), Math.max(0, ...values), 22, 2);
    const x = scale(row.points[0].time, row.points.at(-1).time, 1, 99);
    const path = (points) =>
      linePath(points.map((point) => (point.value === null ? null : [x(point.time), y(point.value)])));
    base.setAttribute("d", path(lines[0]));
    now.setAttribute("d", path(lines[1]));
  };
  return { node, show };
}

/** The lamps of all claims, small, in the rail's order; a click opens the claim. */
function lampRow() {
  const box = element("div", { class: "lamps", role: "group", "aria-label": say("claims.title") });
  const show = () => {
    box.replaceChildren(
      ...CLAIMS.slice(0, 24).map((claim) =>
        plainButton(lamp(verdictNow(claim), 14), () => openDrawer(`claim:${claim.id}`), {
          class: "small-lamp",
          "data-rove": true,
          "aria-label": `${text(claim.says)} ${sayOr(`verdict.${verdictNow(claim)}`, "")}`,
          title: text(claim.says),
        }),
      ),
    );
    roving(box);
  };
  listen("claims", show);
  show();
  return box;
}
