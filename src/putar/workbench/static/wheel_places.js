// Places: where the rooms stand on the wheel, and how the curves between them run. Nothing here draws.
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

/** Return the place of every room for a circle of `size` pixels in a drawing `spare` wider on each side. */
function wheelPlaces(size, spare = 0) {
  const n = ROOMS.inside.length;
  const room = clamp((0.245 * Math.PI * size) / Math.max(n, 5), 18, 43);
  const radius = size / 2 - room - 12;
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
      x: corner.x ? size + spare - inset : inset - spare,
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
  const wanted = neighbours ? 1.04 - 0.26 * turn : Math.max(0.5, 0.84 * chord) - 0.1 * turn;
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
