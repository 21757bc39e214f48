// Judge: the formulas of claims and their verdicts, as flywheels/claim_formula.py and claim_verdict.py have them.

/** @typedef {{times: number[], values: number[]}} Path a quantity over time, in base units */

const isPath = (value) => typeof value === "object";
const truth = (value) => (value ? 1 : 0);

/** Return a path's value at a date; not-a-number outside its times. */
function pathAt({ times, values }, date) {
  const slack = 1e-9 * Math.max(1, Math.abs(date));
  const last = times.length - 1;
  if (!(times[0] - slack <= date && date <= times[last] + slack)) return NaN;
  if (last === 0) return values[0];
  let after = 1;
  while (after < last && times[after] < date - slack) after += 1;
  const share = Math.min(1, Math.max(0, (date - times[after - 1]) / (times[after] - times[after - 1])));
  if (share === 0) return values[after - 1];
  if (share === 1) return values[after];
  return values[after - 1] + share * (values[after] - values[after - 1]);
}

/** Return the values from a date up to, not including, another; the value at the date if there is none. */
function pathRows(path, start, stop) {
  const { times, values } = path;
  if (start < times[0] - 1e-9 || stop > times[times.length - 1] + 1e-9) return [NaN];
  const inside = values.filter((_, i) => times[i] >= start - 1e-9 && times[i] < stop - 1e-9);
  return inside.length > 0 ? inside : [pathAt(path, start)];
}

const within = ({ times }, start, stop) =>
  Array.from(times.keys()).filter((i) => times[i] >= start - 1e-9 && times[i] <= stop + 1e-9);

const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;

function pathExtreme(path, start, stop, pick) {
  const inside = within(path, start, stop);
  return inside.length === 0 ? NaN : pick(...inside.map((i) => path.values[i]));
}

function pathDate(path, start, stop, last) {
  const found = within(path, start, stop).filter((i) => path.values[i] !== 0);
  return found.length === 0 ? NaN : path.times[found[last ? found.length - 1 : 0]];
}

const PATH_FUNCTIONS = {
  AT: pathAt,
  MEAN: (path, start, stop) => mean(pathRows(path, start, stop)),
  INTEGRAL: (path, start, stop) => mean(pathRows(path, start, stop)) * (stop - start),
  GROWTH: (path, start, stop) => Math.log(pathAt(path, stop) / pathAt(path, start)) / (stop - start),
  LOWEST: (path, start = -Infinity, stop = Infinity) => pathExtreme(path, start, stop, Math.min),
  HIGHEST: (path, start = -Infinity, stop = Infinity) => pathExtreme(path, start, stop, Math.max),
  FIRST: (path, start = -Infinity, stop = Infinity) => pathDate(path, start, stop, false),
  LAST: (path, start = -Infinity, stop = Infinity) => pathDate(path, start, stop, true),
  SHARE_OF_TIME: (path, start, stop) => mean(pathRows(path, start, stop).map((value) => truth(value !== 0))),
};

const ROW_FUNCTIONS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => (a === 1 ? 1 : a ** b),
  MOD: (a, b) => {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  },
  "=": (a, b) => truth(a === b),
  "<>": (a, b) => truth(a !== b),
  "<": (a, b) => truth(a < b),
  "<=": (a, b) => truth(a <= b),
  ">": (a, b) => truth(a > b),
  ">=": (a, b) => truth(a >= b),
  AND: (a, b) => truth(a !== 0 && b !== 0),
  OR: (a, b) => truth(a !== 0 || b !== 0),
  "NOT ": (a) => truth(a === 0),
  "+ ": (a) => a,
  "- ": (a) => -a,
  IF: (condition, a, b) => (condition !== 0 ? a : b),
  ABS: Math.abs,
  MIN: Math.min,
  MAX: Math.max,
  SQRT: Math.sqrt,
  EXP: Math.exp,
  LN: Math.log,
  LOG10: Math.log10,
};

/**
 * Return the value of a formula: a number, or a Path.
 * @param {Array} tree as workbench/live_claims.py writes it
 * @param {Object<string, (number|Path)>} values of the references, by key
 */
function formulaValue([what, ...parts], values) {
  if (what === "is") return parts[0];
  if (what === "of") return values[parts[0]];
  const given = parts.map((part) => formulaValue(part, values));
  if (Object.hasOwn(PATH_FUNCTIONS, what)) return PATH_FUNCTIONS[what](...given);
  const apply = ROW_FUNCTIONS[what];
  const first = given.find(isPath);
  if (first === undefined) return apply(...given);
  const { times } = first;
  const same = (path) => path.times.length === times.length && path.times.every((time, i) => time === times[i]);
  const rows = given.map((value) => {
    if (!isPath(value)) return () => value;
    if (value === first || same(value)) return (i) => value.values[i];
    const [low, high] = [value.times[0], value.times[value.times.length - 1]];
    return (i) => pathAt(value, Math.min(high, Math.max(low, times[i])));
  });
  return { times, values: Array.from(times, (_, i) => apply(...rows.map((row) => row(i)))) };
}

/** Return a test's value and whether its comparison holds; never for not-a-number. */
function compared(test, values) {
  const value = formulaValue(test.formula, values);
  const bounds = test.bounds.map((bound) => formulaValue(bound, values));
  const [bound] = bounds;
  const last = bounds[bounds.length - 1];
  const holds = {
    "<": () => value < bound,
    "<=": () => value <= bound,
    ">": () => value > bound,
    ">=": () => value >= bound,
    about: () => Math.abs(value - bound) <= test.tolerance * Math.abs(bound),
    between: () => bound <= value && value <= last,
  }[test.comparator]();
  return { value, holds, bounds };
}

/** Return the word for a probability. */
function verdictOf(probability) {
  if (probability >= 0.95) return "holds";
  if (probability >= 0.8) return "likely";
  if (probability <= 0.05) return "refuted";
  return probability <= 0.2 ? "unlikely" : "undetermined";
}

const LADDER = ["refuted", "unlikely", "undetermined", "likely", "holds"];

/** Return a claim's verdict: the weakest of its checks where all lie on one side, else mixed. */
function claimVerdict(words) {
  if (new Set(words).size === 1) return words[0];
  const side = (word) => Math.sign(LADDER.indexOf(word) - 2);
  if (words.some((word) => !LADDER.includes(word)) || new Set(words.map(side)).size > 1) return "mixed";
  return words.reduce((one, two) =>
    Math.abs(LADDER.indexOf(two) - 2) < Math.abs(LADDER.indexOf(one) - 2) ? two : one,
  );
}

/** Return a number in a unit, without the last digits that conversions leave behind; null for no number. */
const inUnit = (value, factor) => (Number.isFinite(value) ? Number((value / factor).toPrecision(12)) : null);

/**
 * Judge a test of a run's outputs; see `judge_members` in flywheels/claim_verdict.py.
 * @param {{value: number, holds: boolean, bounds: number[]}} centre at the central values
 * @param {{value: number, holds: boolean}[]} members
 */
function judgedTest(test, centre, members) {
  const { factor } = test;
  const bounds = centre.bounds.map((bound) => (Number.isFinite(bound) ? bound / factor : null));
  const plain = { value: inUnit(centre.value, factor), low: null, high: null, bounds, probability: null };
  if (Number.isNaN(centre.value)) return { ...plain, verdict: "undetermined" };
  const fine = members.filter(({ value }) => Number.isFinite(value));
  if (fine.length === 0 && members.length > 0) return { ...plain, verdict: "undetermined" };
  if (fine.every(({ value }) => value === centre.value))
    return { ...plain, verdict: centre.holds ? "holds" : "refuted" };
  const sorted = Float64Array.from(fine, ({ value }) => value).sort();
  const [low, high] = [0.05, 0.95].map((share) => inUnit(quantileOfSorted(sorted, share), factor));
  const probability = fine.filter(({ holds }) => holds).length / fine.length;
  return { ...plain, low, high, probability, verdict: verdictOf(probability) };
}

/** Return a number with a range at a draw; see `Uncertain.at` in flywheels/claim_verdict.py. */
function uncertainAt({ value, low, high, family }, share) {
  const normal = normalQuantile(share);
  const z = 2 * 1.6448536269514722;
  switch (family) {
    case "uniform":
      return low + (high - low) * rounded(share);
    case "whole":
      return Math.min(low + Math.floor((high - low + 1) * rounded(share)), high);
    case "normal":
      return (low + high) / 2 + ((high - low) / z) * normal;
    case "lognormal":
      return rounded(
        Math.exp((Math.log(low) + Math.log(high)) / 2 + ((Math.log(high) - Math.log(low)) / z) * normal),
      );
    default:
      return value;
  }
}
