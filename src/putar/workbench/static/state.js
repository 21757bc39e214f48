// State: what the reader looks at, one value a key, and who is told when it changes. Settings are apart.

const STATE = {
  chart: "",
  scale: "linear",
  mode: "level",
  pins: [],
  cursor: null,
  hover: null,
  output: 0,
  loop: "",
  open: "",
  theme: "",
  lang: "",
  still: false,
  playing: false,
};
const HASHED = ["chart", "scale", "mode", "pins", "output", "open", "theme", "lang"];
const LISTENERS = new Map();

/** Forget who listens: before the page is drawn anew, so that what is gone is told nothing. */
function forgetListeners() {
  LISTENERS.clear();
}

/** Call `action` after any of the keys (separated by blanks) changes. */
function listen(keys, action) {
  for (const key of keys.split(" ")) LISTENERS.set(key, [...(LISTENERS.get(key) ?? []), action]);
}

/** Tell each listener of some keys once. */
function tell(...keys) {
  for (const action of new Set(keys.flatMap((key) => LISTENERS.get(key) ?? []))) action();
}

/** Change some keys, then tell each listener once. */
function choose(changes) {
  const changed = Object.keys(changes).filter((key) => STATE[key] !== changes[key]);
  Object.assign(STATE, changes);
  tell(...changed);
  if (changed.some((key) => HASHED.includes(key))) tell("address");
}
