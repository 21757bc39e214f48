// Runs: which lines the chart draws, and the controls that choose them and their scale.

const DASHES = ["", "7 4", "2 3", "9 3 2 3"];
const MOST_RUNS = 4;

/** Return the lines to draw: the shown run first, then the chosen scenarios, each with its look. */
function chosenLines(row) {
  const others = STATE.runs
    .map((name, index) => ({
      name,
      title: scenarioTitle(name),
      points: row.scenarios[name] ?? [],
      dash: DASHES[index % DASHES.length],
    }))
    .filter((line) => line.points.length > 0);
  return [{ name: SHOWN_RUN.name, title: SHOWN_RUN.title, points: row.points, main: true, dash: "" }, ...others];
}

function scenarioTitle(name) {
  return text(SCENARIOS.rows.find((row) => row.name === name)?.title) || inWords(name);
}

function lineSample(line) {
  return drawn(
    "svg",
    { class: "sample", width: 26, height: 10, "aria-hidden": "true" },
    drawn("line", {
      x1: 1,
      x2: 25,
      y1: 5,
      y2: 5,
      class: line.main ? "line-main" : "line-other",
      "stroke-dasharray": line.dash || null,
    }),
  );
}

/** Choose up to four other scenarios; each chosen one can be taken out again. */
function runChooser() {
  const offered = SCENARIOS.rows.filter(
    (row) => row.name !== SHOWN_RUN.name && HEADLINES.some((each) => each.scenarios[row.name]),
  );
  if (offered.length === 0) return null;
  const box = element("div", { class: "runs" });
  const show = () => {
    const left = offered.filter((row) => !STATE.runs.includes(row.name));
    const select = element(
      "select",
      {
        "aria-label": say("headline.compare"),
        disabled: STATE.runs.length >= MOST_RUNS,
        on: { change: () => toggleRun(select.value) },
      },
      element(
        "option",
        { value: "" },
        STATE.runs.length >= MOST_RUNS ? say("headline.enough") : say("headline.compare"),
      ),
      left.map((row) => element("option", { value: row.name }, text(row.title) || row.name)),
    );
    const held = box.contains(document.activeElement);
    box.replaceChildren(
      select,
      ...STATE.runs.map((name, index) =>
        plainButton(
          [
            lineSample({ dash: DASHES[index % DASHES.length] }),
            scenarioTitle(name),
            icon(12, cross("currentColor", 4)),
          ],
          () => toggleRun(name),
          { class: "run", "aria-label": say("headline.remove", { title: scenarioTitle(name) }) },
        ),
      ),
    );
    if (held) box.querySelector("select").focus();
  };
  listen("runs", show);
  show();
  return box;
}

/** Add a scenario to the chart, or take it out. */
function toggleRun(name) {
  if (!name) return;
  const without = STATE.runs.filter((each) => each !== name);
  choose({ runs: without.length < STATE.runs.length ? without : [...STATE.runs, name].slice(-MOST_RUNS) });
}

const canLog = (row) =>
  row.points.filter((point) => point.value > 0).length > row.points.length / 2 &&
  row.points.every((point) => point.value === null || point.value >= 0);

/** Choose the scale; not offered where an indicator can be negative. */
function scaleSwitch() {
  const buttons = ["linear", "log"].map((each) =>
    plainButton(say(`headline.${each}`), () => choose({ scale: each }), { "data-scale": each }),
  );
  const group = element("div", { class: "switch", role: "group", "aria-label": say("headline.scale") }, buttons);
  const show = () => {
    group.hidden = !canLog(shownHeadline());
    for (const button of buttons) button.setAttribute("aria-pressed", String(STATE.scale === button.dataset.scale));
  };
  listen("scale chart", show);
  show();
  return group;
}
