// Clock: the one date of the page. A slider and a play button move it by quarters; wheel, chart and loops follow.

const PLAY_EVERY = 180; // milliseconds a quarter
const PLAY_SLOWLY = 1000; // where motion is reduced

/** Return the dates at which the cursor can stand: the saved points of the run. */
function cursorTimes() {
  return CURSOR_TIMES;
}

const CURSOR_TIMES = [...new Set(HEADLINES.flatMap((row) => row.points.map((point) => point.time)))].sort(
  (a, b) => a - b,
);

/** Put the cursor on the last saved date that is not after the data. */
function placeCursor() {
  const end = number(TIME.now) ?? CURSOR_TIMES.at(-1);
  STATE.cursor = CURSOR_TIMES.filter((time) => time <= end + 1e-9).at(-1) ?? CURSOR_TIMES[0] ?? null;
}

/** Return the time that is read: under the pointer, else the cursor. */
function readTime() {
  return STATE.hover ?? STATE.cursor;
}

/** The row below wheel and chart: play, the date in words, the slider. */
function clockRow() {
  if (CURSOR_TIMES.length < 2) return null;
  const date = element("strong", { class: "clock-date" });
  const show = () => (date.textContent = moment(readTime()));
  listen("cursor hover", show);
  show();
  return element(
    "div",
    { class: "clock", id: "clock" },
    playButton(),
    date,
    dateSlider(CURSOR_TIMES),
    element("span", { class: "note" }, say("clock.note")),
  );
}

/** Play from the cursor to the end; from the start, if it stands at the end. */
function playButton() {
  let timer = 0;
  const stop = () => {
    clearTimeout(timer);
    choose({ playing: false });
  };
  const step = () => {
    const next = CURSOR_TIMES[CURSOR_TIMES.indexOf(STATE.cursor) + 1];
    if (next === undefined) return stop();
    choose({ cursor: next, hover: null });
    timer = setTimeout(step, REDUCED.matches ? PLAY_SLOWLY : PLAY_EVERY);
  };
  const button = plainButton(playIcon(false), () => {
    if (STATE.playing) return stop();
    if (STATE.cursor === CURSOR_TIMES.at(-1)) choose({ cursor: CURSOR_TIMES[0] });
    choose({ playing: true });
    timer = setTimeout(step, REDUCED.matches ? PLAY_SLOWLY : PLAY_EVERY);
  }, { class: "play" });
  const show = () => {
    button.replaceChildren(playIcon(STATE.playing));
    button.setAttribute("aria-label", say(STATE.playing ? "clock.pause" : "clock.play"));
  };
  listen("playing", show);
  show();
  return button;
}

/** The date as a range input: the keyboard's and the finger's way to move the cursor. */
function dateSlider(times, { label = say("headline.date"), said = headlineSaid, frameOf = null } = {}) {
  const input = element("input", { type: "range", min: 0, max: times.length - 1, step: 1, "aria-label": label });
  const row = element("div", { class: "date-row" }, input);
  const show = () => {
    input.value = String(times.indexOf(STATE.cursor));
    input.setAttribute("aria-valuetext", said());
    input.style.setProperty("--done", `${(100 * Number(input.value)) / Math.max(1, times.length - 1)}%`);
  };
  input.addEventListener("input", () => choose({ cursor: times[Number(input.value)], hover: null }));
  listen("cursor chart live", show);
  show();
  if (frameOf)
    whenWide(row, (width) => {
      const frame = frameOf(width);
      row.style.setProperty("padding-left", `${frame.x(times[0]) - 10}px`);
      row.style.setProperty("padding-right", `${width - frame.x(times.at(-1)) - 10}px`);
    });
  return row;
}

/** Say the date and the shown indicator there. */
function headlineSaid() {
  const shown = shownHeadline();
  return `${moment(STATE.cursor)}: ${shown.label} ${amount(valueAt(nowPoints(shown), STATE.cursor), shown.unit)}`;
}
