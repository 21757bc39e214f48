// Margins: whether a push grows, and how far each link may weaken before the wheel stalls; the most fragile first.

/** Return the margins of one output's links, the smallest first; those without a margin last, with the reason. */
function marginRows(rows) {
  return rows
    .map(record)
    .filter((row) => "stall_margin" in row)
    .map((row) => ({
      title: text(row.title) || `${text(row.from_label) || inPath(row.from)} → ${text(row.to_label) || inPath(row.to)}`,
      margin: number(row.stall_margin),
      half: number(row.half_margin),
      strength: number(row.influence),
      why: text(row.why),
    }))
    .sort((a, b) => (a.margin ?? Infinity) - (b.margin ?? Infinity));
}

const inPath = (name) => text(name).replaceAll("_", " ");

/** The block under the loops: what the wheel does by itself, then the margins of the chosen output's links. */
function marginsBlock() {
  const wheel = record(PAYLOAD.wheel);
  const spin = wheelSentence(wheel);
  const own = marginRows([
    ...list(wheel.margins),
    ...("uniform" in wheel ? [{ ...record(wheel.uniform), title: say("margins.uniform") }] : []),
  ]);
  const linked = OUTPUTS.some((output) => marginRows(list(output.links)).length > 0);
  if (!spin && own.length === 0 && !linked) return null;
  const room = element("div", {});
  const show = () => {
    const output = record(outputOf(STATE.output));
    const rows = marginRows(list(output.links));
    room.replaceChildren(
      ...(rows.length > 0
        ? [marginChart(text(output.label), rows)]
        : [empty(say("margins.empty", { label: text(output.label) }))]),
    );
  };
  if (linked) {
    listen("output", show);
    show();
  }
  return element(
    "div",
    { class: "margins", id: "margins" },
    element("h3", { class: "margins-title" }, say("margins.title")),
    deliveredNote(),
    spin && element("p", { class: "spin" }, spin),
    element(
      "div",
      { class: "margins-grid" },
      linked && room,
      own.length > 0 && marginChart(say("margins.own"), own),
    ),
  );
}

const yearly = (rate) => `${percent(rate)} ${sayOr(`each.${text(TIME.unit)}`, say("margins.each"))}`;

/** Say what the Jacobian says of the wheel: it spins up or not, how fast, and the number of turns. */
function wheelSentence(wheel) {
  if (number(wheel.rate) === null) return "";
  const values = { from: moment(wheel.from), to: moment(wheel.to), rate: yearly(Math.abs(Math.expm1(wheel.rate))) };
  const drawn = record(wheel.drawn);
  const alone = list(wheel.alone).map((one) => text(record(one).label) || inPath(record(one).name));
  return [
    wheel.rate > 0 ? say("margins.grows", values) : say("margins.fades", values),
    number(drawn.spins) !== null && say(
      "margins.draws",
      { n: decimal(drawn.members, 6), share: percent(drawn.spins) },
    ),
    number(wheel.number) !== null && say("margins.number", { number: decimal(wheel.number) }),
    alone.length > 0 && say("margins.alone", { names: alone.join(", ") }),
  ]
    .filter(Boolean)
    .join(" ");
}

/** Draw margins as ranked bars from 0 to 100%; where there is none, the reason stands in the bar's place. */
function marginChart(title, rows) {
  const same = rows.length > 1 && new Set(rows.map((row) => row.why)).size === 1 ? rows[0].why : "";
  const behind = tableBehind("margins", title, () => ({ columns: marginColumns(rows), rows }));
  return element(
    "div",
    { class: "margin-chart" },
    element("h4", {}, title),
    same && element("p", { class: "note" }, `${capitalised(same)}.`),
    element("ol", { class: "margin-rows" }, rows.map((row) => marginRow(row, same !== ""))),
    element(
      "p",
      { class: "note" },
      [
        rows.some((row) => row.margin !== null) ? say("margins.read") : say("margins.none"),
        rows.some((row) => row.half !== null) && say("margins.half"),
        rows.some((row) => row.strength !== null) && say("margins.strength"),
      ]
        .filter(Boolean)
        .join(" "),
    ),
    behind.node,
  );
}

function marginRow({ title, margin, half, strength, why }, reasoned) {
  return element(
    "li",
    { class: margin === null ? "margin-row without" : "margin-row" },
    element(
      "span",
      { class: "margin-name" },
      title,
      strength !== null && element("span", { class: "under" }, signed(strength)),
    ),
    drawn(
      "svg",
      { class: "margin-bar", "aria-hidden": "true" },
      drawn("line", { x1: 0, x2: "100%", y1: 11, y2: 11, class: "grid" }),
      [0, 50, 100].map((at) => drawn("line", { x1: `${at}%`, x2: `${at}%`, y1: 4, y2: 18, class: "zero" })),
      margin !== null &&
        drawn("rect", { x: 0, y: 6, width: `${100 * clamp(margin, 0, 1)}%`, height: 10, class: "margin-fill" }),
      half !== null &&
        drawn(
          "svg",
          { x: `${100 * clamp(half, 0, 1)}%`, y: 11, class: "at" },
          drawn("path", { d: "M0 -6L5 0L0 6L-5 0Z", class: "diamond" }),
        ),
    ),
    element("span", { class: "margin-value" }, margin === null ? say("margins.no_margin") : percent(margin)),
    why && !reasoned && element("span", { class: "under why" }, capitalised(why)),
  );
}

function marginColumns(rows) {
  const share = (key) => ({ label: say(`margins.${key}_column`), numeric: true, key, of: (row) => row[key] });
  return [
    { key: "title", label: say("links.link"), of: (row) => row.title },
    share("margin"),
    ...(rows.some((row) => row.half !== null) ? [share("half")] : []),
    ...(rows.some((row) => row.strength !== null) ? [share("strength")] : []),
    { key: "why", label: say("margins.why"), of: (row) => row.why, wide: true },
  ];
}
