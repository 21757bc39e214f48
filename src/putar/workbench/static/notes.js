// Notes: warnings with their fixes, what the model does not know, how not to read it, and the footer.

/** The panel of warnings: those of the run, and those of the reader's settings, each with its way out. */
function warningsSection() {
  const items = element("ul", { class: "warnings" });
  const none = empty(say("warnings.empty"));
  const keep = keeper(items, warningItem);
  const show = () => {
    const rows = [...settingsWarnings(), ...list(PAYLOAD.warnings).map(record).map(runWarning), ...linkWarnings()];
    keep(rows.map((row) => ({ ...row, key: JSON.stringify([row.key ?? row.what, row.words]) })));
    items.hidden = rows.length === 0;
    none.hidden = rows.length > 0;
  };
  listen("settings live up output", show);
  show();
  return section("warnings", say("warnings.title"), "", items, none);
}

/** One warning; its button stays while its words change, so that it can be pressed while a slider moves. */
function warningItem({ fix, words, action }) {
  const [what, why] = [element("strong", {}), element("p", {})];
  let shown = "";
  const node = element(
    "li",
    {},
    icon(18, ...warningMark()),
    element(
      "div",
      {},
      what,
      why,
      fix && element("p", { class: "fix" }, element("b", {}, say("warnings.fix")), " ", linkedText(fix)),
      action && plainButton(words, action, { class: "quiet" }),
    ),
  );
  const show = (row) => {
    const said = JSON.stringify([row.what, row.why]);
    if (said === shown) return;
    shown = said;
    what.replaceChildren(...linkedText(row.what));
    why.replaceChildren(...linkedText(row.why ?? ""));
    why.hidden = !row.why;
  };
  return { node, show };
}

/** A warning of the run; one that names a fact leads to it. */
function runWarning(warning) {
  const [what, why, fix] = [text(warning.what), text(warning.why), text(warning.fix)];
  const fact = [...why.matchAll(/[A-Za-z0-9_-]+/g)].map(([word]) => word).find((word) => Object.hasOwn(FACTS, word));
  const opens = fact && { words: say("warnings.source"), action: () => openDrawer(`fact:${fact}`) };
  return { what, why, fix, ...opens };
}

/** What is wrong with the reader's settings: a run that failed, a number outside its range. */
function settingsWarnings() {
  const { failed } = LIVE;
  const undo = { words: say("changes.undo"), action: () => act({ act: "undo" }) };
  const rows = [];
  if (failed && failed.variable)
    rows.push({
      key: "failed",
      what: say("warnings.failed", { variable: failed.variable, date: moment(failed.time) }),
      why: failed.why,
      ...undo,
    });
  for (const [name, value] of Object.entries(settingsNow().set)) {
    const each = MOVABLE_BY_NAME.get(name);
    if (!each || (value >= each.low && value <= each.high)) continue;
    const unit = text(each.row.unit);
    const label = labelOf(each.row);
    const nearest = clamp(value, each.low, each.high);
    rows.push({
      key: `outside ${name}`,
      what: say(
        "warnings.outside",
        { label, value: amount(value, unit), range: interval(each.low, each.high, unit) },
      ),
      why: say("warnings.outside_why"),
      words: say("warnings.to_range", { value: amount(nearest, unit) }),
      action: () => act({ act: "set", name, value: nearest }),
    });
  }
  return rows;
}

/** Links that look worthless one by one because they stand in for each other: cutting both shows it. */
function linkWarnings() {
  const output = outputOf(STATE.output);
  const whole = Math.abs(number(output?.all) ?? 0);
  return pairsOf(STATE.output)
    .filter(
      ({ a, b, extra }) => extra > 0.02 * whole && Math.abs(a.last) < 0.005 * whole && Math.abs(b.last) < 0.005 * whole,
    )
    .slice(0, 1)
    .map(({ a, b, loss }) => ({
      what: say("warnings.stand_in", { a: a.title, b: b.title }),
      why: say("warnings.stand_in_why", { loss: amount(loss, output.unit) }),
      ...(LIVE.up && {
        words: say("warnings.cut_both"),
        action: () => act({
          act: "take",
          settings: { ...settingsNow(), cut: [...new Set([...settingsNow().cut, a.id, b.id])] },
        }),
      }),
    }));
}

function limitsSection() {
  const about = record(MODEL.about);
  const unknowns = [...new Set([...list(PAYLOAD.unknowns), ...list(about.limits)].map(text).filter(Boolean))];
  const not = list(about.not_for).map(text).filter(Boolean);
  const bullets = (items) =>
    element(
      "ul",
      { class: "plain-list" },
      items.map((item) => element("li", {}, linkedText(item))),
    );
  return section(
    "limits",
    say("limits.title"),
    "",
    element(
      "div",
      { class: "limits-grid" },
      element(
        "div",
        {},
        element("h3", {}, say("limits.unknown")),
        unknowns.length > 0 ? bullets(unknowns) : empty(say("limits.empty")),
      ),
      element(
        "div",
        {},
        element("h3", {}, say("limits.reading")),
        bullets([...not, say("limits.forecast"), say("limits.verdict")]),
        text(about.purpose) && [
          element("h3", {}, say("limits.purpose")),
          element("p", {}, linkedText(about.purpose)),
        ],
        text(about.boundary) && [
          element("h3", {}, say("limits.boundary")),
          element("p", {}, linkedText(about.boundary)),
        ],
      ),
    ),
  );
}

function footer() {
  const rows = [
    [say("footer.model"), text(MODEL.name)],
    [say("footer.hash"), text(MODEL.hash)],
    [say("footer.run"), SHOWN_RUN.title],
    [
      say("footer.time"),
      number(TIME.start) !== null &&
        number(TIME.stop) !== null &&
        say("footer.steps", {
          start: localized(TIME.start, 6, false),
          stop: localized(TIME.stop, 6, false),
          step: stepWords(TIME.step),
          method: text(TIME.method),
        }),
    ],
    [say("footer.engine"), [text(ENGINE.kernel), text(ENGINE.version)].filter(Boolean).join(" ")],
    [say("footer.checksum"), text(ENGINE.checksum)],
    [say("footer.here"), checksumHere()],
    [say("footer.members"), number(ENGINE.members) === null ? "" : decimal(ENGINE.members, 9)],
    [say("footer.seed"), text(ENGINE.seed)],
    [
      say("footer.seconds"),
      number(PAYLOAD.seconds) === null ? "" : say("footer.took", { seconds: decimal(PAYLOAD.seconds) }),
    ],
    [say("footer.files"), list(PAYLOAD.files).map(text).join(", ")],
  ].filter(([, content]) => content);
  return element(
    "footer",
    { class: "footer" },
    element("p", {}, SIGN(), say("footer.made")),
    element(
      "dl",
      {},
      rows.map(([term, content]) => element("div", {}, element("dt", {}, term), element("dd", {}, content))),
    ),
  );
}

/** Return the checksum of the run that this browser made of the model, once there is one, or why there is none. */
function checksumHere() {
  const shown = element("span", { id: "checksum-here" });
  RUNNER.ready.then(
    ({ checksum, milliseconds }) =>
      shown.replaceChildren(say("footer.ran", { checksum, milliseconds: decimal(milliseconds, 3) })),
    (error) => shown.replaceChildren(error.message),
  );
  return shown;
}

/** Return a time step as a fraction where it is one: 0.015625 is "1/64". */
function stepWords(step) {
  if (number(step) === null) return text(step) || say("number.none");
  const parts = 1 / step;
  return step < 1 && Math.abs(parts - Math.round(parts)) < 1e-6 ? `1/${Math.round(parts)}` : decimal(step, 6);
}
