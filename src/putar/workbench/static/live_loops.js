// Live loops: the loops' shares under the reader's settings, a moment after these changed.

const DEFAULT_POINTS = new Map(LOOPS.map((loop) => [loop, loop.points]));
const LOOPS_LIVE = { settings: UNTOUCHED, why: "" }; // what the shown shares are of

/** Score the loops of the settings anew, or give back those of the page's run. */
const scoreLoops = (() => {
  let timer = 0;
  const put = (settings, pointsFor) => {
    for (const loop of LOOPS) loop.points = pointsFor(loop);
    LOOPS_LIVE.settings = settings;
    tell("loops");
  };
  const start = async () => {
    const settings = settingsNow();
    const { save: _, ...wish } = wishOf(settings);
    try {
      const found = await MACHINE.loops(wish);
      if (found === null || !sameSettings(settings, settingsNow())) return;
      put(settings, (loop) => {
        const share = found.shares[loop.id];
        const base = DEFAULT_POINTS.get(loop);
        return share ? scoredPoints(found.times, share, base) : base;
      });
      LOOPS_LIVE.why = "";
    } catch (error) {
      LOOPS_LIVE.why = error.message;
    }
  };
  return () => {
    if (!LIVE.up || LOOPS.length === 0) return;
    clearTimeout(timer);
    MACHINE.stop("loops");
    if (untouched()) return put(settingsNow(), (loop) => DEFAULT_POINTS.get(loop));
    tell("late");
    timer = setTimeout(start, 600);
  };
})();

/** Return shares at the dates at which the page's own shares stand, without their ranges. */
function scoredPoints(times, share, base) {
  let after = 0;
  return base.map(({ time }) => {
    while (after < times.length - 1 && times[after] < time - 1e-9) after += 1;
    const value = share[after];
    return { time, value: Number.isFinite(value) ? value : null, low: null, high: null };
  });
}
