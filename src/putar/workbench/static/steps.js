// Steps: takes a Program (engine/js_kernel.py wrote it) from its start to its end, through changes of parameters.

/**
 * @typedef {object} Program what engine/js_kernel.py writes: names, grid of time, method, and its functions
 * @typedef {{first: number, P: Float64Array}} Segment parameters that hold from a step on
 * @typedef {{rows: number, R: Float64Array, S: Float64Array, times: Float64Array}} Rows
 *   R has a column of `rows` numbers for each output; S the states at the end
 */

/** Return the arrays that runs of a program use over and over. */
function benchOf(program) {
  const states = program.states.length;
  return {
    S: new Float64Array(states),
    X: new Float64Array(states),
    K: program.places.map(() => new Float64Array(states)),
    F: new Float64Array(program.settled),
    V: new Float64Array(program.passed),
    U: new Float64Array(program.slots.length),
    latch: Uint8Array.from(program.states, (_, i) => (program.latches.includes(i) ? 1 : 0)),
  };
}

/** Return which steps are kept, [step]: those of the program, or those of `wanted`. */
function keptSteps(program, wanted) {
  const kept = new Uint8Array(program.steps + 1);
  if (wanted) for (const step of wanted) kept[step] = 1;
  else {
    for (let n = 0; n <= program.steps; n += program.every) kept[n] = 1;
    kept[program.steps] = 1;
  }
  return kept;
}

/** Return the first step at or after a date, to half a step's rounding, as runs/design.py has it. */
function stepOf(program, date) {
  const stop = program.start + program.steps * program.step;
  if (!(program.start - program.step / 2 <= date && date <= stop + program.step / 2))
    throw new RangeError(`the date ${date} is outside the run, ${program.start} to ${stop}`);
  return Math.min(program.steps, Math.max(0, Math.ceil((date - program.start) / program.step - 1e-6)));
}

/** Return the steps on both sides of each date; what lies between is on a line. See `around` in runs/design.py. */
function stepsAround(program, dates) {
  const found = new Set();
  for (const date of dates) {
    const after = stepOf(program, date);
    if (Math.abs(program.start + after * program.step - date) > 1e-6 * program.step) found.add(Math.max(0, after - 1));
    found.add(after);
  }
  return found;
}

/**
 * Run a program through its segments and return what was kept.
 * @param {Program} program
 * @param {Segment[]} segments in time order, the first from step 0
 * @param {Uint8Array} kept which steps have a row
 * @param {{seed: (number|bigint), member: number}} [draw] what random draws depend on
 * @returns {Rows}
 */
function runThrough(program, bench, segments, kept, draw = { seed: 0, member: 0 }) {
  const { steps, start, step, stages, weights, over, places } = program;
  const { S, X, K, F, V, U, latch } = bench;
  let rows = 0;
  let end = 0;
  for (let n = 0; n <= steps; n++)
    if (kept[n]) {
      rows += 1;
      end = n;
    }
  const R = new Float64Array(rows * program.outputs.length);
  const times = new Float64Array(rows);
  const keys = program.slots.map((slot) => drawKey(draw.seed, slot, draw.member));
  const moment = (n) => {
    for (let u = 0; u < keys.length; u++) U[u] = drawAt(keys[u], n);
    return start + n * step;
  };
  let row = 0;
  program.initialise(segments[0].P, S, V);
  for (let each = 0; each < segments.length; each++) {
    const { first, P } = segments[each];
    if (first > end) break;
    const lastOne = each + 1 === segments.length || segments[each + 1].first > end;
    const until = lastOne ? end : segments[each + 1].first;
    const from = row;
    program.settle(P, F, V);
    for (let n = first; n < until; n++) {
      const T = moment(n);
      if (kept[n]) {
        times[row] = T;
        program.record(P, F, S, T, U, K[0], R, row++, rows, V);
      } else program.move(P, F, S, T, U, K[0], V);
      for (let s = 0; s < stages.length; s++) {
        const at = start + (n + places[s + 1]) * step;
        for (let i = 0; i < S.length; i++)
          X[i] = latch[i] ? S[i] : S[i] + step * weighted(stages[s], K, i);
        program.move(P, F, X, at, U, K[s + 1], V);
      }
      for (let i = 0; i < S.length; i++)
        if (latch[i]) S[i] = K[0][i];
        else {
          const total = weighted(weights, K, i);
          S[i] += step * (over === 1 ? total : total / over);
        }
    }
    if (lastOne && rows > 0) {
      const T = moment(end);
      times[row] = T;
      program.record(P, F, S, T, U, K[0], R, row++, rows, V);
    }
    program.still(P, F, R, from, row, rows);
  }
  return { rows, R, S, times };
}

/** Return the sum of the products, from the left; weights of 0 are left out, of 1 not multiplied. */
function weighted(row, K, i) {
  let total = 0;
  let any = false;
  for (let s = 0; s < row.length; s++) {
    const weight = row[s];
    if (weight === 0) continue;
    const term = weight === 1 ? K[s][i] : weight * K[s][i];
    total = any ? total + term : term;
    any = true;
  }
  return total;
}
