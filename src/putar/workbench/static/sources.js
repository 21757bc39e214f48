// Sources: what the drawer shows for a fact, a name of the model, a claim, a link.

/** Return {title, body} for a key, or null where the payload has nothing of that name. */
function drawerContent(key) {
  const [, sort, name] = /^(\w+):(.*)$/s.exec(text(key)) ?? [];
  const draw = { fact: factContent, name: nameContent, claim: claimContent, link: linkContent }[sort];
  return draw ? draw(name) : null;
}

/** Return a list of terms and what they say; rows without content are left out. */
function definitions(rows) {
  return element(
    "dl",
    { class: "definitions" },
    rows
      .filter(([, content]) => content && (!Array.isArray(content) || content.length > 0))
      .map(([term, content]) => [element("dt", {}, term), element("dd", {}, content)]),
  );
}

function bigNumber(value, unit, write = decimal) {
  return element("p", { class: "big" }, amount(value, unit, write));
}

function factContent(id) {
  if (!Object.hasOwn(FACTS, id)) return null;
  const fact = record(FACTS[id]);
  const users = [...new Set(NAMES.values())]
    .filter((entry) => list(entry.row.facts).includes(id))
    .map((entry) => entry.name);
  const claims = CLAIMS.filter((claim) =>
    [claim, ...list(claim.checks)].some((each) => list(record(each).facts).includes(id)),
  );
  const series = HEADLINES.flatMap((row) =>
    row.observed.filter((dot) => dot.fact === id).map((dot) => ({ row, dot })),
  );
  return {
    title: text(fact.quantity) || id,
    body: [
      bigNumber(fact.value, fact.unit, exact),
      element("p", {}, chip(text(fact.kind))),
      definitions([
        [say("source.range"), interval(fact.low, fact.high, fact.unit)],
        [say("source.date"), dateWords(fact.date)],
        [
          say("source.source"),
          [
            sourceLink(fact.url, text(fact.source_title) || text(fact.url)),
            element("span", { class: "under" }, text(fact.publisher)),
          ],
        ],
        [say("source.address"), text(fact.url) && element("span", { class: "address" }, text(fact.url))],
        [say("source.note"), text(fact.note) && linkedText(fact.note)],
        ...series.map(({ row, dot }) => [say("source.model_says", { label: row.label }), modelBeside(row, dot)]),
        [say("source.used"), users.map((name) => element("div", {}, nameButton(name, name)))],
        [
          say("source.claims"),
          claims.map((claim) =>
            element(
              "div",
              {},
              plainButton(text(claim.says), () => openDrawer(`claim:${claim.id}`), { class: "name said" }),
            ),
          ),
        ],
        [say("source.id"), element("code", {}, id)],
      ]),
    ],
  };
}

/** Say the run's own value at an observed date, and how far off it is. */
function modelBeside(row, dot) {
  const value =
    number(dot.until) === null ? valueAt(row.points, dot.time) : meanBetween(row.points, dot.time, dot.until);
  if (value === null) return "";
  const off =
    dot.value !== 0
      ? ` (${value >= dot.value ? "+" : ""}${percent(value / dot.value - 1).replace("-", MINUS)})`
      : "";
  return amount(value, row.unit) + off;
}

function nameContent(name) {
  const entry = NAMES.get(name);
  if (!entry) return null;
  const { row, subsystem } = entry;
  const title = capitalised(row.label) || inWords(entry.name.replace(/\[/g, " [")).replace(/\[(.*)\]/, "($1)");
  const used = USES.get(entry.name) ?? [];
  const shared = [
    [say("source.reason"), text(row.reason) && linkedText(row.reason)],
    [say("source.facts"), factButtons(row.facts)],
    [say("source.used"), used.map((each) => element("div", {}, nameButton(each, each)))],
    [say("source.subsystem"), subsystem && titleOf(subsystem)],
    [say("source.id"), element("code", {}, entry.name)],
  ];
  if (entry.sort === "parameter") {
    const fitted = number(row.fitted) !== null;
    return {
      title,
      body: [
        bigNumber(row.value, row.unit),
        element("p", {}, chip(text(row.status))),
        row.status === "assumed" && element("p", { class: "caveat" }, say("source.assumed")),
        definitions([
          [say("source.default"), fitted && number(row.default) !== null && amount(row.default, row.unit)],
          [say("source.range"), interval(row.low, row.high, row.unit)],
          [say("source.distribution"), distributionWords(row.distribution)],
          [
            say("source.full"),
            number(row.value) !== null &&
              !isDate(row.value, row.unit) &&
              exact(row.value) !== decimal(row.value) &&
              amount(row.value, row.unit, exact),
          ],
          ...shared,
        ]),
      ],
    };
  }
  const headline = HEADLINES.find((each) => each.name === entry.name || bare(each.name) === entry.name);
  const time = STATE.cursor;
  return {
    title,
    body: [
      headline && bigNumber(valueAt(headline.points, time), headline.unit),
      headline && element("p", { class: "under" }, say("source.at", { date: moment(time), run: SHOWN_RUN.title })),
      element("p", {}, kindMark(text(row.kind)), " ", chip(text(row.status))),
      text(row.equation) && equationBlock(row.equation, subsystem),
      definitions([[say("source.unit"), unitWords(row.unit)], ...shared]),
      headline && headline.observed.length > 0 && observedList(headline),
    ],
  };
}

/** List the observed values of an indicator, each with its source. */
function observedList(row) {
  return [
    element("h3", {}, say("source.observed")),
    definitions(
      row.observed.map((dot) => [
        observedDate(dot),
        [`${amount(dot.value, row.unit)} `, text(dot.fact) && factButton(text(dot.fact))],
      ]),
    ),
  ];
}

function observedDate(dot) {
  return number(dot.until) === null
    ? monthOrMoment(dot.time)
    : say("number.span", { from: moment(dot.time), to: moment(dot.until) });
}

function monthOrMoment(time) {
  return isDate(time, text(TIME.unit) || "year") ? monthOf(time) : moment(time);
}
