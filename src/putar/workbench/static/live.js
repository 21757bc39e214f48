// Live: the runs of the reader's settings. Settings go to the machine, lines come back, whoever shows them is told.

const MACHINE = typeof RUNNER === "undefined" ? null : RUNNER;

/** The runs that the page shows: of all settings, of the beliefs alone; what failed; why nothing runs. */
const LIVE = { up: false, why: "", now: null, beliefs: null, failed: null, milliseconds: null, settings: UNTOUCHED };

const GROWTH = record(CHOICES.growth);
const AT = number(CHOICES.at) ?? number(TIME.stop);

/** The outputs that every run keeps: what chart, strip and wheel show, and what the claims need. */
const SAVED = [
  ...new Set(
    [
      ...HEADLINES.map((row) => row.name),
      text(GROWTH.variable),
      ...SCENARIOS.columns.map((column) => text(column.name)),
    ].filter((name) => name !== "" && (NAMES.has(name) || NAMES.has(bare(name)) || name === text(GROWTH.variable))),
  ),
];

/** Return settings as a wish that the machine understands. */
function wishOf(settings) {
  const dated = Object.entries(settings.from).filter(([, date]) => date !== null);
  return {
    set: settings.set,
    from: Object.fromEntries(dated),
    cut: settings.cut,
    cutFrom: settings.cut.length > 0 ? settings.cutFrom : null,
    save: SAVED,
  };
}

/** Return whether a lane shows lines of its own: beliefs only where decisions change something besides. */
const hasBeliefs = (settings) => {
  const { beliefs, levers } = changedNames(settings);
  return beliefs.length > 0 && (levers.length > 0 || settings.cut.length > 0);
};

/** Run the settings as they are; a newer wish takes the place of one that waits. */
async function runSettings() {
  if (!LIVE.up) return;
  const settings = settingsNow();
  const began = performance.now();
  if (untouched(settings)) return landed({ now: null, beliefs: null, failed: null, settings }, began);
  const both = hasBeliefs(settings);
  try {
    const [now, beliefs] = await Promise.all([
      MACHINE.run({ lane: "now", ...wishOf(settings) }),
      both ? MACHINE.run({ lane: "beliefs", ...wishOf(beliefsOf(settings)) }) : null,
    ]);
    if (now === null || (both && beliefs === null) || untouched(settingsNow())) return; // a newer wish is under way
    const failed = now.failed ?? beliefs?.failed ?? null;
    if (failed) landed({ failed, settings }, began);
    else landed({ now, beliefs, failed: null, settings, milliseconds: now.milliseconds }, began);
  } catch (error) {
    landed({ failed: { variable: "", time: null, why: error.message }, settings }, began);
  }
}

/** Show what came back, and note how long it took from the input to the drawing. */
function landed(changes, began) {
  Object.assign(LIVE, changes);
  tell("live");
  performance.measure("redraw", { start: began, end: performance.now() });
}

/** Wait for the machine; without it the page stays a report, and says why. */
async function startLive() {
  if (MACHINE === null) return;
  try {
    await MACHINE.ready;
    LIVE.up = true;
  } catch (error) {
    LIVE.why = error.message;
  }
  document.documentElement.dataset.live = String(LIVE.up);
  tell("up");
  if (LIVE.up && !untouched()) await runSettings();
}

/** Return an output of a run at a date, between its own dates on a straight line; null where it was not kept. */
function runAt(run, name, time) {
  const column = run?.value(name) ?? null;
  if (column === null || time === null) return null;
  const after = run.times.findIndex((each) => each >= time - 1e-9);
  if (after < 0) return null;
  const before = Math.max(0, after - 1);
  const width = run.times[after] - run.times[before];
  const share = width > 0 ? clamp((time - run.times[before]) / width, 0, 1) : 1;
  const value = column[before] + share * (column[after] - column[before]);
  return Number.isFinite(value) ? value : null;
}

const SAMPLES = new WeakMap();

/** Return an output of a run as points at the dates of the page; [] where it was not kept. */
function pointsOf(run, name) {
  if (!run) return [];
  if (!SAMPLES.has(run)) SAMPLES.set(run, new Map());
  const kept = SAMPLES.get(run);
  if (!kept.has(name)) kept.set(name, sampled(run.times, run.value(name)));
  return kept.get(name);
}

/** Return a column at the page's dates, between its own dates on a straight line. */
function sampled(times, column) {
  if (column === null) return [];
  const points = [];
  let after = 0;
  for (const time of cursorTimes()) {
    while (after < times.length - 1 && times[after] < time - 1e-9) after += 1;
    const before = Math.max(0, after - 1);
    const width = times[after] - times[before];
    const share = width > 0 ? clamp((time - times[before]) / width, 0, 1) : 1;
    const value = column[before] + share * (column[after] - column[before]);
    points.push({ time, value: Number.isFinite(value) ? value : null, low: null, high: null });
  }
  return points;
}

/** Return the points of an indicator as the settings give it; those of the default run where nothing is changed. */
const nowPoints = (row) => (LIVE.now ? pointsOf(LIVE.now, row.name) : row.points);

/** The line over what is computed once, of the run as it came: it shows as soon as the settings are the reader's. */
function deliveredNote() {
  const note = element("p", { class: "delivered" }, say("live.delivered"));
  const show = () => {
    note.hidden = untouched();
  };
  listen("settings", show);
  show();
  return note;
}
