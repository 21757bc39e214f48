// Binds: which limit is active when, on the chart's own time axis, one row a limit.

/** Return the limits in order of their first date, each with its spans. */
function bindingLimits() {
  const rows = new Map();
  const spans = list(PAYLOAD.binds)
    .map(record)
    .map((span) => ({
      from: number(span.from),
      to: number(span.to),
      what: capitalised(span.what),
      variable: text(span.variable),
    }))
    .filter((span) => span.from !== null && span.to !== null && span.what)
    .sort((a, b) => a.from - b.from);
  for (const span of spans) rows.set(span.what, [...(rows.get(span.what) ?? []), span]);
  return [...rows].map(([what, each]) => ({ what, spans: each }));
}

function bindsStrip() {
  const limits = bindingLimits();
  if (limits.length === 0) return null;
  const strip = element("div", { class: "binds-strip" });
  let cursors = [];
  const move = () => cursors.forEach((place) => place());
  const draw = (width) => {
    const frame = timeFrame(width);
    cursors = [];
    strip.replaceChildren(...limits.map((limit) => limitRow(limit, frame, cursors)));
    move();
  };
  whenWide(strip, draw);
  listen("cursor hover", move);
  return element(
    "div",
    { class: "binds", id: "binds" },
    strip,
  );
}

/** Draw one limit: its name and, below it, the spans in which it is the one that binds. */
function limitRow({ what, spans }, frame, cursors) {
  const said = spans.map((span) => say("number.span", { from: moment(span.from), to: moment(span.to) })).join(", ");
  const right = frame.width - frame.right;
  const svg = drawn("svg", { width: frame.width, height: 12, role: "img", "aria-label": `${what}: ${said}` });
  svg.append(drawn("line", { x1: frame.left, x2: right, y1: 6, y2: 6, class: "grid" }));
  for (const span of spans) {
    const from = clamp(frame.x(span.from), frame.left, right);
    svg.append(
      drawn("rect", {
        x: from,
        y: 1,
        width: Math.max(2, clamp(frame.x(span.to), frame.left, right) - from),
        height: 10,
        class: "span",
      }),
    );
  }
  const rule = drawn("line", { y1: 0, y2: 12, class: "cursor" });
  svg.append(rule);
  const label = element(
    "div",
    { class: "limit", vars: { "padding-left": `${frame.left}px` } },
    NAMES.has(spans[0].variable) ? nameButton(what, spans[0].variable) : what,
    element("span", { class: "under" }, said),
  );
  const row = element("div", { class: "limit-row" }, label, svg);
  cursors.push(() => {
    const time = readTime();
    for (const end of ["x1", "x2"]) rule.setAttribute(end, frame.x(time));
    row.classList.toggle(
      "active",
      spans.some((span) => time >= span.from - 1e-9 && time < span.to - 1e-9),
    );
  });
  return row;
}

/** The section on limits: which one binds when. */
function bindsSection() {
  const block = bindsStrip();
  return block && section("limits-that-bind", say("binds.title"), say("binds.lead"), block);
}
