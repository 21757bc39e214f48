// Marks: lamps for verdicts, chips for statuses, signs for kinds. Each meaning has a shape beside its colour.

const tick = (colour) =>
  drawn("path", { d: "M5.6 10.4l3 3 5.8-6.4", fill: "none", stroke: colour, "stroke-width": 2 });
const cross = (colour, inset = 6.4) =>
  drawn("path", {
    d: `M${inset} ${inset}L${20 - inset} ${20 - inset}M${20 - inset} ${inset}L${inset} ${20 - inset}`,
    fill: "none",
    stroke: colour,
    "stroke-width": 2,
  });
const ring = (colour, extra = {}) =>
  drawn("circle", { cx: 10, cy: 10, r: 8, fill: "none", stroke: colour, "stroke-width": 2, ...extra });
const bar = () => drawn("rect", { x: 2, y: 8, width: 16, height: 4, fill: "var(--open)" });

const LAMPS = {
  holds: () => [drawn("circle", { cx: 10, cy: 10, r: 9, fill: "var(--holds)" }), tick("var(--paper)")],
  likely: () => [ring("var(--holds)"), tick("var(--holds)")],
  undetermined: () => [
    ring("var(--open)", { "stroke-dasharray": "3.2 2.4" }),
    drawn(
      "text",
      { x: 10, y: 14.2, "text-anchor": "middle", "font-size": 12, "font-weight": 700, fill: "var(--open)" },
      "?",
    ),
  ],
  unlikely: () => [
    drawn("rect", { x: 2, y: 2, width: 16, height: 16, fill: "none", stroke: "var(--refuted)", "stroke-width": 2 }),
    cross("var(--refuted)"),
  ],
  refuted: () => [
    drawn("rect", { x: 1.5, y: 1.5, width: 17, height: 17, fill: "var(--refuted)" }),
    cross("var(--paper)"),
  ],
  mixed: () => [
    drawn("path", { d: "M9.2 1.2a8.9 8.9 0 0 0 0 17.6z", fill: "var(--holds)" }),
    drawn("rect", { x: 10.8, y: 1.5, width: 8, height: 17, fill: "var(--refuted)" }),
  ],
  untestable: () => [bar()],
  "ill-posed": () => [bar()],
};

const VERDICT_COLOURS = { holds: "holds", likely: "holds", unlikely: "refuted", refuted: "refuted" };

/** Draw the lamp of a verdict; a verdict that the table does not know is drawn as undetermined. */
function lamp(verdict, size = 20) {
  return icon(size, (LAMPS[verdict] ?? LAMPS.undetermined)());
}

/** Return a verdict's word, in its colour. */
function verdictWord(verdict) {
  return element(
    "span",
    { class: `word-${VERDICT_COLOURS[verdict] ?? "open"}` },
    sayOr(`verdict.${text(verdict)}`, text(verdict)),
  );
}

const dot = (extra) =>
  drawn("circle", { cx: 10, cy: 10, r: 6, fill: "none", stroke: "currentColor", "stroke-width": 2, ...extra });
const STATUSES = {
  reported: () => [dot({ fill: "currentColor" })],
  estimated: () => [dot(), drawn("path", { d: "M10 4a6 6 0 0 0 0 12z", fill: "currentColor" })],
  fitted: () => [drawn("path", { d: "M10 3.5l7 12.5H3z", fill: "currentColor" })],
  assumed: () => [dot()],
  claimed: () => [
    drawn("path", { d: "M10 2.5l7 7.5-7 7.5L3 10z", fill: "none", stroke: "currentColor", "stroke-width": 2 }),
  ],
  lever: () => [drawn("path", { d: "M10 3v14M3 10h14", stroke: "currentColor", "stroke-width": 2.4 })],
  fixed: () => [
    drawn("rect", {
      x: 4.5,
      y: 4.5,
      width: 11,
      height: 11,
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 2,
    }),
  ],
  computed: () => [drawn("path", { d: "M4 10h12", stroke: "currentColor", "stroke-width": 2.4 })],
};

const STATUS_ORDER = ["reported", "estimated", "fitted", "claimed", "assumed", "fixed", "lever"];

/** Draw the sign of a status alone. */
function statusMark(status, size = 12) {
  return icon(size, (STATUSES[status] ?? STATUSES.computed)());
}

/** Draw a status as a chip: its sign and its word. */
function chip(status) {
  if (!status) return null;
  return element(
    "span",
    { class: `chip chip-${Object.hasOwn(STATUSES, status) ? status : "other"}` },
    statusMark(status),
    sayOr(`status.${status}`, status),
  );
}

const KINDS = {
  stock: () => [
    drawn("rect", { x: 2.5, y: 5, width: 15, height: 10, fill: "none", stroke: "currentColor", "stroke-width": 2 }),
  ],
  flow: () => [
    drawn("path", {
      d: "M1.5 10h12M9.5 5.5l5.5 4.5-5.5 4.5M18 4v12",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 2,
    }),
  ],
  aux: () => [dot()],
  curve: () => [
    drawn("path", { d: "M2.5 15.5c6 0 5-11 15-11", fill: "none", stroke: "currentColor", "stroke-width": 2 }),
  ],
  constant: () => [drawn("path", { d: "M3 10h14", stroke: "currentColor", "stroke-width": 2 })],
};

/** Draw what kind of variable something is, with its word. */
function kindMark(kind) {
  return element(
    "span",
    { class: "kind" },
    icon(13, (KINDS[kind] ?? KINDS.aux)()),
    sayOr(`kind.${kind}`, text(kind)),
  );
}

/** The triangle of a warning. */
function warningMark() {
  return [
    drawn("path", { d: "M10 2.5L18.5 17h-17z", fill: "none", stroke: "currentColor", "stroke-width": 1.8 }),
    drawn("path", { d: "M10 8v4.4M10 14v1.6", stroke: "currentColor", "stroke-width": 1.8 }),
  ];
}
