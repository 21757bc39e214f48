// Notes: warnings with their fixes, what the model does not know, how not to read it, and the footer.

function warningsSection() {
  const warnings = list(PAYLOAD.warnings).map(record);
  return section(
    "warnings",
    say("warnings.title"),
    "",
    warnings.length === 0
      ? empty(say("warnings.empty"))
      : element(
          "ul",
          { class: "warnings" },
          warnings.map((warning) =>
            element(
              "li",
              {},
              icon(18, ...warningMark()),
              element(
                "div",
                {},
                element("strong", {}, linkedText(warning.what)),
                text(warning.why) && element("p", {}, linkedText(warning.why)),
                text(warning.fix) &&
                  element(
                    "p",
                    { class: "fix" },
                    element("b", {}, say("warnings.fix")),
                    " ",
                    linkedText(warning.fix),
                  ),
              ),
            ),
          ),
        ),
  );
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
