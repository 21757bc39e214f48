// Scores: how much of what happens at a date passes through each link and between each pair of rooms.

/** Each loop's links, whose switch one of its variables reads, and ways, the pairs of rooms that it crosses. */
const PASSAGES = (() => {
  const readers = new Map(); // link id: names of variables whose equation reads its switch
  for (const entry of new Set(NAMES.values())) {
    if (entry.sort !== "variable") continue;
    for (const [, id] of text(entry.row.equation).matchAll(/\blinks\.(\w+)/g))
      readers.set(id, (readers.get(id) ?? new Set()).add(bare(entry.name)));
  }
  const passages = new Map();
  for (const loop of list(PAYLOAD.loops).map(record)) {
    const names = list(loop.variables).map((name) => bare(text(name)));
    const rooms = names.map((name) => name.split(".")[0]);
    const ways = new Set();
    rooms.forEach((room, index) => {
      const next = rooms[(index + 1) % rooms.length];
      if (next !== room) ways.add(wayKey(room, next));
    });
    const links = [...LINK_IDS.values()]
      .filter(
        (link) =>
          names.some((name) => readers.get(text(link.id))?.has(name)) ||
          ways.has(wayKey(text(link.from), text(link.to))),
      )
      .map((link) => text(link.id));
    passages.set(text(loop.id), { links: new Set(links), ways, rooms: new Set(rooms) });
  }
  return passages;
})();

function wayKey(from, to) {
  return `${from}>${to}`;
}

/** Return the score of every link and way at a date: {share, side}, of all loops' shares that pass there. */
function scoresAt(time) {
  const found = new Map();
  const all = loopsAt(time);
  const whole = all.reduce((sum, { share }) => sum + Math.abs(share), 0) || 1;
  const add = (key, share) => {
    const score = found.get(key) ?? { share: 0, net: 0 };
    score.share += Math.abs(share) / whole;
    score.net += share;
    found.set(key, score);
  };
  for (const { loop, share } of all) {
    const passage = PASSAGES.get(loop.id);
    for (const id of passage?.links ?? []) add(`link:${id}`, share);
    for (const way of passage?.ways ?? []) add(way, share);
  }
  return found;
}

/** Return the yearly growth of what the wheel turns, at a date; null where it is not above zero. */
function growthAt(time) {
  const name = text(GROWTH.variable);
  const points = LIVE.now && LIVE.now.value(name) ? pointsOf(LIVE.now, name) : GROWTH_POINTS;
  if (points.length < 2 || time === null) return null;
  const [from, to] = [Math.max(points[0].time, time - 0.5), Math.min(points.at(-1).time, time + 0.5)];
  const [a, b] = [valueAt(points, from), valueAt(points, to)];
  return a > 0 && b > 0 && to > from ? (b / a) ** (1 / (to - from)) - 1 : null;
}

const GROWTH_POINTS = seriesOf(GROWTH.points);
