// Wheel: subsystems on a circle in reading order, links as arrows, hairlines where an equation reads another room.
// Who only pushes (its equations read no other room) stands outside the dotted boundary.

/** Sort the ends of all links and all subsystems into: on the circle, outside, only keeping accounts. */
const ROOMS = (() => {
  const names = SUBSYSTEMS.map((subsystem) => text(subsystem.name));
  const links = OUTPUTS.flatMap((output) => list(output.links).map(record));
  const ends = new Set(links.flatMap((link) => [text(link.from), text(link.to)]).filter(Boolean));
  const strangers = [...ends].filter((end) => !names.includes(end));
  const ways = [...READS.keys()].map((way) => JSON.parse(way));
  const pushes = (name) =>
    !ends.has(name) && ways.some(([from]) => from === name) && !ways.some(([, to]) => to === name);
  const accounts =
    READS.size > 0 ? names.filter((name) => !ends.has(name) && !ways.some(([from]) => from === name)) : [];
  const outside = [...strangers, ...names.filter(pushes)].slice(0, 4);
  const inside = [...names, ...strangers].filter((name) => !outside.includes(name) && !accounts.includes(name));
  return { inside, outside, accounts, ways };
})();

const CORNERS = [
  { x: 0, y: 0, angle: -2.36, anchor: "start" },
  { x: 1, y: 0, angle: -0.79, anchor: "end" },
  { x: 1, y: 1, angle: 0.79, anchor: "end" },
  { x: 0, y: 1, angle: 2.36, anchor: "start" },
];

/** Return the place of every room for a drawing of `size` pixels: name to {x, y, r, angle}. */
function wheelPlaces(size) {
  const n = ROOMS.inside.length;
  const room = clamp((0.29 * Math.PI * size) / Math.max(n, 5) / (size < 480 ? 1.3 : 1), 18, 45);
  const radius = size / 2 - room - 16;
  const places = new Map();
  ROOMS.inside.forEach((name, index) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * index) / n;
    places.set(name, {
      x: size / 2 + radius * Math.cos(angle),
      y: size / 2 + radius * Math.sin(angle),
      r: room,
      angle,
    });
  });
  const free = [...CORNERS];
  for (const name of ROOMS.outside) {
    const reached = [...ROOMS.ways, ...linksOf(0).map((link) => [text(link.from), text(link.to)])]
      .filter(([from, to]) => from === name && places.has(to))
      .map(([, to]) => places.get(to));
    const toward = Math.atan2(
      reached.reduce((sum, place) => sum + place.y - size / 2, 0),
      reached.reduce((sum, place) => sum + place.x - size / 2, 0),
    );
    const apart = (corner) => 1 - Math.cos(corner.angle - toward);
    free.sort((a, b) => apart(a) - apart(b));
    const corner = free.shift();
    const inset = 26;
    places.set(name, {
      x: corner.x ? size - inset : inset,
      y: corner.y ? size - inset : inset,
      r: 16,
      angle: corner.angle,
      outside: true,
      corner,
    });
  }
  return { places, radius, centre: size / 2, room };
}

/** Return the control point of the curve between two rooms; `turn` bends a second curve of the same pair more. */
function bend(a, b, { radius, centre }, turn) {
  if (a.outside || b.outside) {
    const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
    return { x: x + (turn + 0.5) * 0.12 * (b.y - a.y), y: y - (turn + 0.5) * 0.12 * (b.x - a.x) };
  }
  const apart = Math.atan2(Math.sin(b.angle - a.angle), Math.cos(b.angle - a.angle));
  const middle = a.angle + apart / 2;
  const chord = Math.cos(apart / 2);
  const neighbours = Math.abs(apart) < (2.5 * Math.PI) / Math.max(3, ROOMS.inside.length);
  const wanted = neighbours ? 1.04 - 0.26 * turn : Math.max(0.42, 0.8 * chord) - 0.1 * turn;
  const reach = (2 * wanted - chord) * radius;
  return { x: centre + reach * Math.cos(middle), y: centre + reach * Math.sin(middle) };
}

const between = (p, q, t) => ({ x: p.x + (q.x - p.x) * t, y: p.y + (q.y - p.y) * t });
const onCurve = ([p, c, q], t) => between(between(p, c, t), between(c, q, t), t);
const apartBy = (p, q) => Math.hypot(p.x - q.x, p.y - q.y);

/** Return the part of a curve from t0 to t1 as a curve. */
function partOf(curve, t0, t1) {
  const [p, c, q] = curve;
  return [onCurve(curve, t0), between(between(p, c, t0), between(c, q, t0), t1), onCurve(curve, t1)];
}

/** Return the curve between two rooms from rim to rim, with `room` left for the head. */
function rimToRim(a, b, control, room) {
  const curve = [a, control, b];
  let [t0, t1] = [0, 1];
  while (t0 < 0.49 && apartBy(onCurve(curve, t0), a) < a.r + 3) t0 += 0.005;
  while (t1 > 0.51 && apartBy(onCurve(curve, t1), b) < b.r + 4 + room) t1 -= 0.005;
  return partOf(curve, t0, t1);
}

/** Return a loop that leaves and enters the same room on the outer side. */
function ownLoop(a, room) {
  const at = (angle, reach) => ({
    x: a.x + reach * Math.cos(a.angle + angle),
    y: a.y + reach * Math.sin(a.angle + angle),
  });
  return [at(-0.7, a.r + 2), at(0, a.r * 3), at(0.7, a.r + 4 + room)];
}

const curvePath = ([p, c, q]) =>
  `M${round(p.x)} ${round(p.y)}Q${round(c.x)} ${round(c.y)} ${round(q.x)} ${round(q.y)}`;

/** Return the path of an arrowhead at the end of a curve. */
function headPath([, c, q], length, half) {
  const far = Math.hypot(q.x - c.x, q.y - c.y) || 1;
  const [dx, dy] = [(q.x - c.x) / far, (q.y - c.y) / far];
  const tip = [q.x + dx * length, q.y + dy * length];
  const [left, right] = [-half, half].map((side) => [q.x + dy * side, q.y - dx * side]);
  return `${linePath([tip, left, right])}Z`;
}

const linkShare = (link, links) =>
  Math.abs(number(link.shapley) ?? 0) /
  (links.reduce((sum, each) => sum + Math.abs(number(each.shapley) ?? 0), 0) || 1);

/** Draw the wheel into `box`; `pick` is called with a link's id, `over` with an id or "" while pointed at. */
function drawWheel(box, width, { pick, over }) {
  const size = Math.min(width, 620);
  const frame = wheelPlaces(size);
  const links = linksOf(STATE.cut);
  const svg = drawn("svg", {
    class: "wheel",
    width: size,
    height: size,
    viewBox: `0 0 ${size} ${size}`,
    role: "group",
    "aria-label": say("wheel.name", { rooms: ROOMS.inside.length, links: links.length }),
  });
  svg.append(drawn("circle", { cx: frame.centre, cy: frame.centre, r: size / 2 - 6, class: "boundary" }));
  const turns = new Map();
  const turnOf = (from, to) => {
    const pair = [from, to].sort().join("\u0000");
    turns.set(pair, (turns.get(pair) ?? -1) + 1);
    return turns.get(pair);
  };
  const arrows = drawn("g", { role: "group", "aria-label": say("wheel.links") });
  for (const link of [...links].sort((a, b) => Math.abs(b.shapley) - Math.abs(a.shapley))) {
    const arrow = linkArrow(link, links, frame, turnOf(text(link.from), text(link.to)));
    if (!arrow) continue;
    arrow.addEventListener("click", () => pick(link.id));
    arrow.addEventListener(
      "keydown",
      (event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), pick(link.id)),
    );
    for (const event of ["pointerenter", "focus"]) arrow.addEventListener(event, () => over(link.id));
    for (const event of ["pointerleave", "blur"]) arrow.addEventListener(event, () => over(""));
    arrows.append(arrow);
  }
  roving(arrows);
  const rooms = drawn(
    "g",
    { role: "group", "aria-label": say("wheel.rooms") },
    [...frame.places].map(([name, place]) => roomDisc(name, place, svg)),
  );
  roving(rooms);
  svg.append(hairlines(frame), arrows, rooms, ...hub(frame));
  box.replaceChildren(svg);
}

/** Draw one link: body, head, sign, and a ring where it crosses from firm to firm. */
function linkArrow(link, links, frame, turn) {
  const [a, b] = [frame.places.get(text(link.from)), frame.places.get(text(link.to))];
  if (!a || !b) return null;
  const width = 1.25 + 7 * Math.sqrt(linkShare(link, links));
  const length = 5 + 1.3 * width;
  const curve = a === b ? ownLoop(a, length) : rimToRim(a, b, bend(a, b, frame, turn), length);
  const positive = (number(link.shapley) ?? 0) >= 0;
  const middle = onCurve(curve, 0.5);
  const out = Math.hypot(middle.x - frame.centre, middle.y - frame.centre) || 1;
  const away = width / 2 + 10;
  const sign = {
    x: middle.x + (away * (middle.x - frame.centre)) / out,
    y: middle.y + (away * (middle.y - frame.centre)) / out,
  };
  const across = link.border === "across";
  const ringAt = onCurve(curve, 0.3);
  return drawn(
    "g",
    {
      class: `link ${positive ? "adds" : "takes"}`,
      role: "button",
      "data-rove": true,
      "data-link": link.id,
      "aria-label": linkSentence(link, links),
    },
    drawn("path", { d: curvePath(curve), class: "hit" }),
    drawn("path", { d: curvePath(curve), class: "halo-line", "stroke-width": width + 8 }),
    drawn("path", { d: curvePath(curve), class: "body", "stroke-width": width }),
    drawn("path", { d: headPath(curve, length, 3.4 + 0.75 * width), class: "head" }),
    across && drawn("circle", { cx: ringAt.x, cy: ringAt.y, r: width / 2 + 3.4, class: "crossing" }),
    drawn(
      "text",
      { x: sign.x, y: sign.y + 5, "text-anchor": "middle", class: "sign-mark" },
      positive ? "+" : MINUS,
    ),
  );
}

/** Say a link in one sentence: ends, border, share. */
function linkSentence(link, links) {
  return [
    text(link.title),
    say("wheel.way", { from: titleOf(text(link.from)), to: titleOf(text(link.to)) }),
    sayOr(`border.${text(link.border)}`, ""),
    say("wheel.share", { share: percent(linkShare(link, links)) }),
  ]
    .filter(Boolean)
    .join(", ");
}

/** Hairlines for the couplings without a switch: an equation of one room reads a value of another. */
function hairlines(frame) {
  const lines = ROOMS.ways
    .filter(([from, to]) => frame.places.has(from) && frame.places.has(to))
    .map(([from, to]) => {
      const [a, b] = [frame.places.get(from), frame.places.get(to)];
      const curve = rimToRim(a, b, bend(a, b, frame, 0.4), 5);
      return drawn(
        "g",
        { class: "reads", "data-from": from, "data-to": to },
        drawn("path", { d: curvePath(curve) }),
        drawn("path", { d: headPath(curve, 5, 2.6), class: "reads-head" }),
      );
    });
  return drawn("g", { "aria-hidden": "true" }, lines);
}

/** Draw a room: disc and name; outside the boundary only the name. While pointed at, what it reads stands out. */
function roomDisc(name, place, svg) {
  const subsystem = SUBSYSTEMS.find((each) => each.name === name);
  const { words, size } = roomWords(name, place);
  const near = (state) => {
    svg.classList.toggle("near", state);
    for (const each of svg.querySelectorAll(".reads"))
      each.classList.toggle("lit", state && (each.dataset.from === name || each.dataset.to === name));
    const ends = new Set(
      linksOf(STATE.cut)
        .filter((link) => link.from === name || link.to === name)
        .map((link) => text(link.id)),
    );
    for (const each of svg.querySelectorAll(".link"))
      each.classList.toggle("lit", state && ends.has(each.dataset.link));
  };
  const reads = (side) => ROOMS.ways.filter((way) => way[side] === name).map((way) => titleOf(way[1 - side]));
  const said = [
    titleOf(name),
    reads(1).length > 0 && say("wheel.reads", { rooms: reads(1).join(", ") }),
    reads(0).length > 0 && say("wheel.read_by", { rooms: reads(0).join(", ") }),
  ].filter(Boolean);
  const value = place.outside || place.r < 34 ? "" : roomValue(name);
  const first = place.y - ((words.length + (value ? 1 : 0) - 1) * (size + 2)) / 2 + size * 0.35;
  const x = place.outside ? (place.corner.anchor === "start" ? 2 : place.x + 24) : place.x;
  const anchor = place.outside ? place.corner.anchor : "middle";
  const node = drawn(
    "g",
    {
      class: place.outside ? "room outside" : "room",
      role: subsystem ? "button" : "img",
      "data-rove": true,
      "aria-label": [said.join(". "), subsystem && say("wheel.opens")].filter(Boolean).join(". "),
    },
    drawn("circle", { cx: place.x, cy: place.y, r: place.r }),
    words.map((word, index) =>
      drawn("text", { x, y: first + index * (size + 2), "text-anchor": anchor, "font-size": size }, word),
    ),
    value &&
      drawn(
        "text",
        {
          x,
          y: first + words.length * (size + 2),
          "text-anchor": anchor,
          "font-size": Math.max(9, size - 1),
          class: "room-value",
          "data-room": name,
        },
        value,
      ),
  );
  for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => near(true));
  for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => near(false));
  const open = () => subsystem && openSubsystem(name);
  node.addEventListener("click", open);
  node.addEventListener(
    "keydown",
    (event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), open()),
  );
  return tipped(node, () => said);
}

/** Return a room's title over at most two lines that fit its disc, else its name, and the size to write it in. */
function roomWords(name, place) {
  if (place.outside) return { words: lineBroken(titleOf(name), 16).slice(0, 3), size: 12 };
  const most = (size) => Math.floor((2 * place.r - 6) / (0.64 * size));
  for (const [label, sizes] of [
    [titleOf(name), [12.5, 11.5, 11]],
    [inWords(name), [12.5, 11, 9.5]],
  ]) {
    for (const size of sizes) {
      const words = lineBroken(label, most(size));
      if (words.length <= 2 && words.every((line) => line.length <= most(size))) return { words, size };
    }
  }
  return {
    words: lineBroken(inWords(name), 11)
      .slice(0, 2)
      .map((line) => shortened(line, 11)),
    size: 9.5,
  };
}

function lineBroken(label, most) {
  const lines = [];
  for (const word of label.split(" ")) {
    if (lines.length > 0 && `${lines.at(-1)} ${word}`.length <= most) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/** Return the value at the cursor of a headline indicator that lives in this room, short enough for the disc. */
function roomValue(name) {
  const row = HEADLINES.find((each) => each.name.startsWith(`${name}.`));
  if (!row || STATE.cursor === null) return "";
  const value = valueAt(row.points, STATE.cursor);
  if (value === null) return "";
  const { before, behind } = unitParts(row.unit);
  const short = behind.split(" ")[0];
  const written = before ? `${value < 0 ? MINUS : ""}${before} ${decimal(Math.abs(value), 2)}` : decimal(value, 2);
  return short.length <= 3 && short ? `${written} ${short}` : written;
}

/** Write the rooms' values at the cursor anew. */
function refreshRooms(box) {
  for (const each of box.querySelectorAll(".room-value")) each.textContent = roomValue(each.dataset.room);
}

/** The hub says what all links together make of the chosen output. */
function hub(frame) {
  const output = OUTPUTS[STATE.cut];
  if (!output || number(output.all) === null || number(output.none) === null) return [];
  const { centre, radius } = frame;
  const size = clamp(radius * 0.15, 16, 32);
  const small = clamp(radius * 0.058, 9, 11.5);
  const line = (words, y) =>
    drawn("text", { x: centre, y, "text-anchor": "middle", class: "hub-word", "font-size": small }, words);
  return [
    drawn("circle", { cx: centre, cy: centre, r: radius * 0.33, class: "hub" }),
    drawn(
      "text",
      { x: centre, y: centre + 2, "text-anchor": "middle", class: "hub-number", "font-size": size },
      decimal(output.all - output.none),
    ),
    line(shortened(unitWords(output.unit), 18), centre + 6 + small),
    line(say("wheel.hub"), centre + 8 + 2.1 * small),
  ];
}
