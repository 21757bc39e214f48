// Pins: up to six runs that stay in the chart, labelled a to f: scenarios of the flywheel, or settings of the reader.

const MOST_PINS = 6;
const LETTERS = "abcdef";
const DASHES = ["7 4", "2 3", "9 3 2 3", "1 3", "12 4", "5 2 1 2"];

/** @typedef {{scenario?: string, settings?: Settings, run?: object}} Pin */

const PIN_RUNS = new WeakMap(); // a pin of settings: its run

/** Return a pin as one word of the address. */
function pinWords(pin) {
  return pin.scenario ?? settingsPairs(pin.settings).map(([key, value]) => `${key}=${value}`).join(";");
}

/** Read a pin from the address. */
function pinFrom(words, unknown) {
  if (SCENARIOS.rows.some((row) => row.name === words)) return { scenario: words };
  if (!words.includes("=")) {
    unknown.push(words);
    return null;
  }
  const settings = settingsFrom(
    words.split(";").map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]),
    unknown,
  );
  return untouched(settings) ? null : { settings };
}

/** Say a pin: the scenario's title, or what was changed. */
function pinTitle(pin) {
  return pin.scenario ? scenarioTitle(pin.scenario) : changesInWords(pin.settings, 2);
}

function scenarioTitle(name) {
  return text(SCENARIOS.rows.find((row) => row.name === name)?.title) || inWords(name);
}

/** Return what settings change, in words; after `most` changes only their number. */
function changesInWords(settings, most = Infinity) {
  const all = [
    ...Object.entries(settings.set).map(([name, value]) => {
      const row = NAMES.get(name)?.row ?? {};
      return `${labelOf(row)} ${amount(value, text(row.unit))}`;
    }),
    ...settings.cut.map((id) => say("pins.cut", { title: text(LINK_IDS.get(id)?.title) || id })),
  ];
  const shown = all.slice(0, most);
  const more = all.length - shown.length;
  return [...shown, more > 0 && sayCount("pins.more", more)].filter(Boolean).join(", ");
}

/** Return the points of a pin for an indicator; [] while its run is under way. */
function pinPoints(pin, row) {
  return pin.scenario ? (row.scenarios[pin.scenario] ?? []) : pointsOf(PIN_RUNS.get(pin), row.name);
}

/** Run the pins of settings that have not run yet. */
async function runPins() {
  if (!LIVE.up) return;
  for (const pin of STATE.pins.filter((each) => each.settings && !PIN_RUNS.has(each))) {
    const run = await MACHINE.run({ lane: `pin ${pinWords(pin)}`, ...wishOf(pin.settings) });
    if (run && !run.failed) PIN_RUNS.set(pin, run);
    tell("pins");
  }
}

/** Pin what runs now, if it is not pinned yet. */
function pinNow() {
  const pin = { settings: settingsNow() };
  if (untouched(pin.settings) || STATE.pins.length >= MOST_PINS) return;
  if (STATE.pins.some((each) => pinWords(each) === pinWords(pin))) return;
  if (LIVE.now && sameSettings(LIVE.settings, pin.settings)) PIN_RUNS.set(pin, LIVE.now);
  choose({ pins: [...STATE.pins, pin] });
}

/** Add a scenario to the chart, or take it out. */
function toggleScenario(name) {
  if (!name) return;
  const without = STATE.pins.filter((pin) => pin.scenario !== name);
  if (without.length < STATE.pins.length) choose({ pins: without });
  else if (STATE.pins.length < MOST_PINS) choose({ pins: [...STATE.pins, { scenario: name }] });
}

const isPinned = (name) => STATE.pins.some((pin) => pin.scenario === name);

/** The controls of the pins: a scenario to compare with, the reader's own settings, and the pinned ones. */
function pinControls() {
  const offered = SCENARIOS.rows.filter(
    (row) => row.name !== SHOWN_RUN.name && HEADLINES.some((each) => each.scenarios[row.name]),
  );
  const box = element("div", { class: "pins" });
  const own = plainButton(say("pins.own"), pinNow, { class: "quiet" });
  const show = () => {
    const left = offered.filter((row) => !isPinned(row.name));
    const full = STATE.pins.length >= MOST_PINS;
    const select =
      offered.length > 0 &&
      element(
        "select",
        { "aria-label": say("headline.compare"), disabled: full, on: { change: () => toggleScenario(select.value) } },
        element("option", { value: "" }, full ? say("pins.full", { most: MOST_PINS }) : say("headline.compare")),
        left.map((row) => element("option", { value: row.name }, text(row.title) || row.name)),
      );
    const held = box.contains(document.activeElement) && document.activeElement !== own;
    own.hidden = full || untouched() || !LIVE.up || STATE.pins.some(
      (pin) => pinWords(pin) === pinWords({ settings: settingsNow() }),
    );
    box.replaceChildren(...[select, own, ...STATE.pins.map(pinButton)].filter(Boolean));
    if (held) (select || own).focus();
  };
  listen("pins settings up", show);
  listen("pins up", runPins);
  show();
  return box;
}

function pinButton(pin, index) {
  const title = pinTitle(pin);
  return plainButton(
    [
      element("b", {}, LETTERS[index]),
      lineSample({ role: "pin", dash: DASHES[index] }),
      shortened(title, 40),
      icon(12, cross("currentColor", 4)),
    ],
    () => choose({ pins: STATE.pins.filter((each) => each !== pin) }),
    { class: "run", "aria-label": say("headline.remove", { title }), title },
  );
}
