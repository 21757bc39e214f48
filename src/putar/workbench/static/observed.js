// Observed: the dots of an indicator, each a button that opens its source.

/** Observed values: filled when reported, hollow otherwise; whisker from low to high; each opens its source. */
function observedDots(row, axis, frame) {
  const group = drawn("g", { role: "group", "aria-label": say("headline.observed", { label: row.label }) });
  for (const dot of row.observed) {
    if (axis.log && dot.value < axis.low) continue;
    const until = number(dot.until);
    const x = frame.x(until === null ? dot.time : (dot.time + until) / 2);
    const y = axis.y(dot.value);
    const fact = record(FACTS[text(dot.fact)]);
    const lines = [
      amount(dot.value, row.unit, exact),
      observedDate(dot),
      [sayOr(`status.${text(dot.kind)}`, text(dot.kind)), text(fact.publisher)].filter(Boolean).join(" · "),
    ];
    const [low, high] = [number(dot.low), number(dot.high)].map((value) =>
      value !== null && axis.log ? Math.max(value, axis.low) : value,
    );
    const marks = [
      low !== null &&
        high !== null &&
        drawn("line", { x1: x, x2: x, y1: axis.y(low), y2: axis.y(high), class: "whisker" }),
      until !== null &&
        drawn("line", { x1: frame.x(dot.time), x2: frame.x(until), y1: y, y2: y, class: "whisker" }),
      drawn("circle", { cx: x, cy: y, r: 4.2, class: dot.kind === "reported" ? "seen" : "seen hollow" }),
      drawn("circle", { cx: x, cy: y, r: 11, class: "hit" }),
    ].filter(Boolean);
    const opens = Object.hasOwn(FACTS, text(dot.fact));
    const open = () => opens && openDrawer(`fact:${dot.fact}`);
    const button = drawn(
      "g",
      {
        class: "dot",
        role: opens ? "button" : "img",
        "data-rove": true,
        "aria-label": [...lines, opens && say("headline.opens")].filter(Boolean).join(", "),
        on: {
          click: open,
          keydown: (event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), open()),
        },
      },
      marks,
    );
    group.append(tipped(button, () => lines));
  }
  roving(group);
  return group;
}
