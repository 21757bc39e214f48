// Turning: ticks round the hub and notches on thick links move with the growth rate, unless all is to be still.

const TURN = 60; // seconds of one turn at the slowest
const REDUCED = matchMedia("(prefers-reduced-motion: reduce)");

/** Return seconds of one turn for a growth rate: 900 over the percentage, held to 6..60; backwards below zero. */
function turnSeconds(growth) {
  if (growth === null || Math.abs(growth) < 1e-4) return null;
  return Math.sign(growth) * clamp(900 / Math.abs(100 * growth), 6, TURN);
}

const mayTurn = () => !STATE.still && !REDUCED.matches;

/** Make the mover of one wheel: `turn(growth)` sets the speed of its ticks and notches. */
function mover(ticks, notches) {
  let [running, growth] = [[], null];
  const start = () => {
    running = [
      ticks.animate([{ transform: "rotate(0deg)" }, { transform: "rotate(360deg)" }], {
        duration: 1000 * TURN,
        iterations: Infinity,
      }),
      ...notches.map((each) =>
        each.animate([{ strokeDashoffset: "0" }, { strokeDashoffset: "-480" }], {
          duration: 1000 * TURN,
          iterations: Infinity,
        }),
      ),
    ];
    // from the middle of a long time on, so that a wheel can turn backwards too
    for (const each of running) each.currentTime = 1e7;
  };
  const set = () => {
    const seconds = turnSeconds(growth);
    if (seconds === null || !mayTurn()) {
      for (const each of running) each.pause();
      return;
    }
    if (running.length === 0) start();
    for (const each of running) {
      each.updatePlaybackRate(TURN / seconds);
      each.play();
    }
  };
  listen("still", set);
  return (now) => {
    growth = now;
    set();
  };
}

/** The button that stops the wheel; there is none where nothing moves. */
function stillButton() {
  const button = plainButton(playIcon(true), () => choose({ still: !STATE.still }), { class: "tool" });
  const show = () => {
    button.hidden = REDUCED.matches;
    button.replaceChildren(playIcon(!STATE.still));
    button.setAttribute("aria-label", say(STATE.still ? "wheel.turn_on" : "wheel.pause"));
    button.title = say(STATE.still ? "wheel.turn_on" : "wheel.pause");
  };
  listen("still", show);
  show();
  return button;
}

/** A triangle, or two bars while something moves. */
function playIcon(moving) {
  return moving
    ? icon(16, drawn("path", { d: "M5 3h3.6v14H5zM11.4 3H15v14h-3.6z", fill: "currentColor" }))
    : icon(16, drawn("path", { d: "M5 3l12 7-12 7z", fill: "currentColor" }));
}
