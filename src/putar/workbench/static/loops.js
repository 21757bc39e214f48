// Loops: which loop turns the wheel, and when. Shares stacked over time, the leader, the numbers ranked at the cursor.

const SIDES = { up: 1, down: -1 };
const STACKED = 3; // loops on each side that have a shade of their own; all others are hatched
const RANKED = 8;

const entryAt = (row, index) => (Array.isArray(row) ? number(row[index]) : null);

/** All loops, their shares as series, the largest first. */
const LOOPS = (() => {
  const times = list(PAYLOAD.loop_times);
  return list(PAYLOAD.loops)
    .map(record)
    .map((loop) => ({
      id: text(loop.id),
      get name() {
        return text(loop.name) || text(loop.id); // changes with the language
      },
      partition: number(loop.partition) ?? 0,
      average: number(loop.average),
      leads: number(loop.leads),
      points: seriesOf(
        times.map((time, index) => ({
          time,
          value: entryAt(loop.share, index),
          low: entryAt(loop.low, index),
          high: entryAt(loop.high, index),
        })),
      ),
    }))
    .filter((loop) => loop.points.some((point) => point.value !== null));
})();

/** The loops of the main partition: only their shares add up, and only one of them can lead. */
const STACK = LOOPS.filter((loop) => loop.partition === Math.min(...LOOPS.map((each) => each.partition)));

/** The loops with a shade of their own, by side. */
const SHADED = Object.fromEntries(
  Object.entries(SIDES).map(([side, sign]) => {
    const weight = (loop) => loop.points.reduce((sum, point) => sum + Math.max(0, sign * (point.value ?? 0)), 0);
    const ranked = [...STACK].sort((a, b) => weight(b) - weight(a)).filter((loop) => weight(loop) > 0);
    return [side, ranked.slice(0, STACKED)];
  }),
);

const sideOf = (share) => (share < 0 ? "down" : "up");

/** Return a loop's short name: "B3 Squeeze", or the first words of a name that was made. */
function loopLabel(loop, most = 30) {
  if (/^loop-/.test(loop.id)) return shortened(loop.name, most);
  return shortened(`${loop.id} ${loop.name.split(":")[0]}`.trim(), most);
}

/** Return a loop's whole name, its id first where a person gave it one. */
function loopName(loop) {
  return /^loop-/.test(loop.id) || loop.id === loop.name ? loop.name : `${loop.id} ${loop.name}`;
}

/** Return loops and their shares at a time, the largest first; none outside the dates that were scored. */
function loopsAt(time) {
  return STACK.map((loop) => ({ loop, share: valueAt(loop.points, time) }))
    .filter((each) => each.share !== null && each.share !== 0)
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
}

/** Return the share of draws in which a loop leads at a time, or null where no members ran. */
function leadChance(loop, time) {
  const lead = record(PAYLOAD.lead_probability);
  const place = list(lead.loops).indexOf(loop.id);
  if (place < 0 || !(number(ENGINE.members) > 1)) return null;
  const row = list(lead.times).findIndex((each) => Math.abs(each - time) < 1e-9);
  return row < 0 || !Array.isArray(lead.probability) ? null : entryAt(lead.probability[row], place);
}

const signedShare = (share) => (share > 0 ? `+${percent(share)}` : percent(share));

/** Return how a loop's share is filled: a shade where it has one, else hatched. */
function loopFill(loop, side) {
  const rank = loop === null ? -1 : SHADED[side].indexOf(loop);
  return rank < 0
    ? { fill: `url(#loops-rest-${side})`, class: `loop-${side} loop-rest` }
    : { class: `loop-${side} loop-shade-${rank + 1}` };
}

function loopsSection() {
  const margins = marginsBlock();
  if (STACK.length === 0)
    return section(
      "loops",
      say("loops.title"),
      null,
      empty(record(PAYLOAD.search).resting === true ? say("loops.resting") : say("loops.empty")),
      margins,
    );
  const leader = element("p", { class: "loop-leader" });
  const figure = element("div", { class: "loop-figure" });
  const ranked = element("div", { class: "loop-ranked" });
  const behind = tableBehind("loops", say("loops.table"), loopsTable);
  let move = () => {};
  const point = (id) => {
    for (const each of figure.querySelectorAll("[data-loop]"))
      each.classList.toggle("faded", id !== "" && each.dataset.loop !== id);
  };
  const read = () => {
    leader.replaceChildren(...leaderWords(readTime()));
    ranked.replaceChildren(...rankedLoops(readTime(), point));
    move();
  };
  let wide = 0;
  const redraw = (width = wide) => {
    wide = width;
    if (width > 0) move = drawLoops(figure, width);
    figure.classList.remove("late");
    read();
  };
  whenWide(figure, redraw);
  listen("loops", () => redraw());
  listen("late", () => figure.classList.add("late")); // until the loops of the new settings are scored
  listen("cursor hover", read);
  read();
  const times = cursorTimes();
  const slider =
    times.length > 1 &&
    dateSlider(times, {
      label: say("loops.date"),
      said: () => leaderSentence(STATE.cursor),
      frameOf: loopFrame,
    });
  return section(
    "loops",
    say("loops.title"),
    say("loops.lead"),
    element(
      "div",
      { class: "loops-grid" },
      element("div", {}, leader, figure, slider, element("p", { class: "note" }, loopsNote()), behind.node),
      ranked,
    ),
    margins,
  );
}

/** Say who leads at a time: date, name, share and side. */
function leaderWords(time) {
  const [first] = loopsAt(time);
  if (!first) return [element("strong", {}, moment(time)), ` ${say("loops.none_at", { first: firstDate() })}`];
  const chance = leadChance(first.loop, time);
  return [
    element("strong", {}, moment(time)),
    ` ${say("loops.leader")} `,
    element("b", { class: `loop-word-${sideOf(first.share)}` }, loopName(first.loop)),
    `, ${signedShare(first.share)} (${first.share < 0 ? say("loops.brake") : say("loops.driver")})`,
    chance !== null && `, ${say("loops.chance", { share: percent(chance) })}`,
  ].filter(Boolean);
}

function leaderSentence(time) {
  return leaderWords(time)
    .map((each) => (typeof each === "string" ? each : each.textContent))
    .join("");
}

const firstDate = () => moment(Math.min(...STACK.map((loop) => loop.points[0].time)));

/** Say what was searched, what of the behaviour it explains, and what is not drawn. */
function loopsNote() {
  const search = record(PAYLOAD.search);
  const found = number(search.found);
  const values = { found: decimal(found, 6), listed: decimal(search.listed, 6) };
  return [
    found !== null && (search.exact === false ? say("loops.sampled", values) : say("loops.found", values)),
    number(search.explained) !== null &&
      say("loops.explained", { share: `${decimal(100 * search.explained, 3)}%` }),
    say("loops.hatched", { shown: decimal(STACK.length, 6) }),
    turnedBy(),
  ]
    .filter(Boolean)
    .join(" ");
}

/** Say which numbers the lead hangs on, where members ran. */
function turnedBy() {
  const turned = record(PAYLOAD.turned_by);
  const loop = LOOPS.find((each) => each.id === turned.loop);
  const flips = list(turned.parameters).map(record).slice(0, 4);
  if (number(turned.at) === null || !loop || flips.length === 0) return "";
  const listed = flips.map((flip) => `${text(flip.parameter)} (${signed(number(flip.correlation), 2)})`);
  return say("loops.turned_by", { date: moment(turned.at), loop: loopLabel(loop, 60), listed: listed.join(", ") });
}

function loopFrame(width) {
  const frame = timeFrame(width);
  const [left, right] = [48, 12];
  return { ...frame, left, right, x: scale(frame.start, frame.stop, left, width - right) };
}

/** Return the layers of one side, from zero outward: each a loop, or all that have no shade. */
function loopLayers(side) {
  const sign = SIDES[side];
  const times = STACK[0].points.map((point) => point.time);
  const part = (loop, index) => Math.max(0, sign * (loop.points[index]?.value ?? 0));
  const rest = STACK.filter((loop) => !SHADED[side].includes(loop));
  const base = times.map(() => 0);
  const layer = (loop, members) => {
    const inner = [...base];
    times.forEach((_, index) => members.forEach((each) => (base[index] += part(each, index))));
    return { loop, side, times, inner: inner.map((v) => sign * v), outer: base.map((v) => sign * v) };
  };
  return [...SHADED[side].map((loop) => layer(loop, [loop])), rest.length > 0 && layer(null, rest)].filter(Boolean);
}

/** Draw the stack and the strip of leaders; return what moves the cursor. */
function drawLoops(figure, width) {
  const frame = loopFrame(width);
  const height = frame.wide ? 380 : 300;
  const bottom = height - 62;
  const right = width - frame.right;
  const layers = ["up", "down"].flatMap(loopLayers);
  const ends = layers.flatMap((layer) => layer.outer);
  const ticks = niceTicks(Math.min(0, ...ends), Math.max(0, ...ends), 6);
  const y = scale(ticks[0], ticks.at(-1), bottom, frame.top);
  const svg = drawn("svg", {
    class: "loop-chart",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "group",
    "aria-label": say("loops.chart", { spans: leaderSpans().map(spanWords).join("; ") }),
  });
  svg.append(drawn("defs", {}, ["up", "down"].map(hatching)));
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
    );
  for (const value of ticks)
    svg.append(
      drawn("line", { x1: frame.left, x2: right, y1: y(value), y2: y(value), class: value === 0 ? "zero" : "grid" }),
      drawn(
        "text",
        { x: frame.left - 8, y: y(value) + 4, "text-anchor": "end", class: "axis" },
        value === 0 ? "0" : signedShare(value),
      ),
    );
  for (const time of timeTicks(frame.start, frame.stop, right - frame.left))
    svg.append(
      drawn(
        "text",
        { x: clamp(frame.x(time), 0, right - 8), y: height - 6, "text-anchor": "middle", class: "axis" },
        tickLabel(time),
      ),
    );
  const areas = layers.map((layer) => {
    const at = (row) => layer.times.map((time, index) => [frame.x(time), y(row[index])]);
    const path = areaPath(at(layer.outer), at(layer.inner));
    return drawn("path", { d: path, "data-loop": layer.loop?.id ?? "", ...loopFill(layer.loop, layer.side) });
  });
  const ground = drawn("rect", {
    x: frame.left,
    y: frame.top,
    width: Math.max(0, right - frame.left),
    height: bottom - frame.top,
    class: "loop-ground",
  });
  const rule = drawn("line", { y1: frame.top, y2: bottom + 14, class: "cursor" });
  const zero = drawn("line", { x1: frame.left, x2: right, y1: y(0), y2: y(0), class: "loop-zero" });
  const plot = drawn("g", { class: "loop-plot" }, ground, areas);
  readsLoops(plot, ground, frame, right, layers, areas);
  svg.append(plot, zero, ...layers.map((layer) => layerLabel(layer, frame, y, right)).filter(Boolean));
  svg.append(leaderStrip(frame, bottom + 6, right), drawn("g", { class: "cursor-marks" }, rule));
  figure.replaceChildren(element("div", { class: "loop-unit" }, say("loops.unit")), svg);
  const move = () => {
    for (const end of ["x1", "x2"]) rule.setAttribute(end, frame.x(readTime() ?? frame.start));
  };
  move();
  return move;
}

/** Make the pattern of what has no shade of its own. */
function hatching(side) {
  return drawn(
    "pattern",
    { id: `loops-rest-${side}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    drawn("rect", { width: 6, height: 6, class: "loop-hatch-ground" }),
    drawn("line", { x1: 1, x2: 1, y1: 0, y2: 6, class: `loop-hatch-${side}` }),
  );
}

/** The pointer reads a date and the layer under it; a press keeps the date. */
function readsLoops(plot, ground, frame, right, layers, areas) {
  const times = cursorTimes();
  if (times.length === 0) return;
  const near = (event) => {
    const part = (event.clientX - ground.getBoundingClientRect().left) / Math.max(1, right - frame.left);
    const time = frame.start + part * (frame.stop - frame.start);
    return times.reduce((best, each) => (Math.abs(each - time) < Math.abs(best - time) ? each : best));
  };
  plot.addEventListener("pointermove", (event) => {
    const time = near(event);
    choose(event.buttons > 0 ? { cursor: time, hover: null } : { hover: time });
    const layer = layers[areas.indexOf(event.target)];
    if (!layer) return hideTip();
    const loop = layer.loop;
    const place = { left: event.clientX, width: 0, top: event.clientY, bottom: event.clientY };
    showTip(place, [
      loop ? loopName(loop) : say("loops.others"),
      `${moment(time)}: ${signedShare(loop ? valueAt(loop.points, time) : layerAt(layer, time))}`,
    ]);
  });
  plot.addEventListener("pointerdown", (event) => choose({ cursor: near(event), hover: null }));
  plot.addEventListener("pointerleave", () => (hideTip(), choose({ hover: null })));
}

function layerAt(layer, time) {
  const points = layer.times.map((each, index) => ({ time: each, value: layer.outer[index] - layer.inner[index] }));
  return valueAt(points, time);
}

/** Write a layer's short name where it is thickest, if it is thick enough there. */
function layerLabel(layer, frame, y, right) {
  if (layer.loop === null) return null;
  const thick = layer.times.map((_, index) => Math.abs(y(layer.outer[index]) - y(layer.inner[index])));
  const best = thick.indexOf(Math.max(...thick));
  if (thick[best] < (frame.wide ? 26 : 40)) return null;
  const label = loopLabel(layer.loop, frame.wide ? 26 : 14);
  const half = label.length * 3.2;
  return drawn(
    "text",
    {
      x: clamp(frame.x(layer.times[best]), frame.left + half, right - half),
      y: (y(layer.outer[best]) + y(layer.inner[best])) / 2 + 4,
      "text-anchor": "middle",
      class: "loop-label halo",
    },
    label,
  );
}

/** Return the spans over which one loop leads: {loop, side, from, to, at}. */
function leaderSpans() {
  const spans = [];
  const times = STACK[0].points.map((point) => point.time);
  times.forEach((time, index) => {
    const [first] = loopsAt(time);
    const from = index === 0 ? time : (times[index - 1] + time) / 2;
    const to = index === times.length - 1 ? time : (time + times[index + 1]) / 2;
    const last = spans.at(-1);
    if (!first) return;
    const side = sideOf(first.share);
    if (last && last.loop === first.loop && last.side === side && last.to === from) last.to = to;
    else spans.push({ loop: first.loop, side, from, to });
  });
  return spans;
}

const spanWords = (span) =>
  `${say("number.span", { from: moment(span.from), to: moment(span.to) })} ${loopLabel(span.loop, 60)}`;

/** Draw who leads when, with a name where it fits. */
function leaderStrip(frame, top, right) {
  const signs = { up: "+", down: MINUS };
  return drawn(
    "g",
    { class: "leaders" },
    leaderSpans().map((span) => {
      const [from, to] = [frame.x(span.from), Math.min(right, frame.x(span.to))];
      const room = Math.floor((to - from - 4) / 6.2);
      const label = `${signs[span.side]} ${loopLabel(span.loop, Math.max(4, room - 2))}`;
      return drawn(
        "g",
        { "data-loop": span.loop.id },
        drawn("rect", {
          x: from,
          y: top,
          width: Math.max(1, to - from - 1),
          height: 8,
          class: `loop-${span.side} loop-shade-1`,
        }),
        (room >= 12 || label.length <= room) && drawn("text", { x: from, y: top + 22, class: "axis" }, label),
      );
    }),
  );
}

/** The ranked list of the same numbers at the cursor; hover and focus show where a loop is in the stack. */
function rankedLoops(time, point) {
  const all = loopsAt(time);
  const title = element("h3", {}, say("loops.ranked", { date: moment(time) }));
  if (all.length === 0) return [title, empty(say("loops.none_at", { first: firstDate() }))];
  const shown = all.slice(0, RANKED);
  const most = Math.max(...shown.map((each) => Math.abs(each.share)));
  const rows = shown.map(({ loop, share }) => {
    const side = sideOf(share);
    const wide = (49 * Math.abs(share)) / most;
    const read = loop.points.find((each) => Math.abs(each.time - time) < 1e-9);
    const range =
      read && read.low !== null && read.high !== null
        ? say("number.span", { from: signedShare(read.low), to: signedShare(read.high) })
        : "";
    const chance = leadChance(loop, time);
    const under = [
      range && say("loops.range", { range }),
      chance > 0 && say("loops.chance", { share: percent(chance) }),
    ].filter(Boolean);
    const words = [loopName(loop), `${signedShare(share)}, ${share < 0 ? say("loops.brake") : say("loops.driver")}`];
    const row = element(
      "button",
      {
        type: "button",
        class: "loop-row",
        "data-rove": true,
        "aria-label": [...words, ...under].join(", "),
        on: {
          pointerenter: () => point(loop.id),
          pointerleave: () => point(""),
          focus: () => point(loop.id),
          blur: () => point(""),
        },
      },
      element("span", { class: "loop-name" }, loopName(loop)),
      drawn(
        "svg",
        { class: "loop-bar", "aria-hidden": "true" },
        drawn("line", { x1: "50%", x2: "50%", y1: 0, y2: "100%", class: "zero" }),
        drawn("rect", {
          x: `${side === "up" ? 50 : 50 - wide}%`,
          y: 3,
          width: `${wide}%`,
          height: 10,
          ...loopFill(loop, side),
        }),
      ),
      element("span", { class: "loop-value" }, signedShare(share)),
      under.length > 0 && element("span", { class: "under" }, under.join("; ")),
    );
    return tipped(row, () => [...words, ...under]);
  });
  const group = element("div", { class: "loop-rows", role: "group", "aria-label": title.textContent }, rows);
  roving(group);
  const carried = all.reduce((sum, each) => sum + Math.abs(each.share), 0);
  const values = { n: decimal(all.length, 6), share: percent(carried) };
  return [title, group, element("p", { class: "note" }, say("loops.carried", values))];
}

/** The stack by date: who leads, each shaded loop, all others on both sides. */
function loopsTable() {
  const loops = [...new Set([...SHADED.up, ...SHADED.down])];
  const rest = ["up", "down"].map((side) => loopLayers(side).find((layer) => layer.loop === null));
  const share = (key, label, of) => ({ key, label, numeric: true, of, cell: (row) => signedShare(of(row)) });
  const columns = [
    { key: "time", label: say("headline.date"), csv: "time", of: (row) => row, cell: (row) => moment(row) },
    {
      key: "leader",
      label: say("loops.leader_column"),
      of: (row) => loopsAt(row)[0]?.loop.name ?? "",
      cell: (row) => (loopsAt(row)[0] ? loopLabel(loopsAt(row)[0].loop) : ""),
    },
    ...loops.map((loop) => share(loop.id, loopLabel(loop, 60), (row) => valueAt(loop.points, row))),
    rest[0] && share("up", say("loops.others_up"), (row) => layerAt(rest[0], row)),
    rest[1] && share("down", say("loops.others_down"), (row) => layerAt(rest[1], row)),
  ].filter(Boolean);
  return { columns, rows: STACK[0].points.map((point) => point.time) };
}
