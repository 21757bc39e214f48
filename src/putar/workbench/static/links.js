// Links: one choice of output for wheel, ranked bars and pairs; the bars; what each link would be at arm's length.

/** Links ranked anew for the reader's settings: an output's place to the output as it is then. */
const RANKED_NOW = new Map();

const NEAR_SHARE = 0.1; // of the largest share: what comes so near is as good, where no draws say how sure it is

/** Return an output as it stands: ranked for the reader's settings where the reader asked for that. */
const outputOf = (index) => RANKED_NOW.get(index) ?? OUTPUTS[index];

/** Return the links of one output, largest share first. */
function linksOf(index) {
  return list(outputOf(index)?.links)
    .map(record)
    .map((link) => ({ ...link, id: text(link.id), title: text(link.title) || inWords(text(link.id)) }))
    .sort((a, b) => (number(b.shapley) ?? -Infinity) - (number(a.shapley) ?? -Infinity));
}

/** The section: one choice of output for ranked bars and pairs. */
function linksSection() {
  if (OUTPUTS.length === 0) return section("links", say("links.title"), null, empty(say("links.empty")));
  const side = element("div", { class: "ranked" });
  const pairs = pairsBlock();
  const behind = tableBehind("links", say("links.table"), linksTable);
  const again = rankAgain();
  const show = () => {
    side.replaceChildren(...rankedBars());
    behind.refresh();
  };
  listen("output", show);
  show();
  return section(
    "links",
    say("links.title"),
    say("links.lead"),
    outputChooser(),
    again,
    element("div", { class: "links-grid" }, element("div", {}, side, behind.node), pairs),
  );
}

/** Rank the links anew for the reader's settings, when the reader asks; every set of links is run. */
function rankAgain() {
  const said = element("span", { class: "note", role: "status" });
  const button = plainButton("", () => (busy ? stop() : start()), { class: "action" });
  const box = element("div", { class: "rank-again" }, button, said);
  let busy = false;
  const show = () => {
    box.hidden = !LIVE.up || (untouched() && !busy);
    button.textContent = say(busy ? "links.stop" : "links.again");
    if (!busy) said.textContent = RANKED_NOW.has(STATE.output) ? say("links.yours") : "";
  };
  const stop = () => MACHINE.stop("links");
  const start = async () => {
    const [index, settings, output] = [STATE.output, settingsNow(), OUTPUTS[STATE.output]];
    const [name, at] = text(output.output).split("@");
    busy = true;
    show();
    const progress = ({ done, runs }) => (said.textContent = say(
      "links.progress",
      { done: decimal(done, 6), runs: decimal(runs, 6) },
    ));
    const { cut, cutFrom: _, ...wish } = wishOf(settings);
    try {
      const found = await MACHINE.links(
        { ...wish, cut, output: name, at: Number(at ?? AT), cutFrom: number(output.cut_from) },
        progress,
      );
      if (found !== null && sameSettings(settings, settingsNow())) RANKED_NOW.set(index, rankedOutput(output, found));
    } catch (error) {
      said.textContent = error.message;
    }
    busy = false;
    show();
    tell("output");
  };
  listen("settings", () => {
    if (RANKED_NOW.size > 0) {
      RANKED_NOW.clear();
      tell("output");
    }
    show();
  });
  listen("up output", show);
  show();
  return box;
}

/**
 * Return the links that may as well be the linchpin: whose band over draws reaches the first one's, or whose share is
 * within a tenth of it where nothing was drawn; the same rule as terminal_links.py.
 */
function nearTies(output) {
  const links = list(output.links);
  const first = links.find((link) => link.id === output.linchpin);
  if (!first) return new Set();
  const low = number(first.low);
  const ties = (link) =>
    low !== null && number(link.high) !== null
      ? link.high >= low
      : first.shapley > 0 && link.shapley >= (1 - NEAR_SHARE) * first.shapley;
  return new Set(links.filter((link) => link !== first && ties(link)).map((link) => link.id));
}

/** Return an output with the numbers of another run of all its coalitions. */
function rankedOutput(output, found) {
  const place = new Map(found.links.map((id, index) => [id, index]));
  const links = list(output.links).map((link) => {
    const index = place.get(text(link.id));
    const [shapley, first, last] = [found.shapley[index], found.first[index], found.last[index]];
    return { ...link, shapley, first, last, low: null, high: null };
  });
  const pairs = found.links.flatMap((a, i) =>
    found.links.slice(0, i).map((b, j) => ({ a: b, b: a, loss: found.pairs[i][j] + found.last[i] + found.last[j] })),
  );
  return { ...output, all: found.all, none: found.none, links, pairs, linchpin: found.linchpin };
}

/** Choose the output, the date from which links are cut, in one row of buttons. */
function outputChooser() {
  if (OUTPUTS.length < 2) return null;
  const buttons = OUTPUTS.map((output, index) =>
    plainButton(
      [
        element("b", {}, text(output.label)),
        number(output.cut_from) !== null &&
          element("span", {}, say("links.cut_from", { date: moment(output.cut_from) })),
      ],
      () => choose({ output: index }),
    ),
  );
  const show = () =>
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === STATE.output)));
  listen("output", show);
  show();
  return element("div", { class: "switch outputs", role: "group", "aria-label": say("links.choose") }, buttons);
}

/** The ranked bars: one button a link; bar = Shapley share, diamond = loss if only this is cut, whisker = members. */
function rankedBars() {
  const output = outputOf(STATE.output);
  const links = linksOf(STATE.output);
  const known = links
    .flatMap((link) => ["shapley", "low", "high", "last"].map((key) => number(link[key])))
    .filter((value) => value !== null);
  const ticks = niceTicks(Math.min(0, ...known), Math.max(0, ...known), 4);
  const x = scale(ticks[0], ticks.at(-1), 0, 100);
  const gap = number(output.all) !== null && number(output.none) !== null;
  const grid = () =>
    ticks.map((tick) =>
      drawn("line", {
        x1: `${x(tick)}%`,
        x2: `${x(tick)}%`,
        y1: 0,
        y2: "100%",
        class: tick === 0 ? "zero" : "grid",
      }),
    );
  const near = nearTies(output);
  const rows = links.map((link) => {
    const [value, low, high, last] = ["shapley", "low", "high", "last"].map((key) => number(link[key]));
    const positive = (value ?? 0) >= 0;
    const art = drawn(
      "svg",
      { class: "bar-art", "aria-hidden": "true" },
      grid(),
      value !== null &&
        drawn("rect", {
          x: `${x(Math.min(0, value))}%`,
          y: 7,
          width: `${Math.abs(x(value) - x(0))}%`,
          height: 14,
          class: positive ? "bar-adds" : "bar-takes",
        }),
      low !== null &&
        high !== null &&
        drawn(
          "g",
          { class: "whisker" },
          drawn("line", { x1: `${x(low)}%`, x2: `${x(high)}%`, y1: 27, y2: 27 }),
          [low, high].map((end) => drawn("line", { x1: `${x(end)}%`, x2: `${x(end)}%`, y1: 24, y2: 30 })),
        ),
      last !== null &&
        drawn(
          "svg",
          { x: `${x(last)}%`, y: 14, class: "at" },
          drawn("path", { d: "M0 -7L6 0L0 7L-6 0Z", class: "diamond" }),
        ),
    );
    const said = [
      link.title,
      `${say("links.shapley")} ${decimal(value)}`,
      low !== null && high !== null && interval(low, high),
      last !== null && `${say("links.last")} ${decimal(last)}`,
    ].filter(Boolean);
    const button = element(
      "button",
      {
        type: "button",
        class: "bar-row",
        "data-link": link.id,
        "data-rove": true,
        "aria-label": said.join(", "),
        on: { click: () => openDrawer(`link:${link.id}`) },
      },
      element(
        "span",
        { class: "bar-label" },
        link.title,
        link.id === output.linchpin && element("span", { class: "under" }, say("links.linchpin")),
        near.has(link.id) && element("span", { class: "under" }, say("links.near")),
      ),
      art,
      element("span", { class: "bar-value" }, decimal(value)),
    );
    return button;
  });
  const group = element(
    "div",
    { class: "bars", role: "group", "aria-label": say("links.ranked", { label: text(output.label) }) },
    rows,
  );
  roving(group);
  const ruler = element(
    "div",
    { class: "bar-row ruler", "aria-hidden": "true" },
    element("span", {}),
    element(
      "span",
      { class: "ruler-ticks" },
      ticks.map((tick) => element("span", { vars: { left: `${x(tick)}%` } }, decimal(tick))),
    ),
    element("span", {}),
  );
  const whiskers = links.some((link) => number(link.low) !== null && number(link.high) !== null);
  return [
    element("h3", {}, text(output.label)),
    element("p", { class: "under" }, say("links.bars", { unit: unitWords(output.unit) || say("unit.none") })),
    gap &&
      element(
        "p",
        { class: "note" },
        say("links.sum", {
          all: decimal(output.all),
          none: decimal(output.none),
          gap: decimal(output.all - output.none),
          runs: decimal(2 ** links.length, 9),
        }),
      ),
    ruler,
    group,
    element(
      "p",
      { class: "note" },
      [say("links.diamond"), whiskers ? say("links.whisker") : say("links.no_whisker")].join(" "),
    ),
  ].filter(Boolean);
}

/** What the drawer shows of a link: both forms, what a cut does, and the switch itself. */
function linkContent(id) {
  const known = LINK_IDS.get(id);
  if (!known) return null;
  const link = linksOf(STATE.output).find((each) => each.id === id) ?? known;
  const [, ...detail] = linkDetail(link);
  const cut = () => settingsNow().cut.includes(id);
  const button = plainButton("", () => (act({ act: "toggle", link: id }), show()), { class: "action" });
  const show = () => (button.textContent = say(cut() ? "links.mend" : "links.cut"));
  show();
  return {
    title: text(link.title) || id,
    body: [
      ...detail,
      LIVE.up && button,
      text(known.reason) && element("p", {}, linkedText(known.reason)),
      definitions([
        [say("source.facts"), factButtons(known.facts)],
        [say("source.id"), element("code", {}, `links.${id}`)],
      ]),
    ],
  };
}

/** Say one link: both forms, what a cut alone would do, what it alone would give. */
function linkDetail(link) {
  if (!link) return [];
  const output = outputOf(STATE.output);
  const [all, none, first, last] = [number(output.all), number(output.none), number(link.first), number(link.last)];
  const date = number(output.cut_from) === null ? say("links.start") : moment(output.cut_from);
  return [
    element("h3", {}, link.title),
    element(
      "p",
      { class: "note" },
      [
        say("wheel.way", { from: titleOf(text(link.from)), to: titleOf(text(link.to)) }),
        sayOr(`border.${text(link.border)}`, text(link.border)),
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    last !== null &&
      all !== null &&
      element("p", { class: "counterfactual" }, cutSentence(link, { date, all, last })),
    first !== null &&
      none !== null &&
      element(
        "p",
        {},
        say("links.kept_alone", { more: amount(none + first, output.unit), none: amount(none, output.unit) }),
      ),
    definitions([
      [say("links.integrated"), capitalised(link.integrated)],
      [say("links.arms_length"), capitalised(link.arms_length)],
    ]),
  ].filter(Boolean);
}

/** Say what a cut of this link alone would do; where that is nothing, which other link stands in for it. */
function cutSentence(link, { date, all, last }) {
  const unit = outputOf(STATE.output).unit;
  if (Math.abs(last) >= 0.0005 * Math.abs(all)) {
    const less = amount(all - last, unit);
    return say("links.cut_alone", { date, less, all: amount(all, unit), change: signed(-last) });
  }
  const partner = pairsOf(STATE.output).find((pair) => [pair.a.id, pair.b.id].includes(link.id) && pair.extra > 0);
  const stays = say("links.cut_nothing", { date, all: amount(all, unit) });
  if (!partner || partner.extra < 0.02 * Math.abs(all)) return stays;
  const other = partner.a.id === link.id ? partner.b.title : partner.a.title;
  return `${stays} ${say("links.cut_with", { other, less: amount(all - partner.loss, unit) })}`;
}

function linksTable() {
  const columns = [
    { key: "title", label: say("links.link"), of: (link) => link.title },
    { key: "from", label: say("links.from"), of: (link) => titleOf(text(link.from)) },
    { key: "to", label: say("links.to"), of: (link) => titleOf(text(link.to)) },
    {
      key: "border",
      label: say("links.border"),
      of: (link) => sayOr(`border.${text(link.border)}`, text(link.border)),
    },
    ...["shapley", "low", "high", "first", "last"].map((key) => ({
      key,
      label: say(`links.${key}`),
      numeric: true,
      of: (link) => number(link[key]),
    })),
  ];
  return { columns, rows: linksOf(STATE.output) };
}
