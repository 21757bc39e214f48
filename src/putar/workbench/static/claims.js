// Claims: what the story says. Each sentence has a lamp for its verdict and one for each piece of evidence.

const VERDICT_ORDER = [
  "holds",
  "likely",
  "mixed",
  "undetermined",
  "unlikely",
  "refuted",
  "ill-posed",
  "untestable",
];

/** What the claims say under the reader's settings: claim id to the claim as it is then. */
const CLAIMS_NOW = new Map();

/** Return a claim as it stands under the settings that run. */
const claimNow = (claim) => CLAIMS_NOW.get(text(claim.id)) ?? claim;
const verdictNow = (claim) => text(claimNow(claim).verdict);

/** Say how many claims have which verdict. */
function verdictCounts() {
  return VERDICT_ORDER.map((verdict) => [verdict, CLAIMS.filter((claim) => verdictNow(claim) === verdict).length])
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${sayOr(`verdict.${verdict}`, verdict)} ${count}`)
    .join(" · ");
}

const FIRST_CLAIMS = 12; // claims shown where the rail is not a column of its own

function claimsRail() {
  const rail = element(
    "aside",
    { class: "claims", id: "claims", "aria-labelledby": "claims-title" },
    element("h2", { id: "claims-title" }, say("claims.title")),
  );
  if (CLAIMS.length === 0) {
    rail.append(empty(say("claims.empty")));
    return rail;
  }
  const counts = element("p", { class: "note" });
  const live = element("p", { class: "hidden", role: "status", "aria-live": "polite" });
  const items = CLAIMS.map((claim, index) => {
    const item = element("li", { class: index >= FIRST_CLAIMS ? "later" : null });
    return { claim, item, shown: "" };
  });
  const more = plainButton(
    sayCount("claims.more", CLAIMS.length),
    () => {
      rail.classList.add("whole");
      items[FIRST_CLAIMS].item.querySelector("button").focus();
      more.remove();
    },
    { class: "quiet more" },
  );
  const show = () => {
    counts.textContent = verdictCounts();
    const changes = [];
    for (const each of items) {
      const now = claimNow(each.claim);
      const mark = JSON.stringify([now.verdict, list(now.checks).map((check) => [check.verdict, check.computed])]);
      if (mark === each.shown) continue;
      const was = each.verdict;
      Object.assign(each, { shown: mark, verdict: text(now.verdict) });
      if (each.button) each.button.show();
      else each.item.replaceChildren((each.button = claimButton(each.claim)).node);
      if (was && was !== each.verdict)
        changes.push(say(
          "claims.changed",
          {
            claim: text(each.claim.says),
            was: sayOr(`verdict.${was}`, was),
            now: sayOr(`verdict.${each.verdict}`, each.verdict),
          },
        ));
    }
    if (changes.length > 0) live.textContent = changes.join(" ");
  };
  listen("claims", show);
  show();
  rail.append(
    counts,
    live,
    element("ol", { tabindex: "-1" }, items.map((each) => each.item)),
    ...(CLAIMS.length > FIRST_CLAIMS ? [more] : []),
  );
  return rail;
}

/** Return the checks of a claim, those of the same kind and verdict counted together. */
function evidenceOf(claim) {
  const found = new Map();
  for (const check of list(claim.checks).map(record)) {
    const [kind, verdict] = [text(check.kind), text(check.verdict)];
    const key = JSON.stringify([kind, verdict]);
    found.set(key, { kind, verdict, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()];
}

/** Return how many checks of a claim have another verdict under the reader's settings; a mixed claim hides them. */
const checksChanged = (claim) => list(claimNow(claim).checks).filter(
  (check, index) => text(check.verdict) !== text(record(list(claim.checks)[index]).verdict),
).length;

/** One claim as a button that stays; what stands in it is written anew by `show()`. */
function claimButton(claim) {
  const node = element("button", { type: "button", on: { click: () => openDrawer(`claim:${claim.id}`) } });
  const show = () => {
    const flipped = text(claimNow(claim).verdict) !== text(claim.verdict) || checksChanged(claim) > 0;
    node.className = flipped ? "claim flipped" : "claim";
    node.replaceChildren(...claimWords(claim));
  };
  show();
  return { node, show };
}

function claimWords(claim) {
  const now = claimNow(claim);
  const verdict = text(now.verdict);
  const was = text(claim.verdict);
  const changed = checksChanged(claim);
  return [
    lamp(verdict),
    element(
      "span",
      { class: "claim-text" },
      element("span", { class: "says" }, text(claim.says)),
      element(
        "span",
        { class: "finding" },
        verdictWord(verdict),
        was !== verdict && element(
          "span",
          { class: "was" },
          say("claims.was", { verdict: sayOr(`verdict.${was}`, was) }),
        ),
        changed > 0 && list(claim.checks).length > 1 && element(
          "span",
          { class: "checks-changed" },
          say("claims.checks_changed", { n: changed, all: list(claim.checks).length }),
        ),
        decidingNumber(now),
        evidenceOf(now).map(({ kind, verdict: each, count }) =>
          element(
            "span",
            { class: "evidence" },
            lamp(each, 11),
            element(
              "span",
              { class: "hidden" },
              `${sayOr(`evidence.${kind}`, kind)}${count > 1 ? ` × ${count}` : ""} ${sayOr(`verdict.${each}`, each)}`,
            ),
          ),
        ),
      ),
    ),
  ];
}

/** The one number of a claim: what its first model check, else its first check, computed against what is asked. */
function decidingNumber(claim) {
  const checks = list(claim.checks).map(record).filter((check) => number(record(check.computed).value) !== null);
  const check = checks.find((each) => each.kind === "model") ?? checks[0];
  if (!check) return null;
  const bounds = boundsOf(check);
  const word = sayOr(`comparator.short.${text(check.comparator)}`, "");
  const asked = bounds.length === 1 && word ? ` ${say("claims.asks", { word, bound: decimal(bounds[0]) })}` : "";
  return element("span", { class: "deciding" }, amount(check.computed.value, text(check.unit)), asked);
}

function claimContent(id) {
  const found = CLAIMS.find((each) => text(each.id) === id);
  if (!found) return null;
  const claim = { ...found, ...claimNow(found), facts: found.facts, quote: found.quote };
  const checks = list(claim.checks).map(record);
  return {
    title: text(claim.says),
    body: [
      element(
        "p",
        { class: "lamp-row" },
        lamp(text(claim.verdict), 22),
        element("strong", {}, verdictWord(text(claim.verdict))),
      ),
      text(claim.quote) && element("blockquote", {}, text(claim.quote)),
      CLAIMS_NOW.has(id) && element(
        "p",
        { class: "under" },
        say("claims.of_yours", { verdict: sayOr(`verdict.${text(found.verdict)}`, "") }),
      ),
      text(claim.why) && element(
        "p",
        {},
        CLAIMS_NOW.has(id) && `${say("claims.by_default")} `,
        linkedText(claim.why),
      ),
      ...checks.map((check, index) =>
        checkBlock(check, index, checks.length, text(record(list(found.checks)[index]).verdict)),
      ),
      checks.length === 0 && empty(say("claims.no_checks")),
      definitions([
        [say("source.facts"), factButtons(claim.facts)],
        [say("source.id"), element("code", {}, id)],
      ]),
    ],
  };
}

/** Return the bounds of a check: one, two for "between", or none. */
function boundsOf(check) {
  return (Array.isArray(check.bound) ? check.bound : [check.bound]).map(number).filter((bound) => bound !== null);
}

/** Say what a check asks for: "at least 32%". */
function demandOf(check) {
  const bounds = boundsOf(check);
  const word = sayOr(`comparator.${text(check.comparator)}`, text(check.comparator));
  if (bounds.length === 0) return "";
  const [low, high] = [bounds[0], bounds.at(-1)].map((bound) => amount(bound, text(check.unit)));
  return `${word} ${bounds.length > 1 ? say("claims.both", { low, high }) : low}`;
}

/** One check: kind and verdict, formula, computed value with its interval against the bound, probability, facts. */
function checkBlock(check, index, all, was) {
  const computed = record(check.computed);
  const [value, low, high] = [computed.value, computed.low, computed.high].map(number);
  const unit = text(check.unit);
  const kind = sayOr(`evidence.${text(check.kind)}`, text(check.kind));
  const demand = demandOf(check);
  const decider = NAMES.get(text(check.decided_by))?.row ?? FACTS[text(check.decided_by)];
  return element(
    "div",
    { class: "check", role: "group", "aria-label": kind },
    element(
      "h3",
      {},
      lamp(text(check.verdict), 16),
      all > 1 ? say("claims.check", { n: index + 1, all, kind }) : kind,
      element("span", { class: "under" }, verdictWord(text(check.verdict))),
      was && was !== text(check.verdict) && element(
        "span",
        { class: "was" },
        say("claims.was", { verdict: sayOr(`verdict.${was}`, was) }),
      ),
    ),
    text(check.says) && element("p", { class: "check-says" }, linkedText(check.says)),
    text(check.formula) && equationBlock(text(check.formula)),
    value !== null &&
      element(
        "p",
        { class: "computed" },
        `${say("claims.computed")} `,
        element("b", {}, amount(value, unit)),
        low !== null && high !== null && ` (${interval(low, high, unit)})`,
        demand && `; ${say("claims.demand", { demand })}`,
      ),
    value !== null && demand && intervalPlot(check, value, low, high),
    trajectoryFigure(check),
    tryIt(check),
    definitions([
      [say("claims.chance"), number(check.probability) !== null && percent(check.probability)],
      [say("claims.decided"), decidedBy(text(check.decided_by))],
      [say("claims.turns"), number(check.critical) !== null && amount(check.critical, text(record(decider).unit))],
      [say("source.facts"), factButtons(check.facts)],
      [say("source.note"), list(check.notes).map((note) => element("div", {}, linkedText(note)))],
    ]),
  );
}

/** Say what moved a check most: a fact, a number of the model, or how it was settled. */
function decidedBy(name) {
  if (Object.hasOwn(FACTS, name)) return factButton(name);
  return NAMES.has(name) ? nameButton(name, name) : sayOr(`decided.${name}`, name);
}

/** Draw a computed value and its interval on a line with the bounds; the side that the claim asks for is thick. */
function intervalPlot(check, value, low, high) {
  const bounds = boundsOf(check);
  const unit = text(check.unit);
  const all = [value, low, high, ...bounds].filter((each) => each !== null);
  const span = Math.max(...all) - Math.min(...all) || Math.abs(bounds[0]) || 1;
  const x = scale(Math.min(...all) - 0.15 * span, Math.max(...all) + 0.15 * span, 6, 314);
  const asked = { ">": [x(bounds[0]), 314], "<": [6, x(bounds[0])] }[text(check.comparator).charAt(0)];
  const [from, to] = bounds.length > 1 ? [x(bounds[0]), x(bounds[1])] : (asked ?? [0, 0]);
  const said = { value: amount(value, unit), range: interval(low, high, unit), bound: demandOf(check) };
  return drawn(
    "svg",
    {
      class: "interval-plot",
      viewBox: "0 0 320 46",
      role: "img",
      "aria-label": say(low === null ? "claims.plot_single" : "claims.plot", said),
    },
    drawn("line", { x1: 6, x2: 314, y1: 20, y2: 20, class: "grid" }),
    to > from && drawn("line", { x1: from, x2: to, y1: 20, y2: 20, class: "asked" }),
    low !== null &&
      high !== null &&
      drawn("line", { x1: x(low), x2: x(high), y1: 20, y2: 20, class: "computed-range" }),
    bounds.map((bound) => drawn("line", { x1: x(bound), x2: x(bound), y1: 10, y2: 30, class: "bound" })),
    drawn("circle", { cx: x(value), cy: 20, r: 5, class: "computed-value" }),
    bounds.map((bound) => {
      const place = { x: clamp(x(bound), 40, 280), y: 43, "text-anchor": "middle", class: "axis" };
      return drawn("text", place, say("claims.bound", { bound: decimal(bound) }));
    }),
    drawn(
      "text",
      { x: clamp(x(value), 24, 296), y: 9, "text-anchor": "middle", class: "axis strong" },
      decimal(value),
    ),
  );
}
