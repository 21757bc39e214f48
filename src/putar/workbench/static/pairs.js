// Pairs: two links cut at once. Colour says what the two single cuts do not: the joint loss beyond their sum.

/** Return the pairs of an output with their joint loss and the loss beyond the two single cuts. */
function pairsOf(index) {
  const links = new Map(linksOf(index).map((link) => [link.id, link]));
  return list(outputOf(index)?.pairs)
    .map(record)
    .map((pair) => {
      const [a, b, loss] = [links.get(text(pair.a)), links.get(text(pair.b)), number(pair.loss)];
      const known = a && b && loss !== null && number(a.last) !== null && number(b.last) !== null;
      return a && b && loss !== null ? { a, b, loss, extra: known ? loss - a.last - b.last : null } : null;
    })
    .filter(Boolean)
    .sort((x, y) => Math.abs(y.extra ?? 0) - Math.abs(x.extra ?? 0));
}

function pairsBlock() {
  const box = element("div", { class: "pairs-grid" });
  const behind = tableBehind("pairs", say("pairs.table"), () => ({
    columns: pairColumns(),
    rows: pairsOf(STATE.output),
  }));
  const block = element(
    "div",
    { class: "pairs", id: "pairs" },
    element("h3", {}, say("pairs.title")),
    element("p", { class: "lead" }, say("pairs.lead")),
    box,
    behind.node,
  );
  const draw = () => {
    const pairs = pairsOf(STATE.output);
    block.hidden = pairs.length === 0;
    if (pairs.length > 0) box.replaceChildren(pairMatrix(pairs), pairSentences(pairs));
    behind.refresh();
  };
  listen("output up", draw);
  draw();
  return block;
}

function pairColumns() {
  return [
    { key: "a", label: say("pairs.one"), of: (pair) => pair.a.title },
    { key: "b", label: say("pairs.other"), of: (pair) => pair.b.title },
    { key: "loss", label: say("pairs.loss"), numeric: true, sorts: true, of: (pair) => pair.loss },
    { key: "extra", label: say("pairs.extra"), numeric: true, sorts: true, of: (pair) => pair.extra },
  ];
}

/** The lower triangle in the bars' order; the diagonal is the loss of a single cut. */
function pairMatrix(pairs) {
  const links = linksOf(STATE.output);
  const most = Math.max(...pairs.map((pair) => Math.abs(pair.extra ?? 0)), 1e-12);
  const found = new Map(
    pairs.flatMap((pair) => [
      [`${pair.a.id}\u0000${pair.b.id}`, pair],
      [`${pair.b.id}\u0000${pair.a.id}`, pair],
    ]),
  );
  const cell = (row, column, at) => {
    if (row === column) return element("td", { class: "single" }, decimal(number(row.last)));
    const pair = found.get(`${row.id}\u0000${column.id}`);
    if (!pair || at.column > at.row) return element("td", {});
    const extra = Math.abs(pair.extra ?? 0) < 1e-9 * most ? 0 : pair.extra; // what rounding leaves is nothing
    const strength = clamp(Math.abs(pair.extra ?? 0) / most, 0, 1);
    const loud = strength > 0.04 ? (pair.extra > 0 ? "heat" : "cool") : "";
    const lines = [
      `${pair.a.title} + ${pair.b.title}`,
      say("pairs.tip", {
        loss: decimal(pair.loss),
        a: decimal(number(pair.a.last)),
        b: decimal(number(pair.b.last)),
        extra: signed(extra),
      }),
    ];
    const both = () => {
      const settings = settingsNow();
      act({ act: "take", settings: { ...settings, cut: [...new Set([...settings.cut, pair.a.id, pair.b.id])] } });
    };
    const numbers = [decimal(pair.loss), element("span", { class: "extra" }, signed(extra))];
    const button = LIVE.up
      ? plainButton(
        numbers,
        both,
        { "data-rove": true, "aria-label": say("pairs.cut_both", { a: pair.a.title, b: pair.b.title }) },
      )
      : numbers;
    return tipped(
      element("td", { class: loud, vars: { "--strength": String(0.08 + 0.4 * strength) } }, button),
      () => lines,
    );
  };
  return element(
    "div",
    { class: "scroll matrix" },
    element(
      "table",
      {},
      element("caption", { class: "hidden" }, say("pairs.table")),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("td", {}),
          links.map((link) => element("th", { scope: "col" }, link.title)),
        ),
      ),
      element(
        "tbody",
        {},
        links.map((row, r) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, row.title),
            links.map((column, c) => cell(row, column, { row: r, column: c })),
          ),
        ),
      ),
    ),
  );
}

/** The pairs that differ most from the sum of their parts, as sentences. */
function pairSentences(pairs) {
  const telling = pairs
    .filter(
      (pair) =>
        pair.extra !== null && Math.abs(pair.extra) > 0.02 * Math.max(...pairs.map((each) => Math.abs(each.loss))),
    )
    .slice(0, 4);
  const unit = outputOf(STATE.output).unit;
  const sentence = (pair) => {
    const said = {
      a: pair.a.title,
      b: pair.b.title,
      loss: amount(pair.loss, unit),
      la: decimal(pair.a.last),
      lb: decimal(pair.b.last),
      extra: decimal(Math.abs(pair.extra)),
    };
    // where a link takes value away, its cut is a gain, and no link stands in for another
    if (pair.a.last < 0 || pair.b.last < 0) return say(pair.extra > 0 ? "pairs.more" : "pairs.less", said);
    return say(pair.extra > 0 ? "pairs.substitutes" : "pairs.overlap", said);
  };
  return element(
    "div",
    { class: "pair-words" },
    telling.length === 0
      ? element("p", {}, say("pairs.additive"))
      : element(
          "ol",
          {},
          telling.map((pair) => element("li", { class: pair.extra > 0 ? "heat" : "cool" }, sentence(pair))),
        ),
    element("p", { class: "note" }, say("pairs.note")),
  );
}
