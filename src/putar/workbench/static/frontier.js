// Frontier: a declared grid as curves, one panel a value of its first head; at `even`, two sides are equal.

const PANEL = { width: 360, height: 250, left: 34, right: 88, top: 12, bottom: 34 };

/** Return the curves of a grid whose columns go along an axis, or null where there is nothing to draw. */
function frontierOf(table) {
  const along = text(table.across);
  const even = number(table.even);
  const columns = list(table.columns)
    .map(record)
    .map((column, index) => ({ index, x: number(column[along]) }))
    .filter((column) => along !== "" && column.x !== null)
    .sort((a, b) => a.x - b.x);
  const heads = list(table.columns).slice(0, number(table.heads) ?? 0).map(record);
  if (even === null || columns.length < 2 || heads.length < 2) return null;
  const curves = list(table.rows)
    .map((row) => ({
      names: row.slice(0, heads.length),
      points: columns.map(({ index, x }) => [x, number(row[index])]).filter(([, y]) => y !== null),
    }))
    .filter((curve) => curve.points.length > 1);
  return curves.length > 0 ? { along, unit: text(table.across_unit), even, heads, curves } : null;
}

/** Return where a curve passes a level, on the straight line between two of its points; null where it does not. */
function passes(points, level) {
  for (let index = 1; index < points.length; index++) {
    const [[a, low], [b, high]] = [points[index - 1], points[index]];
    if (low <= level !== high <= level) return a + ((level - low) / (high - low)) * (b - a);
  }
  return null;
}

/** The panels with one sentence that says how to read them. */
function frontierFigure(table) {
  const frontier = frontierOf(table);
  if (!frontier) return null;
  const { heads, curves, even, along, unit } = frontier;
  const all = curves.flatMap((curve) => curve.points);
  const bounds = {
    x: [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))],
    y: [Math.min(even, ...all.map(([, y]) => y)), Math.max(even, ...all.map(([, y]) => y))],
  };
  const named = (head, value) => `${text(head.label)} ${amount(value, text(head.unit))}`;
  const groups = [...new Set(curves.map((curve) => curve.names[0]))];
  const kinds = heads.length > 2 ? [...new Set(curves.map((curve) => curve.names[2]))] : [];
  const won = curves.filter((curve) => passes(curve.points, even) !== null).length;
  const [solid, dashed] = kinds.length > 1 ? [named(heads[2], kinds[0]), amount(kinds[1], text(heads[2].unit))] : [];
  return element(
    "figure",
    { class: "frontier" },
    element(
      "div",
      { class: "frontier-panels" },
      groups.map((group) =>
        element(
          "div",
          { class: "frontier-panel" },
          element("h3", {}, capitalised(named(heads[0], group))),
          panel(frontier, bounds, kinds, curves.filter((curve) => curve.names[0] === group)),
        ),
      ),
    ),
    element(
      "figcaption",
      { class: "note" },
      say(
        "frontier.read",
        { along, unit: unitWords(unit), other: text(heads[1].label), even: decimal(even), won, all: curves.length },
      ),
      kinds.length > 1 && ` ${say("frontier.kinds", { solid, dashed })}`,
    ),
  );
}

function panel({ heads, even, along, unit }, bounds, kinds, curves) {
  const { width, height, left, right, top, bottom } = PANEL;
  const x = scale(...bounds.x, left, width - right);
  const y = scale(...bounds.y, height - bottom, top);
  const levels = [...new Set(curves.map((curve) => curve.names[1]))];
  const depth = (curve) => 0.35 + (0.65 * (levels.indexOf(curve.names[1]) + 1)) / levels.length;
  const solid = curves.filter((curve) => kinds.length === 0 || curve.names[2] === kinds[0]);
  const ends = [...solid].sort((a, b) => y(a.points.at(-1)[1]) - y(b.points.at(-1)[1]));
  const places = pushedApart(ends.map((curve) => y(curve.points.at(-1)[1])), 13, top, height - bottom);
  const label = (curve) => amount(curve.names[1], text(heads[1].unit));
  const said = curves.map((curve) => {
    const at = passes(curve.points, even);
    return `${label(curve)}: ${at === null ? "–" : amount(at, unit)}`;
  });
  return drawn(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": say("frontier.said", { found: said.join("; ") }),
    },
    drawn(
      "rect",
      {
        x: left,
        y: y(even),
        width: width - left - right,
        height: Math.max(0, height - bottom - y(even)),
        class: "won",
      },
    ),
    niceTicks(...bounds.y, 4)
      .filter((tick) => tick >= bounds.y[0] && tick <= bounds.y[1])
      .map((tick) => [
        drawn("line", { x1: left, x2: width - right, y1: y(tick), y2: y(tick), class: "grid" }),
        drawn("text", { x: left - 6, y: y(tick) + 4, class: "tick end" }, decimal(tick)),
      ]),
    niceTicks(...bounds.x, 4)
      .filter((tick) => tick >= bounds.x[0] && tick <= bounds.x[1])
      .map((tick) => drawn("text", { x: x(tick), y: height - bottom + 16, class: "tick middle" }, decimal(tick))),
    drawn(
      "text",
      { x: (left + width - right) / 2, y: height - 3, class: "tick middle" },
      `${along}, ${unitWords(unit)}`,
    ),
    drawn("line", { x1: left, x2: width - right, y1: y(even), y2: y(even), class: "even" }),
    curves.map((curve) =>
      drawn("path", {
        d: linePath(curve.points.map(([a, b]) => [x(a), y(b)])),
        class: solid.includes(curve) ? "curve" : "curve dashed",
        vars: { "--depth": depth(curve) },
      }),
    ),
    curves
      .map((curve) => passes(curve.points, even))
      .map((at) => at !== null && drawn("circle", { cx: x(at), cy: y(even), r: 3.5, class: "passes" })),
    ends.map((curve, index) =>
      drawn("text", { x: width - right + 6, y: places[index] + 4, class: "tick" }, label(curve)),
    ),
  );
}
