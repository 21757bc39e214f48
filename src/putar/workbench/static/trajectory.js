// Trajectory: the course of what a claim speaks of, by default and under the settings, with the claim's own band.


/** Return the outputs that a formula reads, in its order, with the dates it reads them at. */
function readsOf(formula) {
  const found = new Map();
  for (const [, run, name, rest] of formula.matchAll(/\b(\w+)\.(\w+\.\w+(?:\[[^\]]*\])?)([^()]*)/g)) {
    if (!NAMES.has(name) && !NAMES.has(bare(name))) continue;
    const dates = [...rest.matchAll(/\b((?:19|20)\d\d(?:\.\d+)?)\b/g)].map(([date]) => Number(date));
    const known = found.get(name) ?? { name, run, dates: new Set() };
    for (const date of dates) known.dates.add(date);
    found.set(name, known);
  }
  return [...found.values()];
}

/** The figure of a check: drawn when its runs are back; nothing where the model does not run or nothing is read. */
function trajectoryFigure(check) {
  const [read] = readsOf(text(check.formula));
  if (!LIVE.up || !read) return null;
  const row = NAMES.get(read.name)?.row ?? NAMES.get(bare(read.name))?.row;
  const figure = element("div", { class: "trajectory" });
  const draw = async () => {
    const wanted = [MACHINE.run({ lane: "course", save: [read.name] })];
    if (!untouched()) wanted.push(MACHINE.run({ lane: "course now", ...wishOf(settingsNow()), save: [read.name] }));
    const [base, now] = await Promise.all(wanted);
    if (base && base.value(read.name)) figure.replaceChildren(...trajectoryPlot(check, read, row, base, now ?? null));
  };
  draw();
  return figure;
}

/** Draw the course with the dates that the formula reads, and the demand where it is of the value itself. */
function trajectoryPlot(check, read, row, base, now) {
  const unit = text(row.unit);
  const lines = [
    { role: "default", points: sampled(base.times, base.value(read.name)), main: now === null },
    now?.value(read.name) && { role: "now", points: sampled(now.times, now.value(read.name)), main: true },
  ].filter(Boolean);
  const direct = /^\s*AT\(\s*\w+\.[^()]*\)\s*$/.test(text(check.formula)) && text(check.unit) === unit;
  const bounds = direct ? boundsOf(check) : [];
  const values = [...lines.flatMap((line) => line.points.map((point) => point.value)), ...bounds].filter(
    (value) => value !== null,
  );
  if (values.length === 0) return [];
  const ticks = niceTicks(Math.min(0, ...values), Math.max(0, ...values), 3);
  const [width, height, left, right, top, bottom] = [376, 150, 44, 370, 8, 128];
  const x = scale(CURSOR_TIMES[0], CURSOR_TIMES.at(-1), left, right);
  const y = scale(ticks[0], ticks.at(-1), bottom, top);
  const svg = drawn(
    "svg",
    {
      class: "chart small-chart",
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": say("claims.course", { name: labelOf(row), unit: unitWords(unit) }),
    },
    ticks.map((tick) => [
      drawn("line", { x1: left, x2: right, y1: y(tick), y2: y(tick), class: tick === 0 ? "zero" : "grid" }),
      drawn("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end", class: "axis" }, decimal(tick)),
    ]),
    timeTicks(CURSOR_TIMES[0], CURSOR_TIMES.at(-1), right - left).map((time) =>
      drawn("text", { x: x(time), y: height - 6, "text-anchor": "middle", class: "axis" }, tickLabel(time)),
    ),
    demandBand(check, bounds, y, [left, right, ticks[0], ticks.at(-1)]),
    [...read.dates]
      .filter((date) => date >= CURSOR_TIMES[0] && date <= CURSOR_TIMES.at(-1))
      .map((date) => drawn("line", { x1: x(date), x2: x(date), y1: top, y2: bottom, class: "read-date" })),
    lines.map((line) =>
      drawn("path", {
        d: linePath(line.points.map((point) => (point.value === null ? null : [x(point.time), y(point.value)]))),
        class: lineClass(line),
      }),
    ),
  );
  return [element("p", { class: "axis-title" }, `${labelOf(row)}, ${unitWords(unit) || say("unit.none")}`), svg];
}

/** The band that the claim asks for: between two bounds, or all above or below one. */
function demandBand(check, bounds, y, [left, right, low, high]) {
  if (bounds.length === 0) return null;
  const above = text(check.comparator).startsWith(">");
  const [from, to] = bounds.length > 1 ? bounds : above ? [bounds[0], high] : [low, bounds[0]];
  const [a, b] = [y(clamp(from, low, high)), y(clamp(to, low, high))];
  return drawn("rect", { x: left, width: right - left, y: Math.min(a, b), height: Math.abs(a - b), class: "demand" });
}

/** The nearest change that turns a check, as a button: a number of the model, set just beyond where it turns. */
function tryIt(check) {
  const each = MOVABLE_BY_NAME.get(text(check.decided_by));
  const turns = number(check.critical);
  if (!LIVE.up || !each || turns === null) return null;
  const base = number(each.row.value);
  const value = Number((turns + 0.02 * (turns - base)).toPrecision(4));
  const unit = text(each.row.unit);
  return element(
    "p",
    {},
    say("claims.nearest", { label: labelOf(each.row), base: amount(base, unit), value: amount(value, unit) }),
    " ",
    plainButton(
      say("claims.try"),
      () => act({ act: "set", name: each.name, value, from: null }),
      { class: "action" },
    ),
  );
}
