// Game: what each link carries, from the values of all coalitions; see analysis/synergy.py.

const bitsOf = (mask) => {
  let count = 0;
  for (let rest = mask; rest > 0; rest &= rest - 1) count += 1;
  return count;
};

/** Return the number of ways to choose k of n. */
function choices(n, k) {
  let count = 1;
  for (let i = 1; i <= k; i++) count = (count * (n - k + i)) / i;
  return count;
}

/** Return each player's mean marginal value over all orders of joining. */
function shapleyOf(values, players) {
  const weights = Array.from({ length: players }, (_, size) => 1 / (players * choices(players - 1, size)));
  return Array.from({ length: players }, (_, player) => {
    let share = 0;
    for (let mask = 0; mask < values.length; mask++)
      if (!((mask >> player) & 1)) share += weights[bitsOf(mask)] * (values[mask | (1 << player)] - values[mask]);
    return share;
  });
}

/** Return the losses that need few coalitions: all, none, first in, last in, and pairs [a][b] beyond single losses. */
function lossesOf(values, players) {
  const whole = values.length - 1;
  const all = values[whole];
  const each = Array.from({ length: players }, (_, i) => i);
  const last = each.map((i) => all - values[whole ^ (1 << i)]);
  const first = each.map((i) => values[1 << i] - values[0]);
  const pairs = each.map((i) =>
    each.map((j) => (i === j ? 0 : all - values[whole ^ ((1 << i) | (1 << j))] - last[i] - last[j])),
  );
  return { all, none: values[0], first, last, pairs };
}

/** Return the coalitions in the order in which they say most: whole, none, one and two cut, one alone, the rest. */
function coalitionOrder(players) {
  const whole = (1 << players) - 1;
  const cost = (mask) => {
    const cut = players - bitsOf(mask);
    if (cut <= 1) return cut;
    if (mask === 0) return 2;
    return cut === 2 ? 3 : bitsOf(mask) === 1 ? 4 : 5;
  };
  return Array.from({ length: whole + 1 }, (_, mask) => mask).sort((a, b) => cost(a) - cost(b) || b - a);
}

/**
 * Return the changes of a specification with some links integrated and the others at arm's length from a date on;
 * see `changes_with_links` in flywheels/simulate.py.
 */
function coalitionChanges(live, program, spec, mask, date, drawn) {
  const changes = changesOf(live, program, { ...spec, cuts: {} }, drawn);
  const given = Object.fromEntries(live.links.map((link, i) => [`links.${link}`, (mask >> i) & 1]));
  const dates = Object.entries(spec.cuts).map(([link, at]) => [`links.${link}`, at ?? program.start]);
  if (dates.every(([, own]) => own === date)) {
    const cut = Object.fromEntries(dates.map(([name]) => [name, 0]));
    return [...changes, { at: null, scale: false, values: { ...given, ...cut, "links.cut_date": date } }];
  }
  const ones = Object.fromEntries(Object.keys(given).map((name) => [name, 1]));
  return [
    ...changes,
    { at: null, scale: false, values: { ...ones, "links.cut_date": program.start } },
    { at: date, scale: false, values: given },
    ...dates.flatMap(([name, own]) =>
      [own, Math.max(own, date)].map((at) => ({ at, scale: false, values: { [name]: 0 } })),
    ),
  ];
}
