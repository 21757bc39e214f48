// Share: the address carries only what changed, pinned to the model's hash: a copied link gives the same picture.

const MODEL_MARK = text(MODEL.hash).slice(0, 12);
const START_WORD = "start";

/** Write settings for the address: constants as name=value or name=value@date, cut links as cut=a,b. */
function settingsPairs({ set, from, cut, cutFrom }) {
  const pairs = Object.entries(set).map(([name, value]) => {
    const date = from[name] ?? null;
    const usual = date === sinceOf(name);
    return [name, usual ? String(value) : `${value}@${date ?? START_WORD}`];
  });
  if (cut.length > 0) pairs.push(["cut", cut.join(",")]);
  if (cut.length > 0 && cutFrom !== null) pairs.push(["cut_from", String(cutFrom)]);
  return pairs;
}

/** Read settings from pairs; a name, link or number that the model does not have goes to `unknown`. */
function settingsFrom(pairs, unknown = []) {
  const settings = { set: {}, from: {}, cut: [], cutFrom: null };
  for (const [key, raw] of pairs) {
    if (key === "cut") {
      for (const link of raw.split(",").filter(Boolean))
        (LINK_IDS.has(link) ? settings.cut : unknown).push(link);
    } else if (key === "cut_from") {
      settings.cutFrom = Number.isFinite(Number(raw)) ? Number(raw) : null;
    } else if (defaultOf(key) !== null && NAMES.get(key)?.sort === "parameter") {
      const [value, date] = raw.split("@");
      const at = date === undefined ? sinceOf(key) : date === START_WORD ? null : Number(date);
      if (value === "" || !Number.isFinite(Number(value)) || (at !== null && !Number.isFinite(at))) unknown.push(key);
      else {
        settings.set[key] = Number(value);
        settings.from[key] = at;
      }
    } else if (key.includes(".")) unknown.push(key);
  }
  if (settings.cut.length === 0) settings.cutFrom = null;
  return settings;
}

/** Every link that the model has, by id. */
const LINK_IDS = new Map(
  OUTPUTS.flatMap((output) => list(output.links).map(record))
    .reverse()
    .map((link) => [text(link.id), link]),
);

/** What the address asked for and could not get: a key of the catalogue and what fills it; null where all was there. */
let addressTrouble = null;

/** Read the address; settings of another model are not taken over, and the page says so. */
function readAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (HEADLINES.some((row) => row.name === asked.get("chart"))) STATE.chart = asked.get("chart");
  if (asked.get("scale") === "log") STATE.scale = "log";
  if (asked.get("mode") === "difference") STATE.mode = "difference";
  STATE.output = clamp(Math.trunc(Number(asked.get("output"))) || 0, 0, Math.max(0, OUTPUTS.length - 1));
  STATE.open = asked.get("open") ?? "";
  STATE.theme = ["light", "dark"].includes(asked.get("theme")) ? asked.get("theme") : "";
  STATE.lang = LANGUAGES.includes(asked.get("lang")) ? asked.get("lang") : "";
  if (STATE.lang) document.documentElement.lang = STATE.lang;
  const unknown = [];
  const settings = settingsFrom(asked, unknown);
  STATE.pins = asked
    .getAll("pin")
    .slice(0, MOST_PINS)
    .map((each) => pinFrom(each, unknown))
    .filter(Boolean);
  const mark = asked.get("model");
  if (mark && mark !== MODEL_MARK) {
    addressTrouble = () => say("share.other_model", { asked: mark, here: MODEL_MARK });
    STATE.pins = STATE.pins.filter((pin) => pin.scenario);
    return;
  }
  if (unknown.length > 0) addressTrouble = () => say("share.unknown", { names: unknown.join(", ") });
  if (!untouched(settings)) timeline = { past: [UNTOUCHED], now: settings, future: [], held: "" };
}

/** Return the address' part after the #: only what differs from the page as it opens. */
function addressOf() {
  const kept = new URLSearchParams();
  const settings = settingsPairs(settingsNow());
  if (settings.length > 0 || STATE.pins.some((pin) => pin.settings)) kept.set("model", MODEL_MARK);
  for (const [key, value] of settings) kept.set(key, value);
  for (const pin of STATE.pins) kept.append("pin", pinWords(pin));
  if (STATE.chart && STATE.chart !== HEADLINES[0]?.name) kept.set("chart", STATE.chart);
  if (STATE.scale !== "linear") kept.set("scale", STATE.scale);
  if (STATE.mode !== "level") kept.set("mode", STATE.mode);
  if (STATE.output > 0) kept.set("output", String(STATE.output));
  if (STATE.open) kept.set("open", STATE.open);
  if (STATE.theme) kept.set("theme", STATE.theme);
  if (STATE.lang) kept.set("lang", STATE.lang);
  return kept.toString().replace(/%(2C|3A|40|5B|5D)/g, (code) => decodeURIComponent(code)); // as people write it
}

/** Write the address; while a slider is dragged at most a few times a second. */
const writeAddress = (() => {
  let timer = 0;
  const write = () => {
    timer = 0;
    const hash = addressOf();
    try {
      history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    } catch {
      // some viewers of mailed files refuse to change the address; the page works without
    }
  };
  return () => {
    if (timer === 0) timer = setTimeout(write, 200);
  };
})();

/** Copy the address; where the browser forbids that, it is shown to be copied by hand. */
async function copyAddress(said) {
  const hash = addressOf();
  const address = location.href.split("#")[0] + (hash ? `#${hash}` : "");
  try {
    await navigator.clipboard.writeText(address);
    said(say("share.copied"));
  } catch {
    said(say("share.by_hand", { address }));
  }
}
