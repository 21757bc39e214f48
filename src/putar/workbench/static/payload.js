// Payload: the run's answer, made safe to read. A missing part is an empty list, record or text, never an error.

const list = (value) => (Array.isArray(value) ? value.filter((each) => each !== null && each !== undefined) : []);
const record = (value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : {});
const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
const text = (value) => (value === null || value === undefined || typeof value === "object" ? "" : String(value));
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

const PAYLOAD = record(JSON.parse(await unpacked("payload")));
const MODEL = record(PAYLOAD.model);
const TIME = record(PAYLOAD.time);
const ENGINE = record(PAYLOAD.engine);
const SUBSYSTEMS = list(MODEL.subsystems).map(record);
const PARAMETERS = list(PAYLOAD.parameters).map(record);
const CLAIMS = list(PAYLOAD.claims).map(record);
const OUTPUTS = list(record(PAYLOAD.links).outputs)
  .map(record)
  .filter((output) => list(output.links).length > 0);
const FACTS = record(PAYLOAD.facts);

/** Values alone are at the times of other points; points that have times keep them. */
function withTimes(values, points) {
  if (!Array.isArray(values) || values.some((value) => value !== null && typeof value !== "number")) return values;
  const times = seriesOf(points).map((point) => point.time);
  return values.map((value, i) => [times[i], value]);
}

/** Points [time, value, low, high] of a series in order of time; anything without a time is left out. */
function seriesOf(points) {
  return list(points)
    .map((point) =>
      Array.isArray(point)
        ? { time: number(point[0]), value: number(point[1]), low: null, high: null }
        : {
            time: number(point.time),
            value: number(point.value),
            low: number(point.low),
            high: number(point.high),
          },
    )
    .filter((point) => point.time !== null)
    .sort((a, b) => a.time - b.time);
}

const SCENARIOS = (() => {
  const scenarios = record(PAYLOAD.scenarios);
  return {
    columns: list(scenarios.columns).map(record),
    rows: list(scenarios.rows).map(record),
    series: record(scenarios.series),
  };
})();

/** The run that the page was written for. */
const SHOWN_RUN = (() => {
  const scenario = record(PAYLOAD.scenario);
  const name = text(scenario.name) || "base";
  return {
    name,
    get title() {
      return text(scenario.title) || name;
    },
  };
})();

const HEADLINES = list(PAYLOAD.headline)
  .map(record)
  .map((row) => ({
    name: text(row.name),
    get label() {
      return text(row.label) || text(row.name);
    },
    unit: text(row.unit),
    points: seriesOf(row.points),
    observed: list(row.observed)
      .map(record)
      .filter((dot) => number(dot.value) !== null && number(dot.time) !== null),
    scenarios: Object.fromEntries(
      Object.entries(record(SCENARIOS.series[text(row.name)])).map(([name, points]) => [
        name,
        seriesOf(withTimes(points, row.points)),
      ]),
    ),
  }))
  .filter((row) => row.points.some((point) => point.value !== null));

/** Every number that an equation may name: variables and parameters by qualified name, arrays also by bare name. */
const NAMES = new Map();

const qualified = (subsystem, name) => (name.includes(".") || !subsystem ? name : `${subsystem}.${name}`);
const bare = (name) => name.replace(/\[.*$/s, "");

for (const subsystem of SUBSYSTEMS) {
  for (const variable of list(subsystem.variables).map(record)) {
    const name = qualified(text(subsystem.name), text(variable.name));
    const entry = { sort: "variable", name, subsystem: text(subsystem.name), row: variable };
    NAMES.set(name, entry);
    if (!NAMES.has(bare(name))) NAMES.set(bare(name), entry);
  }
}
for (const parameter of PARAMETERS) {
  const name = text(parameter.name);
  const entry = {
    sort: "parameter",
    name,
    subsystem: text(parameter.subsystem),
    row: parameter,
  };
  NAMES.set(name, entry);
  if (!NAMES.has(bare(name))) NAMES.set(bare(name), entry);
}

/** Return the entry that a name in an equation of `subsystem` means, or undefined. */
function entryOf(name, subsystem) {
  return NAMES.get(qualified(subsystem, name)) ?? NAMES.get(name);
}

const NAME_IN_TEXT = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/g;

/** Who names whom: USES says which variables an entry is read by, READS how many numbers flow from room to room. */
const USES = new Map();
const READS = new Map();

for (const entry of new Set(NAMES.values())) {
  if (entry.sort !== "variable") continue;
  const seen = new Set();
  for (const [name] of text(entry.row.equation).matchAll(NAME_IN_TEXT)) {
    const other = entryOf(name, entry.subsystem);
    if (!other || other === entry || seen.has(other)) continue;
    seen.add(other);
    USES.set(other.name, [...(USES.get(other.name) ?? []), entry.name]);
    if (other.subsystem === entry.subsystem || other.sort !== "variable") continue;
    const way = JSON.stringify([other.subsystem, entry.subsystem]);
    READS.set(way, (READS.get(way) ?? 0) + 1);
  }
}

/** Return a subsystem's title, or the name itself for an end outside the model. */
function titleOf(name) {
  const found = SUBSYSTEMS.find((subsystem) => subsystem.name === name);
  return found ? text(found.title) || name : inWords(name);
}

/** Return a text with a capital first letter. */
function capitalised(value) {
  const said = text(value);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Return an identifier as words: `own_research` is "Own research". */
function inWords(name) {
  const plain = text(name).replace(/^.*\./, "").replaceAll("_", " ");
  return capitalised(record(record(PAYLOAD.texts)[language()])[plain] ?? plain);
}
