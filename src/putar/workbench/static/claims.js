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
  const counts = VERDICT_ORDER.map((verdict) => [
    verdict,
    CLAIMS.filter((claim) => claim.verdict === verdict).length,
  ]).filter(([, count]) => count > 0);
  rail.append(
    element(
      "p",
      { class: "note" },
      counts.map(([verdict, count]) => `${sayOr(`verdict.${verdict}`, verdict)} ${count}`).join(" · "),
    ),
    element(
      "ol",
      {},
      CLAIMS.map((claim) => element("li", {}, claimButton(claim))),
    ),
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

function claimButton(claim) {
  return element(
    "button",
    { type: "button", class: "claim", on: { click: () => openDrawer(`claim:${claim.id}`) } },
    lamp(text(claim.verdict)),
    element(
      "span",
      { class: "claim-text" },
      element("span", { class: "says" }, text(claim.says)),
      element(
        "span",
        { class: "finding" },
        verdictWord(text(claim.verdict)),
        evidenceOf(claim).map(({ kind, verdict, count }) =>
          element(
            "span",
            { class: "evidence" },
            lamp(verdict, 11),
            sayOr(`evidence.${kind}`, kind) + (count > 1 ? ` × ${count}` : ""),
            element("span", { class: "hidden" }, ` ${sayOr(`verdict.${verdict}`, verdict)}`),
          ),
        ),
      ),
    ),
  );
}

function claimContent(id) {
  const claim = CLAIMS.find((each) => text(each.id) === id);
  if (!claim) return null;
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
      text(claim.why) && element("p", {}, linkedText(claim.why)),
      ...checks.map((check, index) => checkBlock(check, index, checks.length)),
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
function checkBlock(check, index, all) {
  const computed = record(check.computed);
  const [value, low, high] = [computed.value, computed.low, computed.high].map(number);
  const unit = text(check.unit);
  const kind = sayOr(`evidence.${text(check.kind)}`, text(check.kind));
  const demand = demandOf(check);
  const decider = NAMES.get(text(check.decided_by))?.row ?? FACTS[text(check.decided_by)];
  return element(
    "section",
    { class: "check", "aria-label": kind },
    element(
      "h3",
      {},
      lamp(text(check.verdict), 16),
      all > 1 ? say("claims.check", { n: index + 1, all, kind }) : kind,
      element("span", { class: "under" }, verdictWord(text(check.verdict))),
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
