// Swings: what each number would do to the shown indicator over its own bar, all else as it is.

const SWINGS = new Map(); // name: {low, high, size} of the shown indicator at the date of comparison

/** Say what a slider would do: "run rate 2030: 70–264"; "" while it is not known. */
function swingWords(name) {
  const swing = SWINGS.get(name);
  const row = shownHeadline();
  if (!swing || !row) return "";
  return say(
    "sliders.swing",
    { label: row.label.toLowerCase(), when: shortDate(AT), range: interval(swing.low, swing.high) },
  );
}
