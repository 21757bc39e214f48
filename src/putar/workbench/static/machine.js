// Machine: answers wishes with numbers, in a worker or, where there is none, beside the page.

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
function machine(program, live) {
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

  /** Answer one run: columns of the saved outputs, one after the other. */
  function run(wish) {
    const began = performance.now();
    const segments = segmentsOf(program, changesOf(live, program, specOf(live, program, wish)));
    const rows = runThrough(program, bench, segments, every);
    const names = wish.save ?? program.outputs;
    let columns = rows.R;
    if (wish.save) {
      columns = new Float64Array(names.length * rows.rows);
      names.forEach((name, i) => {
        if (!places.has(name)) throw new RangeError(`the model has no variable '${name}'`);
        columns.set(columnOf(rows, places.get(name)), i * rows.rows);
      });
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

  return { run };
}

/**
 * Return the function that takes messages {id, kind, wish} or {id, stop}, and answers them by `reply`.
 * A run is answered at once; the others are generators and go on in slices, each in its turn.
 */
function serve(program, live, reply) {
  const answers = machine(program, live);
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
