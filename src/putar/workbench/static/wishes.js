// Wishes: what a run is asked to do becomes parameters over time, as flywheels/scenarios.py and runs/design.py do it.

/**
 * @typedef {{at: (number|null), scale: boolean, values: Object<string, number>}} Change
 * @typedef {{changes: Change[], cuts: Object<string, (number|null)>, vector: string}} Spec
 * @typedef {object} Wish what RUNNER is asked for
 * @property {string} [scenario] one of the flywheel's; by default the run that the page was written for
 * @property {Object<string, number>} [set] values of constants, as `putar run --set` takes them
 * @property {Object<string, number>} [from] dates from which values of `set` hold; the others hold from the start
 * @property {string[]} [cut] links at arm's length
 * @property {number|null} [cutFrom] from when; by default the scenario's date, or the flywheel's "now"
 */

/** Return what one specification and more changes ask for together; see `combined` in scenarios.py. */
function combinedSpec(spec, more) {
  const held = new Set(more.changes.filter((c) => c.at === null && !c.scale).flatMap((c) => Object.keys(c.values)));
  const kept = spec.changes
    .map((c) => ({ ...c, values: Object.fromEntries(Object.entries(c.values).filter(([name]) => !held.has(name))) }))
    .filter((c) => Object.keys(c.values).length > 0);
  const cuts = { ...spec.cuts };
  for (const [link, date] of Object.entries(more.cuts))
    cuts[link] = Object.hasOwn(cuts, link) ? earlier(cuts[link], date) : date;
  return {
    changes: [...kept, ...more.changes],
    cuts,
    vector: more.vector === "fitted" ? spec.vector : more.vector,
  };
}

const earlier = (one, other) => (one === null || other === null ? null : Math.min(one, other));

/** Return the specification of a wish; an unknown scenario, constant or link is refused by name. */
function specOf(live, program, wish) {
  const scenario = wish.scenario ?? "";
  if (!Object.hasOwn(live.specs, scenario)) throw new RangeError(`unknown scenario '${scenario}'`);
  let spec = live.specs[scenario];
  const cut = wish.cut ?? [];
  for (const link of cut) if (!live.links.includes(link)) throw new RangeError(`unknown link '${link}'`);
  const cuts = Object.fromEntries(cut.map((link) => [link, live.now]));
  spec = combinedSpec(spec, { changes: [], cuts, vector: "fitted" });
  for (const [name, value] of Object.entries(wish.set ?? {})) {
    if (!program.parameters.includes(name)) throw new RangeError(`unknown constant '${name}'`);
    if (!Number.isFinite(value)) throw new RangeError(`${name} was given no number`);
    const change = { at: wish.from?.[name] ?? null, scale: false, values: { [name]: value } };
    spec = combinedSpec(spec, { changes: [change], cuts: {}, vector: "fitted" });
  }
  if ((wish.cutFrom ?? null) !== null) {
    const cuts = Object.keys(spec.cuts).map((link) => [link, wish.cutFrom]);
    spec = { ...spec, cuts: Object.fromEntries(cuts) };
  }
  return spec;
}

/**
 * Return the changes of a specification in the order in which they hold; see `changes_of` in simulate.py.
 * @param {Change[]} [drawn] of one member
 */
function changesOf(live, program, spec, drawn = []) {
  const changes = spec.vector === "default" ? [{ at: null, scale: false, values: live.defaults }] : [];
  changes.push(...drawn.map((change) => scaledDraws(change, spec.changes)), ...spec.changes);
  return [...changes, ...cutChanges(program, spec)];
}

/** Return the cuts: the earliest at the switches' own date, each later one as a change of its own. */
function cutChanges(program, spec) {
  const dates = Object.entries(spec.cuts).map(([link, date]) => [`links.${link}`, date ?? program.start]);
  if (dates.length === 0) return [];
  const set = spec.changes.some((change) => Object.keys(change.values).some((name) => name.startsWith("links.")));
  const first = set ? program.start : Math.min(...dates.map(([, date]) => date));
  const own = Object.fromEntries(dates.filter(([, date]) => date === first).map(([name]) => [name, 0]));
  const later = dates.filter(([, date]) => date > first);
  return [
    { at: null, scale: false, values: { ...own, "links.cut_date": first } },
    ...later.map(([name, date]) => ({ at: date, scale: false, values: { [name]: 0 } })),
  ];
}

/** Return draws with the scalings that act before their date, and would be lost under them. */
function scaledDraws(drawn, changes) {
  const values = { ...drawn.values };
  for (const change of changes) {
    if (!change.scale || drawn.at === null || !(change.at === null || change.at < drawn.at)) continue;
    for (const [name, factor] of Object.entries(change.values))
      if (Object.hasOwn(values, name)) values[name] *= factor;
  }
  return { at: drawn.at, scale: false, values };
}

const SLOTS = new WeakMap();

/** Return the places of a program's parameters, by name. */
function slotsOf(program) {
  if (!SLOTS.has(program)) SLOTS.set(program, new Map(program.parameters.map((name, slot) => [name, slot])));
  return SLOTS.get(program);
}

/** Return the segments of a run; changes are applied in order of their dates, then in the given order. */
function segmentsOf(program, changes) {
  const dated = changes
    .filter((change) => Object.keys(change.values).length > 0)
    .map((change) => [change.at === null ? 0 : stepOf(program, change.at), change])
    .sort((a, b) => a[0] - b[0]);
  const slots = slotsOf(program);
  const segments = [{ first: 0, P: Float64Array.from(program.defaults) }];
  for (const [step, change] of dated) {
    let last = segments[segments.length - 1];
    if (step !== last.first) {
      last = { first: step, P: last.P.slice() };
      segments.push(last);
    }
    for (const [name, value] of Object.entries(change.values)) {
      const slot = slots.get(name);
      if (slot === undefined) throw new RangeError(`unknown constant '${name}'`);
      last.P[slot] = change.scale ? last.P[slot] * value : value;
    }
  }
  return segments;
}
