// Swings: what each number alone would do to the shown indicator, from end to end of what is believed of it.

const SWINGS = new Map(); // name: {low, high, size} of the shown indicator at the date of comparison
let swingOrder = new Map(); // name: place; kept while sliders move, so that none moves away from the hand
let swingsOf = ""; // the indicator that the order is of

/** Find the swings anew a moment after the settings or the indicator changed. */
const findSwings = (() => {
  let timer = 0;
  const find = async () => {
    const row = shownHeadline();
    if (!LIVE.up || !row) return;
    const settings = settingsNow();
    const names = MOVABLE.map((each) => each.name);
    const found = await MACHINE.sensitivity({ ...wishOf(settings), output: row.name, at: AT, names });
    if (found === null || row !== shownHeadline()) return;
    SWINGS.clear();
    for (const [name, { low, high }] of Object.entries(found.ends)) {
      if (!Number.isFinite(low) || !Number.isFinite(high)) continue;
      const [from, to] = [Math.min(low, high), Math.max(low, high)];
      SWINGS.set(name, { low: from, high: to, size: to - from });
    }
    if (swingsOf !== row.name) {
      const ranked = [...SWINGS].sort((a, b) => b[1].size - a[1].size);
      swingOrder = new Map(ranked.map(([name], index) => [name, index]));
      swingsOf = row.name;
      tell("order");
    }
    tell("swings");
  };
  return () => {
    clearTimeout(timer);
    if (LIVE.up) MACHINE.stop("sensitivity"); // the sliders come first
    timer = setTimeout(find, 350);
  };
})();

/** Say what a slider would do: "run rate 2030: 70–264"; "" while it is not known. */
function swingWords(name) {
  const swing = SWINGS.get(name);
  const row = shownHeadline();
  if (!swing || !row || row.name !== swingsOf) return "";
  const range = swing.size > 0 ? interval(swing.low, swing.high) : say("sliders.no_swing");
  return say("sliders.swing", { label: shortened(row.label, 26), when: shortDate(AT), range });
}

/** Return the part of all beliefs' swings that assumed numbers carry, or null while it is not known. */
function assumedSwing() {
  const beliefs = MOVABLE.filter((each) => !each.lever && SWINGS.has(each.name));
  const sum = (rows) => rows.reduce((total, each) => total + SWINGS.get(each.name).size, 0);
  const whole = sum(beliefs);
  return whole > 0 ? sum(beliefs.filter((each) => each.row.status === "assumed")) / whole : null;
}
