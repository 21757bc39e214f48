// State: what the reader chose, one value a key, kept in the address so that a copied link shows the same page.

const HASHED = ["chart", "scale", "runs", "cut", "link", "open", "theme", "lang"];
const STATE = {
  chart: "",
  scale: "linear",
  runs: [],
  cursor: null,
  hover: null,
  cut: 0,
  link: "",
  open: "",
  theme: "",
  lang: "",
};
const LISTENERS = new Map();

/** Forget who listens: before the page is drawn anew, so that what is gone is told nothing. */
function forgetListeners() {
  LISTENERS.clear();
}

/** Call `action` after any of the keys (separated by blanks) changes. */
function listen(keys, action) {
  for (const key of keys.split(" ")) LISTENERS.set(key, [...(LISTENERS.get(key) ?? []), action]);
}

/** Change some keys, then tell each listener once. */
function choose(changes) {
  const changed = Object.keys(changes).filter((key) => STATE[key] !== changes[key]);
  Object.assign(STATE, changes);
  const told = new Set(changed.flatMap((key) => LISTENERS.get(key) ?? []));
  for (const action of told) action();
  if (changed.some((key) => HASHED.includes(key))) writeHash();
}

/** Read the choices that an address carries; unknown names are left out. */
function readHash() {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (HEADLINES.some((row) => row.name === asked.get("chart"))) STATE.chart = asked.get("chart");
  if (asked.get("scale") === "log") STATE.scale = "log";
  STATE.runs = (asked.get("runs") ?? "")
    .split(",")
    .filter((name) => SCENARIOS.rows.some((row) => row.name === name))
    .slice(0, 4);
  STATE.cut = clamp(Math.trunc(Number(asked.get("cut"))) || 0, 0, Math.max(0, OUTPUTS.length - 1));
  STATE.link = asked.get("link") ?? "";
  STATE.open = asked.get("open") ?? "";
  STATE.theme = ["light", "dark"].includes(asked.get("theme")) ? asked.get("theme") : "";
  STATE.lang = LANGUAGES.includes(asked.get("lang")) ? asked.get("lang") : "";
}

function writeHash() {
  const kept = new URLSearchParams();
  if (STATE.chart && STATE.chart !== HEADLINES[0]?.name) kept.set("chart", STATE.chart);
  if (STATE.scale !== "linear") kept.set("scale", STATE.scale);
  if (STATE.runs.length > 0) kept.set("runs", STATE.runs.join(","));
  if (STATE.cut > 0) kept.set("cut", String(STATE.cut));
  if (STATE.link) kept.set("link", STATE.link);
  if (STATE.open) kept.set("open", STATE.open);
  if (STATE.theme) kept.set("theme", STATE.theme);
  if (STATE.lang) kept.set("lang", STATE.lang);
  const hash = kept.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  try {
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  } catch {
    // some viewers of mailed files refuse to change the address; the page works without
  }
}
