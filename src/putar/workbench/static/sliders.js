// Sliders: what we believe and what they decide, each number with its prior, its default and what was made of it.

const FIRST = 10; // sliders shown of each group before the reader asks for all
const FINE = 1000; // positions of a rail

/** The range that a slider offers: a lever's bounds, else the parameter's own range; null where there is none. */
function boundsFor(row) {
  const lever = LEVERS[text(row.name)];
  const [low, high] = lever ? [number(lever.low), number(lever.high)] : [number(row.low), number(row.high)];
  return low !== null && high !== null && high > low && row.status !== "fixed" ? { low, high } : null;
}

/** Every number that can be moved, with its bounds and the way from position to value. */
const MOVABLE = PARAMETERS.map((row) => {
  const bounds = boundsFor(row);
  if (!bounds || number(row.value) === null) return null;
  const log = record(row.distribution).kind === "lognormal" && bounds.low > 0;
  return { row, name: text(row.name), lever: isLever(text(row.name)), ...bounds, log };
}).filter(Boolean);

const MOVABLE_BY_NAME = new Map(MOVABLE.map((each) => [each.name, each]));

/** Return where a value stands between the bounds, from 0 to 1. */
function positionOf({ low, high, log }, value) {
  const at = log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
  return clamp(at, 0, 1);
}

/** Return the value at a position, with as many digits as a reader would type. */
function valueOf({ low, high, log }, position) {
  if (position <= 0) return low;
  if (position >= 1) return high;
  const value = log ? low * (high / low) ** position : low + position * (high - low);
  const size = Math.max(Math.abs(value), (high - low) / 50);
  const places = clamp(3 - Math.ceil(Math.log10(size)), 0, 12);
  return Number(value.toFixed(places));
}

/** Return the 5 to 95 % range of a prior, or null where the number has no distribution. */
function priorOf(row) {
  const { kind, first, second, third, low, high } = record(row.distribution);
  const [a, b, c] = [number(first) ?? number(low), number(second) ?? number(high), number(third)];
  if (a === null || b === null) return null;
  if (kind === "uniform") return [a + 0.05 * (b - a), b - 0.05 * (b - a)];
  if (kind === "lognormal") return [a * Math.exp(-1.645 * b), a * Math.exp(1.645 * b)];
  if (kind === "normal") return [a - 1.645 * b, a + 1.645 * b];
  if (kind === "triangular" && c !== null)
    return [a + Math.sqrt(0.05 * (c - a) * (b - a)), c - Math.sqrt(0.05 * (c - a) * (c - b))];
  return null;
}

/** Return a typed number in the page's own spelling, or null. */
function typedNumber(words) {
  const sign = (type) => writer(
    Intl.NumberFormat,
    "typed",
    {},
  ).formatToParts(11111.1).find((each) => each.type === type)?.value ?? "";
  const plain = words.trim().replaceAll(sign("group"), "").replace(sign("decimal"), ".").replace(MINUS, "-");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

/** Return the movable numbers of a group, those that matter most for the shown indicator first. */
function ordered(lever) {
  const order = list(record(CHOICES.order)[shownHeadline()?.name]);
  const rank = swingsOf === shownHeadline()?.name ? swingOrder : new Map(order.map((name, index) => [name, index]));
  return MOVABLE.filter((each) => each.lever === lever)
    .map((each, index) => ({ each, index, rank: rank.get(each.name) ?? MOVABLE.length }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ each }) => each);
}

/** The page's two groups of sliders, with search and the date from which a change holds. */
function slidersSection() {
  if (MOVABLE.length === 0) return null;
  const groups = [sliderGroup(false), sliderGroup(true)];
  const found = element("p", { class: "note", role: "status" });
  const search = element("input", {
    type: "search",
    "aria-label": say("sliders.search"),
    placeholder: say("sliders.search"),
  });
  const show = () => {
    const shown = groups.map((group) => group.show(search.value)).reduce((a, b) => a + b, 0);
    found.textContent = search.value && shown === 0 ? say("parameters.none") : "";
  };
  search.addEventListener("input", show);
  listen("chart order", show);
  listen("swings", () => groups.forEach((group) => group.refresh()));
  const why = element("p", { class: "empty", hidden: true });
  const up = () => {
    why.hidden = LIVE.up || LIVE.why === "";
    why.textContent = LIVE.why && `${say("sliders.static")} ${LIVE.why}`;
  };
  listen("up", up);
  show();
  up();
  return section(
    "sliders",
    say("sliders.title"),
    say("sliders.lead"),
    why,
    element("div", { class: "filters" }, search, sinceSwitch()),
    found,
    element("div", { class: "slider-groups" }, groups.map((group) => group.node)),
  );
}

/** Choose from when changes hold: the end of the data, or the start of the run. */
function sinceSwitch() {
  if (SINCE === null || SINCE <= (number(TIME.start) ?? -Infinity)) return null;
  const buttons = [
    [SINCE, say("sliders.from", { date: moment(SINCE) })],
    [null, say("sliders.from_start")],
  ].map(([date, words]) =>
    plainButton(words, () => {
      const settings = settingsNow();
      const from = Object.fromEntries(
        Object.keys(settings.set).map((name) => [name, sinceOf(name) === null ? null : date]),
      );
      sinceChosen = date;
      act({ act: "take", settings: { ...settings, from } });
      show();
    }),
  );
  const show = () =>
    buttons.forEach((button, index) => button.setAttribute(
      "aria-pressed",
      String((index === 1) === (sinceChosen === null)),
    ));
  show();
  return element("div", { class: "switch", role: "group", "aria-label": say("sliders.since") }, buttons);
}

let sinceChosen = SINCE;

function sliderGroup(lever) {
  const made = new Map();
  const rows = element("div", { class: "slider-rows" });
  const count = element("span", { class: "note" });
  let open = false;
  let words = "";
  const more = plainButton("", () => ((open = true), show(words)), { class: "quiet more" });
  const sliderFor = (each) => made.get(each.name) ?? made.set(each.name, slider(each)).get(each.name);
  const show = (asked) => {
    words = asked;
    const wanted = asked.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ row }) => {
      const all = [row.name, row.label, row.reason, titleOf(text(row.subsystem))].map(text).join(" ").toLowerCase();
      return wanted.every((word) => all.includes(word));
    };
    const all = ordered(lever).filter(fits);
    const moved = (each) => Object.hasOwn(settingsNow().set, each.name);
    const shown = open || wanted.length > 0 ? all : all.filter((each, index) => index < FIRST || moved(each));
    const nodes = shown.map((each) => sliderFor(each).node);
    if (nodes.length !== rows.children.length || nodes.some((node, index) => rows.children[index] !== node)) {
      const held = rows.contains(document.activeElement) ? document.activeElement : null;
      rows.replaceChildren(...nodes);
      held?.focus({ preventScroll: true });
    }
    for (const each of shown) sliderFor(each).show();
    more.hidden = shown.length === all.length;
    more.textContent = sayCount("sliders.more", all.length);
    return shown.length;
  };
  const refresh = () => {
    const settings = settingsNow();
    const n = Object.keys(settings.set).filter((name) => MOVABLE_BY_NAME.get(name)?.lever === lever).length;
    count.textContent = n > 0 ? sayCount("sliders.changed", n) : "";
    const missing = (name) =>
      MOVABLE_BY_NAME.get(name)?.lever === lever && !rows.contains(made.get(name)?.node ?? null);
    if (Object.keys(settings.set).some(missing)) show(words);
    for (const [, each] of made) each.show();
  };
  listen("settings up", refresh);
  const node = element(
    "div",
    { class: "slider-group", role: "group", "aria-label": say(lever ? "sliders.decide" : "sliders.believe") },
    element(
      "div",
      { class: "slider-title" },
      element("h3", {}, say(lever ? "sliders.decide" : "sliders.believe")),
      count,
    ),
    rows,
    more,
  );
  return { node, show, refresh };
}

/** One number: name, status, typed value | rail with prior, default and change | both ends and what they would do. */
function slider(each) {
  const { row, name } = each;
  const label = labelOf(row);
  const base = number(row.value);
  const input = element(
    "input",
    { type: "range", min: 0, max: FINE, step: 1, class: "rail-input", "aria-label": label },
  );
  const typed = element(
    "input",
    { type: "text", inputmode: "decimal", class: "typed", "aria-label": say("sliders.typed", { label }) },
  );
  const stretch = element("span", { class: "rail-change" });
  const swing = element("span", { class: "swing" });
  const percentage = (value) => `${100 * positionOf(each, value)}%`;
  const prior = priorOf(row);
  const rail = element(
    "div",
    { class: "rail" },
    prior &&
      element("span", {
        class: "rail-prior",
        vars: {
          left: percentage(prior[0]),
          width: `${100 * (positionOf(each, prior[1]) - positionOf(each, prior[0]))}%`,
        },
      }),
    element("span", { class: "rail-default", vars: { left: percentage(base) } }),
    stretch,
    input,
  );
  const node = element(
    "div",
    { class: "slider", "data-name": name },
    element(
      "div",
      { class: "slider-head" },
      nameButton(label, name),
      chip(isLever(name) ? "lever" : text(row.status)),
      element("span", { class: "slider-number" }, typed, element("span", { class: "unit" }, unitWords(row.unit))),
    ),
    rail,
    element(
      "div",
      { class: "slider-foot" },
      element("span", {}, amount(each.low, row.unit)),
      swing,
      element("span", {}, amount(each.high, row.unit)),
    ),
  );
  const now = () => settingsNow().set[name] ?? base;
  const give = (value, held = false) => act({
    act: "set",
    name,
    value,
    held,
    from: sinceOf(name) === null ? null : sinceChosen,
  });
  const reset = () => give(null);
  input.addEventListener("input", () => give(valueOf(each, Number(input.value) / FINE), true));
  input.addEventListener("change", () => act({ act: "release" }));
  input.addEventListener("dblclick", reset);
  input.addEventListener("keydown", (event) => {
    const step = {
      ArrowRight: 10,
      ArrowUp: 10,
      ArrowLeft: -10,
      ArrowDown: -10,
      PageUp: 100,
      PageDown: -100,
      Home: -Infinity,
      End: Infinity,
    }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") reset();
    else if (step === undefined) return;
    else give(valueOf(each, clamp(FINE * positionOf(each, now()) + step, 0, FINE) / FINE));
    event.preventDefault();
  });
  typed.addEventListener("change", () => {
    const value = typedNumber(typed.value);
    typed.setAttribute("aria-invalid", String(value === null));
    if (value !== null) give(value);
  });
  typed.addEventListener("focus", () => typed.select());
  const show = () => {
    const value = now();
    const moved = value !== base;
    input.value = String(Math.round(FINE * positionOf(each, value)));
    input.disabled = typed.disabled = !LIVE.up;
    input.setAttribute("aria-valuetext", amount(value, row.unit));
    const date = isDate(value, row.unit);
    if (document.activeElement !== typed) typed.value = date ? localized(value, 3, false) : decimal(value, 4);
    node.classList.toggle("moved", moved);
    node.classList.toggle("outside", value < each.low || value > each.high);
    const [a, b] = [positionOf(each, base), positionOf(each, value)];
    stretch.style.setProperty("left", `${100 * Math.min(a, b)}%`);
    stretch.style.setProperty("width", `${100 * Math.abs(b - a)}%`);
    swing.textContent = swingWords(name);
  };
  typed.addEventListener("blur", show);
  show();
  return { node, show };
}
