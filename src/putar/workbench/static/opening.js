// Opening: the bar, the question, the verdict with what it rests on, and the share of numbers that are assumed.

const SIGN = () =>
  drawn(
    "svg",
    { class: "sign", width: 26, height: 26, viewBox: "0 0 26 26", "aria-hidden": "true" },
    drawn("path", {
      d: "M13 3.2a9.8 9.8 0 1 1-8.5 4.9",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 2.6,
      "stroke-linecap": "round",
    }),
    drawn("path", { d: "M1.8 6.9l6-1.2-.6 6z", fill: "currentColor" }),
    drawn("circle", { cx: 13, cy: 13, r: 3, fill: "currentColor" }),
  );

/** Fill the bar: name, title, views, history, copy, language, theme; on a phone the middle stands below the verdict. */
function drawBar() {
  const bar = document.getElementById("bar");
  const middle = [viewButtons(), historyTools()].filter(Boolean);
  const room = element("div", { class: "phone-tools" });
  const end = [copyButton(), LANGUAGES.length > 1 && languageSwitch(), themeSwitch()].filter(Boolean);
  bar.replaceChildren(
    element("span", { class: "brand" }, SIGN(), "putar"),
    element("span", { class: "model-title" }, text(MODEL.title)),
  );
  document.getElementById("opening").append(room);
  const place = () => {
    (NARROW.matches ? room : bar).append(...middle);
    bar.append(...end);
  };
  listen("narrow", place);
  place();
}

const NARROW = matchMedia("(max-width: 900px)");

/** A button for each language; the page is drawn anew in the chosen one, with every other choice kept. */
function languageSwitch() {
  return element(
    "div",
    { class: "switch languages", role: "group", "aria-label": say("bar.language") },
    LANGUAGES.map((each) =>
      plainButton(each.toUpperCase(), () => choose({ lang: each }), {
        lang: each,
        title: TEXTS[each]["language.name"],
        "aria-label": TEXTS[each]["language.name"],
        "aria-pressed": String(each === language()),
      }),
    ),
  );
}

/** The ways to the sections that exist. */
function contents(sections) {
  const links = sections.map(([id, label]) =>
    element("a", { href: `#${id}`, on: { click: (event) => goTo(id, event) } }, label),
  );
  return element("nav", { class: "contents", "aria-label": say("bar.nav") }, links);
}

/** Scroll to a section without writing over the choices in the address. */
function goTo(id, event) {
  const target = document.getElementById(id);
  if (!target) return;
  event?.preventDefault();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  const heading = target.querySelector("h2");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

function darkNow() {
  return STATE.theme ? STATE.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function showTheme() {
  if (STATE.theme) document.documentElement.setAttribute("data-theme", STATE.theme);
}

function themeSwitch() {
  const half = icon(
    18,
    drawn("circle", { cx: 10, cy: 10, r: 8, fill: "none", stroke: "currentColor", "stroke-width": 2 }),
    drawn("path", { d: "M10 2a8 8 0 0 1 0 16z", fill: "currentColor" }),
  );
  const button = plainButton(half, () => choose({ theme: darkNow() ? "light" : "dark" }), {
    class: "theme",
    role: "switch",
    "aria-label": say("bar.dark"),
  });
  const show = () => {
    showTheme();
    button.setAttribute("aria-checked", String(darkNow()));
    button.title = darkNow() ? say("bar.to_light") : say("bar.to_dark");
  };
  listen("theme", show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
  return button;
}

const LONG_QUESTION = 60; // signs that stand on one line of a desk's first screen

/** Complete the opening: the verdict's first words in colour, what the reader's settings do, what it rests on. */
function drawOpening() {
  const opening = document.getElementById("opening");
  const asked = [MODEL.question, MODEL.title, MODEL.name].map(text).find(Boolean);
  const question = document.getElementById("question");
  question.textContent = asked || say("page.untitled");
  question.classList.toggle("long", question.textContent.length > LONG_QUESTION);
  opening.replaceChildren(document.getElementById("question"), document.getElementById("sentence"));
  const verdict = record(PAYLOAD.verdict);
  const sentence = document.getElementById("sentence");
  sentence.replaceChildren(...verdictNodes(verdict));
  const yours = element("p", { class: "yours", role: "status", "aria-live": "polite" });
  const show = () => sayYours(yours, sentence, verdict);
  listen("live chart", show);
  show();
  sentence.after(yours, changesRow(), troubleRow(), ...[restsFold(verdict)].filter(Boolean));
}

/** Say what the reader's settings make of the indicators: the shown one first, then those that moved most. */
function sayYours(node, sentence, verdict) {
  node.hidden = LIVE.now === null;
  sentence.hidden = LIVE.now !== null; // it is about the run without changes, and stays under "rests on"
  if (LIVE.now === null) return;
  const rows = HEADLINES.map((row) => ({ row, before: valueAt(row.points, AT), after: valueAt(nowPoints(row), AT) }))
    .filter(({ before, after }) => before !== null && after !== null && decimal(before) !== decimal(after))
    .map(
      (each) => ({
        ...each,
        size: Math.abs(each.after - each.before) / (Math.abs(each.before) + Math.abs(each.after)),
      }),
    )
    .sort((a, b) => (b.row === shownHeadline()) - (a.row === shownHeadline()) || b.size - a.size)
    .slice(0, 3);
  const listed = rows.map(({ row, before, after }) =>
    say("verdict.moved", { label: row.label, when: shortDate(AT), change: amountPair(before, after, row.unit) }),
  );
  node.replaceChildren(
    element("strong", {}, say("verdict.yours")),
    " ",
    listed.length > 0 ? `${listed.join("; ")}.` : say("verdict.same", { when: shortDate(AT) }),
    " ",
    element(
      "span",
      { class: "note" },
      say("verdict.default", { answer: verdictNodes(verdict)[0].textContent.replace(/[:.]$/, "") }),
    ),
  );
}

/** What the verdict rests on, folded away; in its summary, how much of it is assumed. */
function restsFold(verdict) {
  const rests = list(verdict.rests_on).map(text).filter(Boolean);
  const share = assumedShare();
  if (rests.length === 0 && !share) return null;
  const summary = [say("verdict.rests"), share?.short].filter(Boolean);
  return element(
    "details",
    { class: "rests" },
    element("summary", {}, summary),
    element("p", { class: "whole-verdict" }, text(verdict.sentence)),
    rests.length > 0 &&
      element(
        "ul",
        { class: "plain-list" },
        rests.map((name) => element("li", {}, restingOn(name))),
      ),
    share?.node,
  );
}

/** Say the verdict: Yes, No or Open first, in its colour, then the sentence. */
function verdictNodes(verdict) {
  const sentence = text(verdict.sentence) || say("verdict.none");
  const colour = verdict.spins === true ? "holds" : verdict.spins === false ? "refuted" : "open";
  const first = say(`verdict.${verdict.spins === true ? "yes" : verdict.spins === false ? "no" : "open"}`);
  const start = new RegExp(`^${first}\\b[^.:;]*[.:;]?`, "i").exec(sentence);
  const head = start && start[0].length < 60 ? start[0] : `${first}.`;
  return [
    element("strong", { class: `word-${colour}` }, head),
    " ",
    (start && head === start[0] ? sentence.slice(head.length) : sentence).trim(),
  ];
}

/** A thing the verdict rests on: a fact, a name of the model, or words. */
function restingOn(name) {
  if (Object.hasOwn(FACTS, name)) return factButton(name);
  const entry = NAMES.get(name);
  if (!entry) return linkedText(name);
  const label = capitalised(entry.row.label) || inWords(entry.name);
  return element(
    "span",
    { class: "with-mark" },
    entry.row.status && statusMark(entry.row.status),
    nameButton(label, entry.name),
  );
}

/** Draw which numbers the model rests on: one bar, a part for each status; decisions are not counted. */
function assumedShare() {
  const settled = (parameter) => ["lever", "fixed"].includes(parameter.status);
  const believed = PARAMETERS.filter((parameter) => !settled(parameter));
  if (believed.length === 0) return null;
  const counts = STATUS_ORDER.map((status) => [
    status,
    believed.filter((parameter) => parameter.status === status).length,
  ]).filter(([, count]) => count > 0);
  const assumed = believed.filter((parameter) => parameter.status === "assumed").length;
  const others = [
    ["fixed", "fixed"],
    ["lever", "levers"],
  ]
    .map(([status, key]) => [key, PARAMETERS.filter((parameter) => parameter.status === status).length])
    .filter(([, count]) => count > 0)
    .map(([key, count]) => sayCount(`assumed.${key}`, count));
  const said = counts.map(([status, count]) => `${sayOr(`status.${status}`, status)} ${count}`).join(", ");
  const bar = element(
    "div",
    { class: "shares", role: "img", "aria-label": said },
    counts.map(([status, count]) =>
      element("span", { class: `share share-${status}`, vars: { "flex-grow": String(count) } }),
    ),
  );
  const legend = element(
    "ul",
    { class: "share-legend" },
    counts.map(([status, count]) =>
      element("li", {}, statusMark(status, 11), `${sayOr(`status.${status}`, status)} ${count}`),
    ),
  );
  const short = element(
    "span",
    { class: "rests-short" },
    element(
      "span",
      { class: "share-mini", "aria-hidden": "true" },
      element("span", { vars: { width: `${(100 * assumed) / believed.length}%` } }),
    ),
    element("span", { class: "rests-words" }, say("assumed.short", { share: percent(assumed / believed.length) })),
  );
  listen("swings", () => {
    const part = assumedSwing();
    if (part === null) return;
    const row = shownHeadline();
    short.querySelector(".share-mini span").style.setProperty("width", percent(part));
    const label = row.label;
    short.querySelector(".rests-words").textContent = say(
      "assumed.swing",
      { share: percent(part), label, when: shortDate(AT) },
    );
  });
  const node = element(
    "div",
    { class: "assumed" },
    element(
      "p",
      {},
      say("assumed.sentence", { assumed, all: believed.length, share: percent(assumed / believed.length) }),
      " ",
      others.length > 0 && `${say("assumed.others", { others: others.join(say("assumed.and")) })} `,
      assumed > 0 && plainButton(say("assumed.show"), () => showOnlyAssumed(), { class: "sourced" }),
    ),
    bar,
    legend,
  );
  return { node, short };
}
