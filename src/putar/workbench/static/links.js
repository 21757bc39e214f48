// Links: one choice of output for wheel, ranked bars and pairs; the bars; what each link would be at arm's length.

/** Return the links of one output, largest share first. */
function linksOf(index) {
  return list(OUTPUTS[index]?.links)
    .map(record)
    .map((link) => ({ ...link, id: text(link.id), title: text(link.title) || inWords(text(link.id)) }))
    .sort((a, b) => (number(b.shapley) ?? -Infinity) - (number(a.shapley) ?? -Infinity));
}

/** Return the link that is described: the chosen one, else the linchpin, else the first. */
function shownLink() {
  const links = linksOf(STATE.cut);
  return (
    links.find((link) => link.id === STATE.link) ??
    links.find((link) => link.id === OUTPUTS[STATE.cut]?.linchpin) ??
    links[0]
  );
}

function linksSection() {
  const box = element("div", { class: "wheel-box" });
  const side = element("div", { class: "ranked" });
  const detail = element("div", { class: "link-detail", role: "status" });
  const legend = element("div");
  let pointed = "";
  const describe = () =>
    detail.replaceChildren(...linkDetail(linksOf(STATE.cut).find((link) => link.id === pointed) ?? shownLink()));
  const mark = () => {
    const chosen = shownLink()?.id;
    for (const each of document.querySelectorAll("[data-link]")) {
      each.classList.toggle("chosen", each.dataset.link === chosen);
      each.classList.toggle("pointed", pointed !== "" && each.dataset.link === pointed);
      if (each.matches("button")) each.setAttribute("aria-pressed", String(each.dataset.link === chosen));
    }
    box.classList.toggle("pointing", pointed !== "");
  };
  const actions = {
    pick: (id) => choose({ link: id }),
    over: (id) => {
      pointed = id;
      describe();
      mark();
    },
  };
  const wheel = (width = box.clientWidth) => {
    if (width === 0) return;
    drawWheel(box, width, actions);
    mark();
  };
  const behind = tableBehind("links", say("links.table"), linksTable);
  const all = () => {
    if (OUTPUTS.length > 0) side.replaceChildren(...rankedBars(actions));
    legend.replaceChildren(...wheelLegend());
    wheel();
    describe();
    mark();
    behind.refresh();
  };
  whenWide(box, wheel);
  listen("cut", all);
  listen("link", () => (describe(), mark()));
  listen("cursor", () => refreshRooms(box));
  const right =
    OUTPUTS.length > 0
      ? element("div", { class: "links-side" }, side, detail, behind.node)
      : element("div", { class: "links-side" }, empty(say("links.empty")));
  const left = ROOMS.inside.length > 1 && element("div", { class: "wheel-side" }, box, legend);
  const node = section(
    "links",
    say(OUTPUTS.length > 0 || !left ? "links.title" : "links.title_empty"),
    OUTPUTS.length > 0 ? say("links.lead") : left && say("links.lead_empty"),
    outputChooser(),
    element("div", { class: left ? "links-grid" : null }, left, right),
  );
  all();
  return node;
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
      () => choose({ cut: index }),
    ),
  );
  const show = () =>
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === STATE.cut)));
  listen("cut", show);
  show();
  return element("div", { class: "switch outputs", role: "group", "aria-label": say("links.choose") }, buttons);
}

function wheelLegend() {
  const sample = (...marks) => drawn("svg", { width: 34, height: 16, "aria-hidden": "true" }, ...marks);
  const body = (width, className = "adds") =>
    drawn(
      "g",
      { class: `link ${className}` },
      drawn("line", { x1: 2, x2: 32, y1: 8, y2: 8, class: "body", "stroke-width": width }),
    );
  const links = linksOf(STATE.cut);
  const rows = [
    links.length > 0 && [sample(body(6)), say("legend.width")],
    links.some((link) => link.shapley < 0) && [sample(body(4, "takes")), say("legend.takes")],
    links.some((link) => link.border === "across") && [
      sample(
        body(4),
        drawn("g", { class: "link adds" }, drawn("circle", { cx: 17, cy: 8, r: 5, class: "crossing" })),
      ),
      say("legend.across"),
    ],
    ROOMS.ways.length > 0 && [
      sample(drawn("g", { class: "reads lit" }, drawn("line", { x1: 2, x2: 32, y1: 8, y2: 8 }))),
      say("legend.reads"),
    ],
  ].filter(Boolean);
  return [
    rows.length > 0 &&
      element(
        "ul",
        { class: "legend" },
        rows.map(([mark, words]) => element("li", {}, mark, words)),
      ),
    ROOMS.accounts.length > 0 &&
      element("p", { class: "note" }, say("legend.accounts", { rooms: ROOMS.accounts.map(titleOf).join(", ") })),
  ].filter(Boolean);
}

/** The ranked bars: one button a link; bar = Shapley share, diamond = loss if only this is cut, whisker = members. */
function rankedBars({ pick, over }) {
  const output = OUTPUTS[STATE.cut];
  const links = linksOf(STATE.cut);
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
        on: {
          click: () => pick(link.id),
          pointerenter: () => over(link.id),
          pointerleave: () => over(""),
          focus: () => over(link.id),
          blur: () => over(""),
        },
      },
      element(
        "span",
        { class: "bar-label" },
        link.title,
        link.id === output.linchpin && element("span", { class: "under" }, say("links.linchpin")),
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

/** Say one link: both forms, what a cut alone would do, what it alone would give. */
function linkDetail(link) {
  if (!link) return [];
  const output = OUTPUTS[STATE.cut];
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
  const unit = OUTPUTS[STATE.cut].unit;
  if (Math.abs(last) >= 0.0005 * Math.abs(all)) {
    const less = amount(all - last, unit);
    return say("links.cut_alone", { date, less, all: amount(all, unit), change: signed(-last) });
  }
  const partner = pairsOf(STATE.cut).find((pair) => [pair.a.id, pair.b.id].includes(link.id) && pair.extra > 0);
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
  return { columns, rows: linksOf(STATE.cut) };
}
