// Wheel: rooms on a circle, links as arrows that can be cut, everything as strong as its score at the date.

const CHIPS = 6; // loops offered below the wheel
const TALLEST = 362; // pixels, so that the strip below still stands on the first screen

/** Make the figure: drawing, loops as chips, one sentence that says what was cut and what it does. */
function wheelFigure() {
  if (ROOMS.inside.length < 2) return null;
  const box = element("div", { class: "wheel-figure" });
  const chips = element("div", { class: "loop-chips", role: "group", "aria-label": say("wheel.loops") });
  const keepChips = keeper(chips, loopChip);
  const said = element("p", { class: "wheel-said", role: "status" });
  let parts = null;
  const refresh = () => {
    if (parts) refreshWheel(parts);
    const held = chips.contains(document.activeElement) ? document.activeElement : null;
    keepChips(loopsAt(readTime()).slice(0, CHIPS).map(({ loop, share }) => ({ key: loop.id, loop, share })));
    if (held && held !== document.activeElement && chips.contains(held)) held.focus(); // it changed its place
    markLoop(parts?.svg);
  };
  const cuts = cutWatcher(said);
  whenWide(box, (width) => {
    parts = drawWheel(box, width, cuts);
    refresh();
  });
  let cut = settingsNow().cut;
  listen("cursor hover live up loops", refresh);
  listen("settings", () => {
    if (cut === settingsNow().cut) return; // a slider moves nothing here before its run is back
    cut = settingsNow().cut;
    refresh();
  });
  listen("loop", () => markLoop(parts?.svg));
  listen("live settings", cuts.say);
  cuts.say();
  return element(
    "section",
    { class: "wheel-box", id: "wheel", "aria-labelledby": "wheel-title" },
    element(
      "div",
      { class: "figure-head" },
      element("h2", { id: "wheel-title" }, say("wheel.title")),
      LINK_IDS.size > 0 && element("span", { class: "note" }, say("wheel.note")),
      stillButton(),
    ),
    box,
    chips,
    said,
  );
}

/** Cut and mend links; remember the last one and what the headline was before it. */
function cutWatcher(said) {
  let [last, before, over] = ["", null, ""];
  const headline = () => valueAt(nowPoints(shownHeadline()), AT);
  const effect = (link, cut) => {
    const row = shownHeadline();
    const words = { title: link.title, form: sentenceOf(cut ? link.arms_length : link.integrated) };
    const first = cut
      ? say("wheel.was_cut", { ...words, date: moment(settingsNow().cutFrom ?? number(CHOICES.cut_from)) })
      : say("wheel.was_mended", words);
    const after = sameSettings(LIVE.settings, settingsNow()) ? headline() : null;
    if (before === null || after === null) return first;
    const moved = { label: row.label, when: shortDate(AT), change: amountPair(before, after, row.unit) };
    return `${first} ${say("wheel.effect", moved)}`;
  };
  const words = () => {
    const link = LINK_IDS.get(over || last);
    if (!link) {
      const cut = settingsNow().cut;
      return cut.length > 0 ? say(
        "wheel.all_cut",
        { titles: cut.map((id) => text(LINK_IDS.get(id).title)).join(", ") },
      ) : say("wheel.hint");
    }
    if (!over || over === last) return effect(link, settingsNow().cut.includes(text(link.id)));
    return [linkSentence(link), say("wheel.if_cut", { form: sentenceOf(link.arms_length) })].join(". ");
  };
  const show = () => {
    if (last && untouched()) last = "";
    const link = LINK_IDS.get(over || last);
    const more = link && !over && plainButton(
      say("wheel.more"),
      () => openDrawer(`link:${text(link.id)}`),
      { class: "quiet" },
    );
    said.replaceChildren(...[words(), more && " ", more].filter(Boolean));
  };
  return {
    say: show,
    toggle: (id) => {
      if (!LIVE.up) return openDrawer(`link:${id}`);
      [last, before] = [id, headline()];
      act({ act: "toggle", link: id });
    },
    over: (id) => {
      over = id;
      show();
    },
  };
}

const sentenceOf = (words) => text(words).replace(/\.$/, "");

/** A date of comparison: a whole year as a year, else the quarter. */
const shortDate = (time) => (Number.isInteger(time) && isDate(
  time,
  text(TIME.unit) || "year",
) ? String(time) : moment(time));

/** Draw the wheel; return the parts that change with date and settings. */
function drawWheel(box, width, cuts) {
  const size = Math.min(width, TALLEST);
  const spare = (Math.min(width, 520) - size) / 2;
  const frame = wheelPlaces(size, spare);
  const ids = [...LINK_IDS.values()].map(
    (link) => ({ ...link, id: text(link.id), title: text(link.title) || inWords(link.id) }),
  );
  const svg = drawn("svg", {
    class: "wheel",
    width: size + 2 * spare,
    height: size,
    viewBox: `${-spare} 0 ${size + 2 * spare} ${size}`,
    role: "group",
    "aria-label": say("wheel.name", { rooms: ROOMS.inside.length, links: ids.length }),
  });
  const turns = new Map();
  const turnOf = (from, to) => {
    const pair = [from, to].sort().join("\u0000");
    turns.set(pair, (turns.get(pair) ?? -1) + 1);
    return turns.get(pair);
  };
  const linked = new Set(ids.map((link) => wayKey(text(link.from), text(link.to))));
  const links = ids
    .map((link) => linkArrow(link, frame, turnOf(text(link.from), text(link.to)), cuts))
    .filter(Boolean);
  const ways = ROOMS.ways
    .filter(([from, to]) => frame.places.has(from) && frame.places.has(to) && !linked.has(wayKey(from, to)))
    .map(([from, to]) => wayArrow(from, to, frame));
  const arrows = drawn("g", { role: "group", "aria-label": say("wheel.links") }, links.map((link) => link.node));
  roving(arrows);
  const rooms = drawn(
    "g",
    { role: "group", "aria-label": say("wheel.rooms") },
    [...frame.places].map(([name, place]) => roomDisc(name, place, svg)),
  );
  roving(rooms);
  const centre = hub(frame);
  svg.append(
    drawn("circle", { cx: frame.centre, cy: frame.centre, r: size / 2 - 6, class: "boundary" }),
    drawn("g", { "aria-hidden": "true" }, ways.map((way) => way.node)),
    centre.node,
    arrows,
    rooms,
  );
  const held = box.contains(document.activeElement) ? document.activeElement.dataset : {};
  box.replaceChildren(svg);
  const again = held.link ? `[data-link="${CSS.escape(held.link)}"]`
    : held.roomName ? `[data-room-name="${CSS.escape(held.roomName)}"]` : "";
  if (again) svg.querySelector(again)?.focus(); // a window that changes its width takes no focus away
  return { svg, links, ways, centre, turn: mover(centre.ticks, [...links, ...ways].map((each) => each.notch)) };
}

/** Write everything that depends on the date and the settings. */
function refreshWheel({ svg, links, ways, centre, turn }) {
  const scores = scoresAt(readTime());
  for (const link of links) link.show(scores.get(`link:${link.id}`));
  for (const way of ways) way.show(scores.get(way.key));
  for (const each of svg.querySelectorAll(".room-value")) each.textContent = roomValue(each.dataset.room);
  const growth = growthAt(readTime());
  centre.show(growth);
  turn(growth);
}

const arrowWidth = (score) => 1.25 + 7 * Math.sqrt(score?.share ?? 0);
const sideClass = (score) => (!score || score.share === 0 ? "none" : score.net < 0 ? "brakes" : "drives");

/** Return an arrow from room to room whose width can change: its parts, and `fit(width)`. */
function arrow(from, to, frame, turn) {
  const [a, b] = [frame.places.get(from), frame.places.get(to)];
  if (!a || !b) return null;
  const body = drawn("path", { class: "body" });
  const notch = drawn("path", { class: "notch", "stroke-dasharray": "2 14" });
  const head = drawn("path", { class: "head" });
  const hit = drawn("path", { class: "hit" });
  const halo = drawn("path", { class: "halo-line" });
  const room = apartBy(a, b) - a.r - b.r; // a thick arrow needs a long way
  const course = (length) => (a === b ? ownLoop(a, length) : rimToRim(a, b, bend(a, b, frame, turn), length));
  const fit = (wanted) => {
    const width = a === b ? wanted : Math.min(wanted, Math.max(1.5, room / 7));
    const length = 5 + 1.3 * width;
    const curve = course(length);
    const path = curvePath(curve);
    for (const each of [body, notch, hit, halo]) each.setAttribute("d", path);
    body.setAttribute("stroke-width", round(width));
    halo.setAttribute("stroke-width", round(width + 8));
    notch.setAttribute("stroke-width", round(Math.max(0, width - 2)));
    notch.setAttribute("visibility", width < 3 ? "hidden" : "visible");
    head.setAttribute("d", headPath(curve, length, 3.4 + 0.75 * width));
  };
  return { body, notch, head, hit, halo, fit, middle: onCurve(course(8), 0.46), start: onCurve(course(8), 0.2) };
}

/** One link: an arrow with a knob that is its switch. */
function linkArrow(link, frame, turn, cuts) {
  const made = arrow(text(link.from), text(link.to), frame, turn);
  if (!made) return null;
  const { x, y } = made.middle;
  const sign = drawn("text", { x, y: y + 4.5, "text-anchor": "middle", class: "sign-mark" });
  const node = drawn(
    "g",
    { role: "switch", "data-rove": true, "data-link": link.id },
    made.hit,
    made.halo,
    made.body,
    made.notch,
    made.head,
    link.border === "across" && drawn("circle", { cx: made.start.x, cy: made.start.y, r: 4, class: "crossing" }),
    drawn("circle", { cx: x, cy: y, r: 15, class: "reach" }),
    drawn("circle", { cx: x, cy: y, r: 8.5, class: "knob" }),
    sign,
    drawn(
      "path",
      { d: `M${round(x - 6)} ${round(y + 6)}l7 -12M${round(x - 1)} ${round(y + 6)}l7 -12`, class: "cut-mark" },
    ),
  );
  const toggle = () => cuts.toggle(link.id);
  node.addEventListener("click", toggle);
  node.addEventListener("keydown", (event) => {
    if (["Enter", " "].includes(event.key)) {
      event.preventDefault();
      toggle();
    } else if (event.key === "i") openDrawer(`link:${link.id}`);
  });
  for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => cuts.over(link.id));
  for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => cuts.over(""));
  const show = (score) => {
    const cut = settingsNow().cut.includes(link.id);
    made.fit(cut ? 1.5 : Math.max(1.75, arrowWidth(score)));
    node.setAttribute("class", `link ${cut ? "cut" : sideClass(score)}`);
    node.setAttribute("aria-checked", String(!cut));
    node.setAttribute("aria-label", linkSentence(link, score));
    sign.textContent = score && score.net < 0 ? MINUS : "+";
  };
  return { id: link.id, node, notch: made.notch, show };
}

/** Say a link in one sentence: ends, border, score at the date. */
function linkSentence(link, score = scoresAt(readTime()).get(`link:${text(link.id)}`)) {
  return [
    text(link.title),
    say("wheel.way", { from: titleOf(text(link.from)), to: titleOf(text(link.to)) }),
    sayOr(`border.${text(link.border)}`, ""),
    score && score.share > 0 ? say(
      "wheel.score",
      { share: percent(score.share), date: moment(readTime()) },
    ) : say("wheel.no_score"),
  ]
    .filter(Boolean)
    .join(", ");
}

/** A coupling without a switch: an equation of one room reads a value of another. */
function wayArrow(from, to, frame) {
  const made = arrow(from, to, frame, 0.4);
  const node = drawn("g", { "data-from": from, "data-to": to }, made.body, made.notch, made.head);
  const show = (score) => {
    made.fit(score && score.share > 0.004 ? arrowWidth(score) : 0.75);
    node.setAttribute("class", `reads ${sideClass(score && score.share > 0.004 ? score : null)}`);
  };
  return { key: wayKey(from, to), node, notch: made.notch, show };
}

/** Draw a room: disc and name; outside the boundary only the name. While pointed at, what it reads stands out. */
function roomDisc(name, place, svg) {
  const subsystem = SUBSYSTEMS.find((each) => each.name === name);
  const { words, size } = roomWords(name, place);
  const near = (state) => {
    svg.classList.toggle("near", state);
    const touches = (each) => each.dataset.from === name || each.dataset.to === name;
    for (const each of svg.querySelectorAll(".reads")) each.classList.toggle("lit", state && touches(each));
    for (const each of svg.querySelectorAll(".link")) {
      const link = LINK_IDS.get(each.dataset.link);
      each.classList.toggle("lit", state && (link.from === name || link.to === name));
    }
  };
  const reads = (side) => ROOMS.ways.filter((way) => way[side] === name).map((way) => titleOf(way[1 - side]));
  const said = [
    titleOf(name),
    reads(1).length > 0 && say("wheel.reads", { rooms: reads(1).join(", ") }),
    reads(0).length > 0 && say("wheel.read_by", { rooms: reads(0).join(", ") }),
  ].filter(Boolean);
  const value = place.outside || place.r < 25 ? "" : roomValue(name);
  const first = place.y - ((words.length + (value ? 1 : 0) - 1) * (size + 2)) / 2 + size * 0.35;
  const x = place.outside ? (place.corner.anchor === "start" ? place.x - 24 : place.x + 24) : place.x;
  const anchor = place.outside ? place.corner.anchor : "middle";
  const node = drawn(
    "g",
    {
      class: place.outside ? "room outside" : "room",
      role: subsystem ? "button" : "img",
      "data-rove": true,
      "data-room-name": name,
      "aria-label": [said.join(". "), subsystem && say("wheel.opens")].filter(Boolean).join(". "),
    },
    drawn("circle", { cx: place.x, cy: place.y, r: place.r }),
    words.map((word, index) =>
      drawn("text", { x, y: first + index * (size + 2), "text-anchor": anchor, "font-size": size }, word),
    ),
    value &&
      drawn("text", {
        x,
        y: first + words.length * (size + 2),
        "text-anchor": anchor,
        "font-size": Math.max(9, size - 1),
        class: "room-value",
        "data-room": name,
      }),
  );
  for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => near(true));
  for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => near(false));
  const open = () => subsystem && openSubsystem(name);
  node.addEventListener("click", open);
  node.addEventListener("keydown", (event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), open()));
  return tipped(node, () => said);
}

/** Return the value at the cursor of a headline indicator that lives in this room, short enough for the disc. */
function roomValue(name) {
  const row = HEADLINES.find((each) => each.name.startsWith(`${name}.`));
  if (!row || readTime() === null) return "";
  const value = valueAt(nowPoints(row), readTime());
  if (value === null) return "";
  const { before, behind } = unitParts(row.unit);
  const short = behind.split(" ")[0];
  const written = before ? `${value < 0 ? MINUS : ""}${before} ${decimal(Math.abs(value), 2)}` : decimal(value, 2);
  return short.length <= 3 && short ? `${written} ${short}` : written;
}

/** The hub: ticks that turn, and the growth at the date. */
function hub({ centre, radius }) {
  const size = clamp(radius * 0.17, 18, 30);
  const small = clamp(radius * 0.062, 10, 12);
  const at = (angle, reach) => [centre + reach * Math.cos(angle), centre + reach * Math.sin(angle)];
  const [inner, outer] = [radius * 0.34, radius * 0.4];
  const marks = Array.from({ length: 48 }, (_, index) => {
    const angle = (2 * Math.PI * index) / 48;
    return linePath([at(angle, index % 12 === 0 ? inner * 0.96 : inner), at(angle, outer)]);
  });
  const ticks = drawn("path", { d: marks.join(""), class: "ticks" });
  const word = (y, kind, fontSize) =>
    drawn("text", { x: centre, y, "text-anchor": "middle", class: kind, "font-size": fontSize });
  const [rate, unit, what] = [
    word(centre + 2, "hub-number", size),
    word(centre + 6 + small, "hub-word", small),
    word(centre + 8 + 2.1 * small, "hub-word", small),
  ];
  const show = (growth) => {
    rate.textContent = growth === null ? say("number.none") : signedShare(growth);
    unit.textContent = growth === null ? "" : sayOr(`each.${text(TIME.unit)}`, "");
    what.textContent = shortened(text(GROWTH.label), 22);
  };
  return {
    node: drawn(
      "g",
      { class: "hub-group" },
      drawn("circle", { cx: centre, cy: centre, r: outer + 2, class: "hub" }),
      drawn("g", { class: "turns" }, ticks),
      rate,
      unit,
      what,
    ),
    ticks,
    show,
  };
}

/** One of the largest loops at the date, as a button that lights up its links and rooms. */
function loopChip({ loop }) {
  const size = element("span", {});
  const node = plainButton(
    [element("b", {}, /^loop-/.test(loop.id) ? "" : loop.id), shortened(loop.name.split(":")[0], 22), size],
    () => choose({ loop: STATE.loop === loop.id ? "" : loop.id }),
    { "data-loop-chip": loop.id },
  );
  const over = (id) => () => markLoop(document.querySelector("svg.wheel"), id);
  for (const event of ["pointerenter", "focus"]) node.addEventListener(event, over(loop.id));
  for (const event of ["pointerleave", "blur"]) node.addEventListener(event, over(""));
  const show = ({ share }) => {
    size.textContent = signedShare(share);
    node.className = `loop-chip side-${sideOf(share)}`;
    node.setAttribute("aria-pressed", String(STATE.loop === loop.id));
    node.setAttribute("aria-label", `${loopName(loop)}, ${signedShare(share)}`);
  };
  return { node, show };
}

/** Let a loop's links, ways and rooms stand out: the one pointed at, else the chosen one. */
function markLoop(svg, pointed = "") {
  if (!svg) return;
  const passage = PASSAGES.get(pointed || STATE.loop);
  svg.classList.toggle("one-loop", passage !== undefined);
  for (const each of svg.querySelectorAll(".link")) each.classList.toggle(
    "on",
    passage?.links.has(each.dataset.link) ?? false,
  );
  for (const each of svg.querySelectorAll(".reads"))
    each.classList.toggle("on", passage?.ways.has(wayKey(each.dataset.from, each.dataset.to)) ?? false);
  for (const each of svg.querySelectorAll(".room")) each.classList.toggle(
    "on",
    passage?.rooms.has(each.dataset.roomName) ?? false,
  );
  for (const each of document.querySelectorAll("[data-loop-chip]"))
    each.setAttribute("aria-pressed", String(each.dataset.loopChip === STATE.loop));
}
