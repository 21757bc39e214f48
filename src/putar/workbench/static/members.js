// Members: the draws of runs/draws.py, parameter by parameter, from the same streams of the same generator.

/** Return a * b of two words [high, low] as four halves, highest first; Math.imul has no upper half. */
function product64(a, b) {
  const [p3, p2] = product32(a[0], b[0]);
  const [q3, q2] = product32(a[0], b[1]);
  const [r3, r2] = product32(a[1], b[0]);
  const [s3, s2] = product32(a[1], b[1]);
  const one = s3 + q2 + r2;
  const two = p2 + q3 + r3 + Math.floor(one / 4294967296);
  return [(p3 + Math.floor(two / 4294967296)) >>> 0, two >>> 0, one >>> 0, s2];
}

const PHILOX = { multipliers: [[0xd2e7470e, 0xe14c6c93], [0xca5a8263, 0x95121157]], rounds: 10 }; // prettier-ignore

/**
 * Return four words of Philox 4x64-10 for a counter below 2 ** 53.
 * Source: Salmon and others (2011), Parallel random numbers: as easy as 1, 2, 3, doi:10.1145/2063384.2063405.
 */
function philox(key, counter) {
  let words = [halves(counter), [0, 0], [0, 0], [0, 0]];
  const k0 = Uint32Array.from(key[0]);
  const k1 = Uint32Array.from(key[1]);
  for (let round = 0; round < PHILOX.rounds; round++) {
    if (round > 0) {
      plus64(k0, 0x9e3779b9, 0x7f4a7c15);
      plus64(k1, 0xbb67ae85, 0x84caa73b);
    }
    const one = product64(PHILOX.multipliers[0], words[0]);
    const two = product64(PHILOX.multipliers[1], words[2]);
    words = [
      [(two[0] ^ words[1][0] ^ k0[0]) >>> 0, (two[1] ^ words[1][1] ^ k0[1]) >>> 0],
      [two[2], two[3]],
      [(one[0] ^ words[3][0] ^ k1[0]) >>> 0, (one[1] ^ words[3][1] ^ k1[1]) >>> 0],
      [one[2], one[3]],
    ];
  }
  return words;
}

const swapped = (word) =>
  ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;

/** Return a function from a member's number to its draw in (0, 1) that belongs to a name and a seed. */
function uniformOf(name, seed) {
  const words = Array.from(digestWords(`${seed}:${name}`).subarray(0, 4), swapped);
  const key = [[words[1], words[0]], [words[3], words[2]]]; // prettier-ignore
  let block = -1;
  let held = [];
  return (member) => {
    const wanted = Math.floor(member / 4);
    if (wanted !== block) {
      block = wanted;
      held = philox(key, wanted + 1);
    }
    const [high, low] = held[member % 4];
    return (high * 2097152 + (low >>> 11) + 0.5) * 2 ** -53;
  };
}

/** Return a number rounded to twelve digits, half to even, as `rounded` of runs/draws.py. */
function rounded(value) {
  if (value === 0 || !Number.isFinite(value)) return value;
  const factor = Number(`1e${11 - Math.floor(Math.log10(Math.abs(value)))}`);
  const scaled = value * factor;
  const whole = Math.abs(scaled) + 4503599627370496 - 4503599627370496; // 2 ** 52 leaves no fraction
  return (scaled < 0 ? -whole : whole) / factor;
}

const CENTRAL = [
  [3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
   4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3],
  [1.0, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3,
   2.1213794301586595867e4, 3.930789580009271061e4, 2.8729085735721942674e4, 5.226495278852854561e3],
]; // prettier-ignore
const TAIL = [
  [1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
   1.27045825245236838258, 2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4],
  [1.0, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1,
   1.4810397642748007459e-1, 1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9],
]; // prettier-ignore
const FAR_TAIL = [
  [6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1,
   2.6532189526576123093e-2, 1.2426609473880784386e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  [1.0, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2,
   7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15],
]; // prettier-ignore

const ratio = (x, [top, bottom]) => polynomial(x, top) / polynomial(x, bottom);
const polynomial = (x, coefficients) => coefficients.reduceRight((sum, each) => sum * x + each, 0);

/** Return the standard normal value below which a share in (0, 1) lies; AS 241, as in runs/draws.py. */
function normalQuantile(share) {
  const middle = share - 0.5;
  if (Math.abs(middle) <= 0.425) return rounded(middle * ratio(0.180625 - middle * middle, CENTRAL));
  const tail = Math.sqrt(-Math.log(Math.min(share, 1 - share)));
  const far = tail <= 5 ? ratio(tail - 1.6, TAIL) : ratio(tail - 5, FAR_TAIL);
  return rounded(middle < 0 ? -far : far);
}

/** Return the value below which a share of a distribution [kind, ...numbers] lies. */
function quantileOf([kind, first, second, third], share) {
  if (kind === "uniform") return rounded(first + (second - first) * share);
  if (kind === "lognormal") return rounded(first * Math.exp(second * normalQuantile(share)));
  if (share * (third - first) < second - first)
    return rounded(first + Math.sqrt(share * (third - first) * (second - first)));
  return rounded(third - Math.sqrt((1 - share) * (third - first) * (third - second)));
}

/**
 * Return a function from a member's number to its draws, as changes; see `draws_of` in flywheels/simulate.py.
 * What a specification sets is not drawn. Draws are rounded to twelve digits, so that a logarithm that differs from
 * Python's in its last bit does not show, but for a rare draw on a rounding edge, in its twelfth digit.
 */
function drawsOf(live, spec, seed) {
  const held = new Set(spec.changes.filter((change) => !change.scale).flatMap((c) => Object.keys(c.values)));
  const { distributions, fit, from } = live.drawn;
  const early = spec.vector === "fitted" && fit ? fit.names : [];
  const normals = early.map((name) => uniformOf(`fit:${name}`, seed));
  const later = Object.entries(distributions)
    .filter(([name]) => !early.includes(name) && !held.has(name))
    .map(([name, distribution]) => [name, distribution, uniformOf(name, seed)]);
  return (member) => {
    const changes = [];
    if (early.length > 0) {
      const drawn = normals.map((draw) => normalQuantile(draw(member)));
      const values = {};
      early.forEach((name, i) => {
        if (held.has(name)) return;
        const shift = fit.factor[i].reduce((sum, weight, j) => sum + weight * drawn[j], 0);
        values[name] = rounded(fit.centre[i] * Math.exp(rounded(shift)));
      });
      changes.push({ at: null, scale: false, values });
    }
    const values = {};
    for (const [name, distribution, draw] of later) values[name] = quantileOf(distribution, draw(member));
    changes.push({ at: from, scale: false, values });
    return changes;
  };
}

/** Return the quantile of sorted numbers, on a line between two of them, as numpy.quantile has it. */
function quantileOfSorted(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  const rest = place - below;
  const step = sorted[above] - sorted[below];
  return rest < 0.5 ? sorted[below] + step * rest : sorted[above] - step * (1 - rest);
}
