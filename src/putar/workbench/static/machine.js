// Machine: answers wishes with numbers, in a worker or, where there is none, beside the page.

const WARM = 60; // runs at most that are made for nothing
const SLICE = 8; // milliseconds of a long answer before other wishes are looked at

/** Return a column of rows: the values of one output, [time]. */
const columnOf = (rows, place) => rows.R.subarray(place * rows.rows, (place + 1) * rows.rows);

/** Return an output at dates, on lines between rows, as Ensemble.at in runs/ensemble.py. */
function valuesAt(times, column, dates) {
  let after = 1;
  return dates.map((date) => {
    if (times.length === 1) return column[0];
    while (after < times.length - 1 && times[after] < date) after += 1;
    while (after > 1 && times[after - 1] >= date) after -= 1;
    const share = Math.min(1, Math.max(0, (date - times[after - 1]) / (times[after] - times[after - 1])));
    if (share === 0) return column[after - 1];
    if (share === 1) return column[after];
    return column[after - 1] + share * (column[after] - column[after - 1]);
  });
}

/** Return sixteen digits that two runs share when their headlines are the same; see workbench/checksum.py. */
function checksumOf(series) {
  const lines = series.map(([name, values]) => {
    const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
    const power = largest > 0 ? Number((largest * Math.PI).toExponential(5).split("e")[1]) - 5 : 0;
    const unit = Number(`1e${power}`);
    const whole = values.map((value) =>
      Number.isFinite(value) ? String(Math.floor((value * Math.PI) / unit + 0.5) + 0) : "x",
    );
    return `${name} ${power} ${whole.join(" ")}`;
  });
  return digestOf(lines.join("\n"), 16);
}

/** Return what a machine answers: one function for each kind of wish. */
function machine(program, loops, live) {
  const bench = benchOf(program);
  const every = keptSteps(program);
  const places = new Map(program.outputs.map((name, place) => [name, place]));

  /** Return where a run first left the numbers, or null; times before the first row do not count. */
  function failureOf(rows) {
    for (let row = 0; row < rows.rows; row++)
      for (const place of live.order) {
        const value = rows.R[place * rows.rows + row];
        if (!Number.isFinite(value)) return failure(program.outputs[place], rows.times[row], value);
      }
    const state = rows.S.findIndex((value) => !Number.isFinite(value));
    const stop = program.start + program.steps * program.step;
    return state < 0 ? null : failure(program.states[state], stop, rows.S[state]);
  }

  function failure(variable, time, value) {
    const became = Number.isNaN(value) ? "not-a-number" : "infinite";
    return { variable, time, why: `${variable} became ${became} at ${Number(time.toPrecision(10))}` };
  }

  /** Return what the random functions of a single run depend on. */
  const drawOf = (wish) => ({ seed: wish.seed ?? 0, member: 0 });

  /** Answer one run: columns of the saved outputs, one after the other. */
  function run(wish) {
    const began = performance.now();
    const segments = segmentsOf(program, changesOf(live, program, specOf(live, program, wish)));
    const rows = runThrough(program, bench, segments, every, drawOf(wish));
    const names = wish.save ?? program.outputs;
    let columns = rows.R;
    if (wish.save) {
      columns = new Float64Array(names.length * rows.rows);
      names.forEach((name, i) => columns.set(columnOf(rows, placeOf(name)), i * rows.rows));
    }
    const shown = live.checked.map((name) => [
      name,
      valuesAt(rows.times, columnOf(rows, places.get(name)), live.dates),
    ]);
    return {
      times: rows.times,
      columns,
      names: wish.save ?? null,
      failed: failureOf(rows),
      checksum: checksumOf(shown),
      milliseconds: performance.now() - began,
    };
  }

  /** Return a run of some segments, kept at the steps around dates alone, and the values of names there. */
  function valuesOf(segments, names, dates, draw) {
    const rows = runThrough(program, bench, segments, keptSteps(program, stepsAround(program, dates)), draw);
    const fine = rows.S.every(Number.isFinite);
    return { fine, values: names.map((name) => valuesAt(rows.times, columnOf(rows, placeOf(name)), dates)) };
  }

  function placeOf(name) {
    if (!places.has(name)) throw new RangeError(`the model has no variable '${name}'`);
    return places.get(name);
  }

  /** Answer an ensemble: after more and more members, the low, middle and high of each saved name at dates. */
  function* ensemble(wish) {
    const { members, seed = 0, save = live.checked, dates = live.dates } = wish;
    const spec = specOf(live, program, wish);
    const drawn = drawsOf(live, spec, seed);
    const held = save.map(() => dates.map(() => []));
    let next = 16;
    let failed = 0;
    for (let member = 0; member < members; member++) {
      const segments = segmentsOf(program, changesOf(live, program, spec, drawn(member)));
      const { fine, values } = valuesOf(segments, save, dates, { seed, member });
      if (fine && values.every((row) => row.every(Number.isFinite)))
        values.forEach((row, i) => row.forEach((value, j) => held[i][j].push(value)));
      else failed += 1;
      if (member + 1 === next && next < members) {
        next = next < 128 ? 2 * next : next + 128;
        yield bandsOf(held, save, dates, member + 1, members, failed);
      } else yield null;
    }
    return bandsOf(held, save, dates, members, members, failed);
  }

  function bandsOf(held, save, dates, done, members, failed) {
    const bands = save.map((name, i) => {
      const sorted = held[i].map((values) => Float64Array.from(values).sort());
      const at = (share) => sorted.map((values) => (values.length > 0 ? quantileOfSorted(values, share) : NaN));
      return [name, { low: at(0.05), middle: at(0.5), high: at(0.95) }];
    });
    return { done, members, failed, times: [...dates], bands: Object.fromEntries(bands) };
  }

  /** Answer what each link carries of an output at a date; what few coalitions say comes first. */
  function* links(wish) {
    const { output, at } = wish;
    const date = wish.cutFrom ?? program.start;
    const spec = specOf(live, program, { ...wish, cutFrom: null });
    const players = live.links.length;
    const order = coalitionOrder(players);
    const values = new Float64Array(order.length).fill(NaN);
    const early = 2 + players + (players * (players - 1)) / 2 + players;
    for (let done = 0; done < order.length; done++) {
      const mask = order[done];
      const segments = segmentsOf(program, coalitionChanges(live, program, spec, mask, date));
      values[mask] = valuesOf(segments, [output], [at], drawOf(wish)).values[0][0];
      if (done + 1 === early || (done % 128 === 127 && done > early))
        yield { done: done + 1, runs: order.length, ...lossesOf(values, players), shapley: null };
      else yield null;
    }
    if (!values.every(Number.isFinite)) throw new RangeError("a run with links cut has no finite value");
    const shapley = shapleyOf(values, players);
    const linchpin = live.links[shapley.indexOf(Math.max(...shapley))];
    const found = { links: live.links, values, shapley, linchpin, ...lossesOf(values, players) };
    return { done: order.length, runs: order.length, ...found };
  }

  /** Answer how far an output moves when each constant alone goes to the ends of what is believed of it. */
  function* sensitivity(wish) {
    const { output, at, names = Object.keys(live.ends) } = wish;
    const spec = specOf(live, program, wish);
    const value = (more) => {
      const changed = more ? combinedSpec(spec, { changes: [more], cuts: {}, vector: "fitted" }) : spec;
      const segments = segmentsOf(program, changesOf(live, program, changed));
      return valuesOf(segments, [output], [at], drawOf(wish)).values[0][0];
    };
    const ends = {};
    const base = value(null);
    for (const name of names) {
      if (!Object.hasOwn(live.ends, name)) continue;
      const { low, high, from } = live.ends[name];
      const since = wish.from?.[name] ?? from;
      const [one, two] = [low, high].map((end) => value({ at: since, scale: false, values: { [name]: end } }));
      ends[name] = { low: one, high: two };
      yield null;
    }
    return { base, ends };
  }

  /** Run until the browser has compiled the model as well as it can, so that the first change is answered at once. */
  function* warm() {
    const segments = segmentsOf(program, changesOf(live, program, specOf(live, program, {})));
    const few = keptSteps(program, [program.steps]);
    let slowest = 0;
    for (let turn = 0; turn < WARM; turn++) {
      const began = performance.now();
      runThrough(program, bench, segments, turn % 2 === 0 ? every : few);
      const took = performance.now() - began;
      slowest = Math.max(slowest, took);
      if (took < slowest / 12) break;
      yield null;
    }
    return null;
  }

  let scored = null;

  /** Answer the loops' shares over time; their own program runs the model once more, with all scores beside it. */
  function* loopShares(wish) {
    if (loops === null) throw new RangeError("this file carries no loops");
    if (scored === null) {
      const { parameters, defaults } = program;
      const made = { ...loops(), parameters, defaults };
      scored = { program: made, bench: benchOf(made), kept: keptSteps(made) };
    }
    yield null;
    const segments = segmentsOf(scored.program, changesOf(live, program, specOf(live, program, wish)));
    const rows = runThrough(scored.program, scored.bench, segments, scored.kept, drawOf(wish));
    const shares = scored.program.outputs.map((name, place) => [
      name.replace(/^loop /, ""),
      columnOf(rows, place).slice(1),
    ]);
    return { times: rows.times.slice(1), shares: Object.fromEntries(shares) };
  }

  return { run, warm, ensemble, links, sensitivity, loops: loopShares, claims: storyOf(program, live, bench) };
}

/**
 * Return the function that takes messages {id, kind, wish} or {id, stop}, and answers them by `reply`.
 * A run is answered at once; the others are generators and go on in slices, each in its turn.
 */
function serve(program, loops, live, reply) {
  const answers = machine(program, loops, live);
  const jobs = new Map();
  const channel = new MessageChannel();
  const tell = (id, content) => reply({ id, ...content });
  channel.port1.onmessage = () => {
    const next = jobs.entries().next();
    if (next.done) return;
    const [id, job] = next.value;
    jobs.delete(id); // to the end of the line
    try {
      const end = performance.now() + SLICE;
      let step = job.next();
      while (!step.done && performance.now() < end) {
        if (step.value) tell(id, { part: step.value });
        step = job.next();
      }
      if (step.done) tell(id, { done: step.value });
      else {
        if (step.value) tell(id, { part: step.value });
        jobs.set(id, job);
      }
    } catch (error) {
      tell(id, { error: error.message });
    }
    if (jobs.size > 0) channel.port2.postMessage(null);
  };
  return ({ id, stop, kind, wish }) => {
    if (stop) {
      jobs.delete(id);
      return;
    }
    try {
      const made = answers[kind](wish);
      if (typeof made.next !== "function") tell(id, { done: made });
      else {
        jobs.set(id, made);
        if (jobs.size === 1) channel.port2.postMessage(null);
      }
    } catch (error) {
      tell(id, { error: error.message });
    }
  };
}
