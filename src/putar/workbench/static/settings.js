// Settings: what the reader changed in the model, one frozen value with its history. Nothing here draws or runs.

/**
 * @typedef {object} Settings what differs from the run that the page was written for
 * @property {Object<string, number>} set values of constants
 * @property {Object<string, number|null>} from the dates from which they hold; null is the start of the run
 * @property {string[]} cut links at arm's length
 * @property {number|null} cutFrom from when; null is the flywheel's own date
 * @typedef {{past: Settings[], now: Settings, future: Settings[], held: string}} History
 */

const CHOICES = record(PAYLOAD.choices);
const SINCE = number(CHOICES.from); // the date from which a change holds unless the reader says otherwise
const UNTOUCHED = Object.freeze({ set: {}, from: {}, cut: [], cutFrom: null });
const MOST_STEPS = 100;

let timeline = { past: [], now: UNTOUCHED, future: [], held: "" };

/** Return the history after an action; a gesture that is `held`, such as a drag, is one step. */
function reduced({ past, now, future, held }, action) {
  const step = (next, key = "") => {
    if (sameSettings(next, now)) return { past, now, future, held: key };
    const kept = key !== "" && key === held ? past : [...past, now].slice(-MOST_STEPS);
    return { past: kept, now: next, future: [], held: key };
  };
  switch (action.act) {
    case "set":
      return step(withValue(now, action), action.held ? action.name : "");
    case "release":
      return { past, now, future, held: "" };
    case "toggle": {
      const mended = now.cut.includes(action.link);
      const cut = mended ? now.cut.filter((each) => each !== action.link) : [...now.cut, action.link];
      return step({ ...now, cut, cutFrom: cut.length > 0 ? now.cutFrom : null });
    }
    case "cutFrom":
      return step({ ...now, cutFrom: action.date });
    case "take":
      return step(action.settings);
    case "undo":
      return past.length === 0
        ? { past, now, future, held: "" }
        : { past: past.slice(0, -1), now: past.at(-1), future: [now, ...future], held: "" };
    case "redo":
      return future.length === 0
        ? { past, now, future, held: "" }
        : { past: [...past, now], now: future[0], future: future.slice(1), held: "" };
    default:
      throw new Error(`no action ${action.act}`);
  }
}

/** Return settings with one constant set; a value that runs by default is no change. */
function withValue(settings, { name, value, from }) {
  const set = { ...settings.set };
  const dates = { ...settings.from };
  delete set[name];
  delete dates[name];
  if (value !== null && value !== defaultOf(name)) {
    set[name] = value;
    dates[name] = from === undefined ? (settings.from[name] ?? sinceOf(name)) : from;
  }
  return { ...settings, set, from: dates };
}

/** Return the date from which a change of a constant holds by default: a date of its own acts from the start. */
function sinceOf(name) {
  const entry = NAMES.get(name);
  return entry && isDate(number(entry.row.value) ?? 0, text(entry.row.unit)) ? null : SINCE;
}

const defaultOf = (name) => number(NAMES.get(name)?.row.value);
const settingsNow = () => timeline.now;
const untouched = (settings = timeline.now) =>
  Object.keys(settings.set).length === 0 && settings.cut.length === 0;
const canUndo = () => timeline.past.length > 0;
const canRedo = () => timeline.future.length > 0;

function sameSettings(a, b) {
  const flat = ({ set, from, cut, cutFrom }) =>
    JSON.stringify([
      Object.keys(set)
        .sort()
        .map((name) => [name, set[name], from[name] ?? null]),
      [...cut].sort(),
      cut.length > 0 ? cutFrom : null,
    ]);
  return flat(a) === flat(b);
}

/** Act on the settings; whoever listens to "settings" is told if something changed. */
function act(action) {
  const before = timeline;
  timeline = reduced(before, action);
  if (timeline.now === before.now && timeline.past === before.past && timeline.future === before.future) return;
  tell("settings");
}

/** Return the names that are set, levers apart from beliefs. */
function changedNames(settings = timeline.now) {
  const names = Object.keys(settings.set);
  return { beliefs: names.filter((name) => !isLever(name)), levers: names.filter(isLever) };
}

const LEVERS = record(CHOICES.levers);
const isLever = (name) => Object.hasOwn(LEVERS, name) || NAMES.get(name)?.row.status === "lever";

/** Return the settings without the decisions: values of levers and cut links. */
function beliefsOf(settings) {
  const { beliefs } = changedNames(settings);
  const only = (values) => Object.fromEntries(beliefs.map((name) => [name, values[name]]));
  return { set: only(settings.set), from: only(settings.from), cut: [], cutFrom: null };
}

/** The views that the flywheel declares, each as settings. */
const VIEWS = list(CHOICES.views).map((row) => {
  const rows = Object.entries(record(row.set)).filter(
    ([name, each]) => number(record(each).value) !== null && record(each).value !== defaultOf(name),
  );
  return {
    name: text(row.name),
    row, // its title and reason are texts that change with the language
    settings: {
      set: Object.fromEntries(rows.map(([name, each]) => [name, each.value])),
      from: Object.fromEntries(rows.map(([name, each]) => [name, number(each.from)])),
      cut: list(row.cut).map(text),
      cutFrom: number(row.cut_from),
    },
  };
});

/** Return the view that the settings are, or undefined. */
const viewNow = () => VIEWS.find((view) => sameSettings(view.settings, timeline.now));
