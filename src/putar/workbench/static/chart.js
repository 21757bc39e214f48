// Chart: one indicator over time as SVG. Run, band, other lines and observed values; pointer and cursor.

/** The margins of a time chart, so that all of a page's time axes read alike. */
function timeFrame(width) {
  const wide = width >= 440;
  const frame = { wide, width, left: 44, right: wide ? 118 : 12, top: 14 };
  const times = HEADLINES.flatMap((row) => [row.points[0].time, row.points.at(-1).time]);
  const binds = list(PAYLOAD.binds)
    .flatMap((span) => [number(span.from), number(span.to)])
    .filter((time) => time !== null);
  const start = number(TIME.start) ?? Math.min(...times, ...binds);
  const stop = number(TIME.stop) ?? Math.max(...times, ...binds);
  return { ...frame, start, stop, x: scale(start, stop, frame.left, width - frame.right) };
}

/** Return the values an axis must reach, and whether it is logarithmic. */
function valueAxis(row, lines, bottom, top) {
  const log = STATE.scale === "log" && canLog(row);
  const inner = lines.flatMap((line) => line.points.map((point) => point.value));
  const outer =
    STATE.mode === "difference"
      ? []
      : [
          ...bandPoints(row).flatMap((point) => [point.low, point.high]),
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
function drawHeadline(figure, width, height) {
  const row = shownHeadline();
  const frame = timeFrame(width);
  const lines = chosenLines(row);
  const bottom = height - 24;
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
    "aria-label": chartSentence(row, lines),
  });
  svg.append(...groundOf(frame, bottom, right), ...gridOf(axis, frame, right));
  for (const time of timeTicks(frame.start, frame.stop, right - frame.left))
    svg.append(
      drawn("text", { x: frame.x(time), y: height - 6, "text-anchor": "middle", class: "axis" }, tickLabel(time)),
    );
  const banded = bandPoints(row).filter((point) => place(point, "low") && place(point, "high"));
  if (banded.length > 1 && STATE.mode === "level") svg.append(bandOf(banded, place, frame));
  for (const line of [...lines].reverse())
    svg.append(
      drawn("path", {
        d: linePath(line.points.map((point) => place(point))),
        class: lineClass(line),
        "stroke-dasharray": line.dash || null,
      }),
    );
  if (frame.wide) svg.append(...endLabels(lines, place, right, frame.top, bottom));
  const cursor = cursorMarks(lines, axis, frame, bottom);
  svg.append(cursor.node, pointerArea(frame, bottom, right));
  if (STATE.mode === "level") svg.append(observedDots(row, axis, frame));
  svg.classList.toggle("late", LIVE.failed !== null);
  figure.replaceChildren(svg);
  cursor.move();
  return cursor.move;
}

/** The ground after the last datum. */
function groundOf(frame, bottom, right) {
  const now = number(TIME.now);
  if (now === null || now <= frame.start || now >= frame.stop) return [];
  return [
    drawn("rect", {
      x: frame.x(now),
      y: frame.top,
      width: right - frame.x(now),
      height: bottom - frame.top,
      class: "after",
    }),
    drawn("text", { x: frame.x(now) + 6, y: bottom - 6, class: "axis" }, say("headline.now")),
  ];
}

function gridOf(axis, frame, right) {
  return axis.ticks.flatMap((value) => [
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
      STATE.mode === "difference" ? signed(value, 4) : decimal(value, 4),
    ),
  ]);
}

/** Say the chart in one sentence, for those who do not see it. */
function chartSentence(row, lines) {
  const known = lines[0].points.filter((point) => point.value !== null);
  if (known.length === 0) return row.label;
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

function bandOf(banded, place, frame) {
  const path = drawn("path", {
    d: areaPath(
      banded.map((point) => place(point, "high")),
      banded.map((point) => place(point, "low")),
    ),
    class: untouched() || bandIsFresh() ? "band" : "band late",
  });
  const widest = banded.reduce((best, point) =>
    place(point, "low")[1] - place(point, "high")[1] > place(best, "low")[1] - place(best, "high")[1]
      ? point
      : best,
  );
  const x = clamp(place(widest, "high")[0], frame.left + 140, frame.width - frame.right) - 8;
  const above = banded.map((point) => place(point, "high")).filter((at) => at[0] >= x - 130 && at[0] <= x + 12);
  const y = Math.max(...above.map((at) => at[1])) + 18;
  if (!frame.wide || place(widest, "low")[1] - y < 24) return path;
  return drawn("g", {}, path, drawn("text", { x, y, "text-anchor": "end", class: "axis" }, bandWords()));
}

/** Name and value at the end of each line, pushed apart so that none covers another. */
function endLabels(lines, place, right, top, bottom) {
  const ends = lines
    .map((line) => ({ line, last: [...line.points].reverse().find((point) => place(point)) }))
    .filter((end) => end.last)
    .sort((a, b) => place(a.last)[1] - place(b.last)[1]);
  const heights = pushedApart(
    ends.map((end) => place(end.last)[1]),
    30,
    top + 8,
    bottom - 14,
  );
  return ends.map(({ line, last }, index) =>
    drawn(
      "g",
      { class: `end end-${line.role}${line.main ? " main" : ""}` },
      drawn("line", { x1: right + 2, x2: right + 10, y1: place(last)[1], y2: heights[index], class: "leader" }),
      drawn("text", { x: right + 13, y: heights[index] + 1 }, shortened(line.title, 17)),
      drawn("text", { x: right + 13, y: heights[index] + 15, class: "value" }, lineValue(last.value)),
    ),
  );
}

const lineValue = (value) => (STATE.mode === "difference" ? signed(value) : decimal(value));

function shortened(words, most) {
  return words.length > most ? `${words.slice(0, most - 1).trimEnd()}…` : words;
}

function cursorMarks(lines, axis, frame, bottom) {
  const rule = drawn("line", { y1: frame.top, y2: bottom, class: "cursor" });
  const spots = lines.map((line) =>
    drawn("circle", { r: line.main ? 4.5 : 3, class: `spot spot-${line.role}${line.main ? " main" : ""}` }),
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
