// Runs: which lines the chart draws, each with its role and its look.

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {string} title
 * @property {{time: number, value: (number|null)}[]} points
 * @property {"default"|"beliefs"|"now"|"pin"} role decides the look
 * @property {boolean} [main] the line that is read first
 * @property {string} [dash]
 */

/** Return the lines of an indicator: the one that is read first, then the others. */
function chosenLines(row) {
  const touched = LIVE.now !== null;
  const lines = [{
    name: SHOWN_RUN.name,
    title: touched ? say("lines.default") : SHOWN_RUN.title,
    points: row.points,
    role: "default",
    main: !touched,
  }];
  if (LIVE.now && LIVE.beliefs)
    lines.unshift({
      name: "beliefs",
      title: say("lines.beliefs"),
      points: pointsOf(LIVE.beliefs, row.name),
      role: "beliefs",
      dash: "6 4",
    });
  if (touched) lines.unshift({
    name: "now",
    title: nowTitle(),
    points: pointsOf(LIVE.now, row.name),
    role: "now",
    main: true,
  });
  const pins = STATE.pins.map((pin, index) => ({
    name: `pin-${LETTERS[index]}`,
    title: `${LETTERS[index]} ${pinTitle(pin)}`,
    points: pinPoints(pin, row),
    role: "pin",
    dash: DASHES[index],
  }));
  const all = [...lines, ...pins].filter((line) => line.points.length > 0);
  return STATE.mode === "difference" ? all.map(
    (line) => ({ ...line, points: against(line.points, row.points) }),
  ) : all;
}

/** Say what the reader's line is made of. */
function nowTitle() {
  const { beliefs, levers } = changedNames(LIVE.settings);
  const decided = levers.length > 0 || LIVE.settings.cut.length > 0;
  if (beliefs.length > 0 && decided) return say("lines.both");
  return decided ? say("lines.decisions") : say("lines.beliefs");
}

/** Return points less those of the default run at the same dates. */
function against(points, base) {
  const at = new Map(base.map((point) => [point.time, point.value]));
  return points.map((point) => {
    const other = at.has(point.time) ? at.get(point.time) : valueAt(base, point.time);
    const value = point.value === null || other === null ? null : point.value - other;
    return { time: point.time, value, low: null, high: null };
  });
}

function lineSample(line) {
  return drawn(
    "svg",
    { class: "sample", width: 26, height: 10, "aria-hidden": "true" },
    drawn("line", { x1: 1, x2: 25, y1: 5, y2: 5, class: lineClass(line), "stroke-dasharray": line.dash || null }),
  );
}

const lineClass = (line) => `line-${line.role}${line.main && line.role === "default" ? " alone" : ""}`;

const canLog = (row) =>
  STATE.mode === "level" &&
  row.points.filter((point) => point.value > 0).length > row.points.length / 2 &&
  row.points.every((point) => point.value === null || point.value >= 0);

/** Two buttons of which one is pressed; `offered` says whether the choice means something now. */
function twoWay(key, words, label, keys, offered = () => true) {
  const buttons = Object.keys(words).map((each) =>
    plainButton(words[each], () => choose({ [key]: each }), { "data-choice": each }),
  );
  const group = element("div", { class: "switch", role: "group", "aria-label": label }, buttons);
  const show = () => {
    group.hidden = !offered();
    for (const button of buttons) button.setAttribute("aria-pressed", String(STATE[key] === button.dataset.choice));
  };
  listen(`${key} ${keys}`, show);
  show();
  return group;
}

/** Choose the scale; not offered where an indicator can be negative. */
const scaleSwitch = () =>
  twoWay("scale", {
    linear: say("headline.linear"),
    log: say("headline.log"),
  }, say("headline.scale"), "chart mode", () =>
    canLog(shownHeadline()),
  );

/** Choose between values and what they differ from the default run by; offered where there is another line. */
const modeSwitch = () =>
  twoWay(
    "mode",
    { level: say("headline.level"), difference: say("headline.difference") },
    say("headline.mode"),
    "pins live",
    () => LIVE.now !== null || STATE.pins.length > 0 || STATE.mode === "difference",
  );
