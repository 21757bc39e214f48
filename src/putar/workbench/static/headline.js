// Headline: the chart of one indicator over time. Run, band, other scenarios and observed values, with one date cursor.

/** The margins that the chart and the strip below it share, so that their time axes are one. */
function timeFrame(width) {
  const wide = width >= 640;
  const frame = { wide, width, left: wide ? 52 : 40, right: wide ? 148 : 12, top: 14 };
  const times = HEADLINES.flatMap((row) => [row.points[0].time, row.points.at(-1).time]);
  const binds = list(PAYLOAD.binds)
    .flatMap((span) => [number(span.from), number(span.to)])
    .filter((time) => time !== null);
  const start = number(TIME.start) ?? Math.min(...times, ...binds);
  const stop = number(TIME.stop) ?? Math.max(...times, ...binds);
  return { ...frame, start, stop, x: scale(start, stop, frame.left, width - frame.right) };
}

function headlineSection() {
  if (HEADLINES.length === 0) return element("div", { class: "headline" }, empty(say("headline.empty")));
  const times = cursorTimes();
  const figure = element("div", { class: "figure" });
  const behind = tableBehind("headline", say("headline.table"), () => headlineTable(shownHeadline()));
  let move = () => {};
  const redraw = (width = figure.clientWidth) => {
    if (width > 0) move = drawHeadline(figure, width);
  };
  listen("cursor hover", () => move());
  listen("chart scale runs", () => (redraw(), behind.refresh()));
  whenWide(figure, redraw);
  return element(
    "div",
    {
      class: "headline",
      id: "chart",
      role: HEADLINES.length > 1 ? "tabpanel" : "group",
      "aria-label": say("headline.name"),
    },
    readout(),
    figure,
    dateSlider(times),
    bindsStrip(),
    element("div", { class: "chart-tools" }, runChooser(), scaleSwitch(), behind.node),
    element("p", { class: "note" }, chartNote()),
  );
}

/** Say once what dots and band are; only what the payload has. */
function chartNote() {
  const dots = HEADLINES.some((row) => row.observed.length > 0);
  const band = HEADLINES.some((row) => row.points.some((point) => point.low !== null));
  return [dots && say("headline.dots"), band ? say("headline.band_note") : say("headline.no_band")]
    .filter(Boolean)
    .join(" ");
}

/** The row above the chart: the date that is read and the value of each line there. */
function readout() {
  const row = element("div", { class: "readout" });
  const live = element("div", { class: "hidden", role: "status", "aria-live": "polite" });
  let timer = 0;
  const show = () => {
    const shown = shownHeadline();
    const time = readTime();
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
              ? sourced(amount(value, shown.unit), NAMES.has(shown.name) && `name:${shown.name}`)
              : amount(value, shown.unit),
          ),
          line.main && at && at.low !== null && ` (${interval(at.low, at.high)})`,
        ),
      ),
    );
    clearTimeout(timer);
    if (STATE.hover !== null || !document.documentElement.dataset.ready) return;
    const said = items.map(({ line, value }) => `${line.title} ${amount(value, shown.unit)}`).join(", ");
    timer = setTimeout(() => (live.textContent = `${moment(time)}: ${said}`), 1000);
  };
  listen("chart cursor hover runs", show);
  show();
  return [row, live];
}

/** The date as a range input: the keyboard's and the finger's way to move the cursor. */
function dateSlider(times, { label = say("headline.date"), said = headlineSaid, frameOf = timeFrame } = {}) {
  const input = element("input", {
    type: "range",
    min: 0,
    max: times.length - 1,
    step: 1,
    "aria-label": label,
  });
  const row = element("div", { class: "date-row" }, input);
  const show = () => {
    input.value = String(times.indexOf(STATE.cursor));
    input.setAttribute("aria-valuetext", said());
    input.style.setProperty("--done", `${(100 * Number(input.value)) / Math.max(1, times.length - 1)}%`);
  };
  input.addEventListener("input", () => choose({ cursor: times[Number(input.value)], hover: null }));
  listen("cursor chart", show);
  show();
  whenWide(row, (width) => {
    const frame = frameOf(width);
    row.style.setProperty("padding-left", `${frame.x(times[0]) - 10}px`);
    row.style.setProperty("padding-right", `${width - frame.x(times.at(-1)) - 10}px`);
  });
  return row;
}

/** Say the date and the shown indicator there. */
function headlineSaid() {
  const shown = shownHeadline();
  return `${moment(STATE.cursor)}: ${shown.label} ${amount(valueAt(shown.points, STATE.cursor), shown.unit)}`;
}

/** Return the values an axis must reach, and whether it is logarithmic. */
function valueAxis(row, lines, bottom, top) {
  const log = STATE.scale === "log" && canLog(row);
  const inner = lines.flatMap((line) => line.points.map((point) => point.value));
  const outer = [
    ...row.points.flatMap((point) => [point.low, point.high]),
    ...row.observed.flatMap((dot) => [number(dot.value), number(dot.low), number(dot.high)]),
  ];
  const all = [...inner, ...outer].filter((value) => value !== null);
  if (log) {
    const high = Math.max(...all);
    const low = Math.max(Math.min(...all.filter((value) => value > 0)), high / 1e4);
    const ticks = logTicks(low, high);
    return {
      log,
      ticks: ticks.length < 2 ? [low, high] : ticks,
      y: scale(Math.min(low, ticks[0]), Math.max(high, ticks.at(-1)), bottom, top, true),
      low: Math.min(low, ticks[0]),
    };
  }
  const ticks = niceTicks(Math.min(0, ...all), Math.max(0, ...all));
  return { log, ticks, y: scale(ticks[0], ticks.at(-1), bottom, top), low: -Infinity };
}

/** Draw the shown indicator; return what moves its cursor. */
function drawHeadline(figure, width) {
  const row = shownHeadline();
  const frame = timeFrame(width);
  const lines = chosenLines(row);
  const height = frame.wide ? 400 : 280;
  const bottom = height - 26;
  const axis = valueAxis(row, lines, bottom, frame.top);
  const right = width - frame.right;
  const place = (point, key = "value") =>
    point[key] === null || (axis.log && point[key] < axis.low) ? null : [frame.x(point.time), axis.y(point[key])];
  const svg = drawn("svg", {
    class: "chart",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "group",
    "aria-label": chartSentence(row),
  });
  const now = number(TIME.now);
  if (now !== null && now > frame.start && now < frame.stop)
    svg.append(
      drawn("rect", {
        x: frame.x(now),
        y: frame.top,
        width: right - frame.x(now),
        height: bottom - frame.top,
        class: "after",
      }),
      drawn("text", { x: frame.x(now) + 6, y: bottom - 6, class: "axis" }, say("headline.now")),
    );
  for (const value of axis.ticks)
    svg.append(
      drawn("line", {
        x1: frame.left,
        x2: right,
        y1: axis.y(value),
        y2: axis.y(value),
        class: value === 0 ? "zero" : "grid",
      }),
      drawn(
        "text",
        { x: frame.left - 8, y: axis.y(value) + 4, "text-anchor": "end", class: "axis" },
        decimal(value, 4),
      ),
    );
  for (const time of timeTicks(frame.start, frame.stop, right - frame.left))
    svg.append(
      drawn("text", { x: frame.x(time), y: height - 8, "text-anchor": "middle", class: "axis" }, tickLabel(time)),
    );
  const banded = row.points.filter((point) => place(point, "low") && place(point, "high"));
  if (banded.length > 1) svg.append(bandOf(row, banded, place, frame));
  for (const line of [...lines].reverse())
    svg.append(
      drawn("path", {
        d: linePath(line.points.map((point) => place(point))),
        class: line.main ? "line-main" : "line-other",
        "stroke-dasharray": line.dash || null,
      }),
    );
  if (frame.wide) svg.append(...endLabels(lines, place, right, frame.top, bottom));
  const cursor = cursorMarks(row, lines, axis, frame, bottom);
  svg.append(cursor.node, pointerArea(frame, bottom, right), observedDots(row, axis, frame));
  figure.replaceChildren(element("div", { class: "axis-title" }, unitWords(row.unit) || say("unit.none")), svg);
  cursor.move();
  return cursor.move;
}

/** Say the chart in one sentence, for those who do not see it. */
function chartSentence(row) {
  const known = row.points.filter((point) => point.value !== null);
  const top = known.reduce((best, point) => (point.value > best.value ? point : best));
  return say("headline.sentence", {
    label: row.label,
    from: moment(known[0].time),
    first: amount(known[0].value, row.unit),
    to: moment(known.at(-1).time),
    last: amount(known.at(-1).value, row.unit),
    top: amount(top.value, row.unit),
    when: moment(top.time),
  });
}

function bandOf(row, banded, place, frame) {
  const path = drawn("path", {
    d: areaPath(
      banded.map((point) => place(point, "high")),
      banded.map((point) => place(point, "low")),
    ),
    class: "band",
  });
  const members = number(ENGINE.members);
  const widest = banded.reduce((best, point) =>
    place(point, "low")[1] - place(point, "high")[1] > place(best, "low")[1] - place(best, "high")[1]
      ? point
      : best,
  );
  const x = clamp(place(widest, "high")[0], frame.left + 140, frame.width - frame.right) - 8;
  const above = banded.map((point) => place(point, "high")).filter((at) => at[0] >= x - 130 && at[0] <= x + 12);
  const y = Math.max(...above.map((at) => at[1])) + 18;
  if (!frame.wide || place(widest, "low")[1] - y < 24) return path;
  const label =
    members === null || members < 2 ? say("headline.band") : say("headline.band_of", { n: decimal(members, 9) });
  return drawn("g", {}, path, drawn("text", { x, y, "text-anchor": "end", class: "axis" }, label));
}

/** Name and value at the end of each line, pushed apart so that none covers another. */
function endLabels(lines, place, right, top, bottom) {
  const ends = lines
    .map((line) => ({ line, last: [...line.points].reverse().find((point) => place(point)) }))
    .filter((end) => end.last)
    .sort((a, b) => place(a.last)[1] - place(b.last)[1]);
  const heights = pushedApart(
    ends.map((end) => place(end.last)[1]),
    34,
    top + 8,
    bottom - 14,
  );
  return ends.map(({ line, last }, index) =>
    drawn(
      "g",
      { class: line.main ? "end main" : "end" },
      drawn("line", { x1: right + 2, x2: right + 12, y1: place(last)[1], y2: heights[index], class: "leader" }),
      drawn("text", { x: right + 16, y: heights[index] + 1 }, shortened(line.title, 20)),
      drawn("text", { x: right + 16, y: heights[index] + 16, class: "value" }, decimal(last.value)),
    ),
  );
}

function shortened(words, most) {
  return words.length > most ? `${words.slice(0, most - 1).trimEnd()}…` : words;
}

function cursorMarks(row, lines, axis, frame, bottom) {
  const rule = drawn("line", { y1: frame.top, y2: bottom, class: "cursor" });
  const spots = lines.map((line) =>
    drawn("circle", { r: line.main ? 4.5 : 3.5, class: line.main ? "spot-main" : "spot-other" }),
  );
  const move = () => {
    const time = readTime();
    rule.setAttribute("x1", frame.x(time));
    rule.setAttribute("x2", frame.x(time));
    lines.forEach((line, index) => {
      const value = valueAt(line.points, time);
      const seen = value !== null && value >= axis.low;
      spots[index].setAttribute("visibility", seen ? "visible" : "hidden");
      if (!seen) return;
      spots[index].setAttribute("cx", frame.x(time));
      spots[index].setAttribute("cy", axis.y(value));
    });
  };
  return { node: drawn("g", { class: "cursor-marks" }, rule, [...spots].reverse()), move };
}

/** The ground that reads the chart under the pointer; a press keeps the date. */
function pointerArea(frame, bottom, right) {
  const times = cursorTimes();
  const ground = drawn("rect", {
    x: frame.left,
    y: frame.top,
    width: Math.max(0, right - frame.left),
    height: bottom - frame.top,
    class: "ground",
  });
  const near = (event) => {
    const time =
      frame.start +
      ((event.clientX - ground.getBoundingClientRect().left) / Math.max(1, right - frame.left)) *
        (frame.stop - frame.start);
    return times.reduce((best, each) => (Math.abs(each - time) < Math.abs(best - time) ? each : best));
  };
  ground.addEventListener("pointermove", (event) =>
    choose(event.buttons > 0 ? { cursor: near(event), hover: null } : { hover: near(event) }),
  );
  ground.addEventListener("pointerdown", (event) => choose({ cursor: near(event), hover: null }));
  ground.addEventListener("pointerleave", () => choose({ hover: null }));
  return ground;
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
    { key: "value", label: SHOWN_RUN.title, numeric: true, of: (each) => each.point.value },
    ...(row.points.some((point) => point.low !== null)
      ? ["low", "high"].map((key) => ({
          key,
          label: say(`headline.${key}`),
          numeric: true,
          of: (each) => each.point[key],
        }))
      : []),
    ...lines.slice(1).map((line) => ({
      key: line.name,
      label: line.title,
      numeric: true,
      of: (each) => valueAt(line.points, each.time),
    })),
  ];
  return { columns, rows: times };
}
