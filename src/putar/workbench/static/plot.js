// Plot: scales, ticks and paths. Numbers in, positions and SVG path texts out; nothing here knows what is plotted.

/** Return four to six round values that span low to high. */
function niceTicks(low, high, wanted = 5) {
  if (!(high > low)) [low, high] = low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, low)];
  const rough = (high - low) / wanted;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * size).find((each) => each >= rough - 1e-12) ?? 10 * size;
  const ticks = [];
  for (let index = Math.floor(low / step + 1e-9); index <= Math.ceil(high / step - 1e-9); index++)
    ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

/** Return powers of ten (with 2 and 5 when there are few) that span low to high; low must be positive. */
function logTicks(low, high) {
  const [from, to] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const ticks = [];
  for (let exponent = from; exponent <= to; exponent++) ticks.push(Number(`1e${exponent}`));
  if (ticks.length > 3) return ticks;
  return ticks.flatMap((each) => [each, 2 * each, 5 * each]).filter((each) => each >= low / 2 && each <= high * 2);
}

/** Return a function from a value to a position, linear or logarithmic. */
function scale(low, high, from, to, log = false) {
  const at = log ? Math.log10 : (value) => value;
  const span = at(high) - at(low) || 1;
  return (value) => from + ((at(value) - at(low)) / span) * (to - from);
}

const round = (value) => Math.round(value * 100) / 100;

/** Return the path of a line through points [x, y]; null breaks it. */
function linePath(points) {
  let path = "";
  let pen = false;
  for (const point of points) {
    if (point === null) pen = false;
    else {
      path += `${pen ? "L" : "M"}${round(point[0])} ${round(point[1])}`;
      pen = true;
    }
  }
  return path;
}

/** Return the path of the area between two lines of the same length. */
function areaPath(upper, lower) {
  return upper.length < 2 ? "" : `${linePath(upper)}${linePath([...lower].reverse()).replace("M", "L")}Z`;
}

/** Return a series' value at a time, between its points on a straight line; null outside them. */
function valueAt(points, time) {
  const known = points.filter((point) => point.value !== null);
  if (known.length === 0 || time === null || time < known[0].time - 1e-9 || time > known.at(-1).time + 1e-9)
    return null;
  const next = known.findIndex((point) => point.time >= time - 1e-9);
  if (next === 0 || Math.abs(known[next].time - time) < 1e-9) return known[next].value;
  const [a, b] = [known[next - 1], known[next]];
  return a.value + ((time - a.time) / (b.time - a.time)) * (b.value - a.value);
}

/** Return a series' mean over a period, by the trapezium rule on its points. */
function meanBetween(points, from, to) {
  const inside = points.filter((point) => point.time > from && point.time < to && point.value !== null);
  const ends = [from, to].map((time) => ({ time, value: valueAt(points, time) }));
  const all = [ends[0], ...inside, ends[1]];
  if (all.some((point) => point.value === null) || to <= from) return null;
  let area = 0;
  for (let index = 1; index < all.length; index++)
    area += ((all[index].value + all[index - 1].value) / 2) * (all[index].time - all[index - 1].time);
  return area / (to - from);
}

/** Return positions for labels that want `wanted` (ascending), at least `gap` apart and within [low, high]. */
function pushedApart(wanted, gap, low, high) {
  const places = [...wanted];
  for (let index = 1; index < places.length; index++)
    places[index] = Math.max(places[index], places[index - 1] + gap);
  for (let index = places.length - 1; index >= 0; index--) {
    const most = index === places.length - 1 ? high : places[index + 1] - gap;
    places[index] = Math.max(low, Math.min(places[index], most));
  }
  return places;
}

/** Return whole years (or round times) for the time axis, as many as fit. */
function timeTicks(start, stop, width) {
  const years = stop - start;
  const most = Math.max(2, Math.floor(width / 56));
  const step = [1, 2, 5, 10, 20, 25, 50, 100].find((each) => years / each <= most);
  if (!step || years < 2)
    return niceTicks(start, stop, Math.min(5, most)).filter((tick) => tick >= start && tick <= stop);
  const ticks = [];
  for (let tick = Math.ceil(start / step) * step; tick <= stop + 1e-9; tick += step) ticks.push(tick);
  return ticks;
}

/** Return a label for a tick of the time axis. */
function tickLabel(tick) {
  return Number.isInteger(tick) && tick >= 1900 && tick < 2200 ? String(tick) : decimal(tick, 6);
}
