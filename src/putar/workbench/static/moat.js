// Moat: what a rival lacks, how long and how much until parity by building or by contract.

function moatSection() {
  const moat = record(PAYLOAD.moat);
  const rivals = list(moat.rivals).map(record);
  if (rivals.length === 0) return null;
  const unit = record(moat.unit);
  const named = new Map(list(moat.capabilities).map((each) => [text(record(each).name), text(record(each).title)]));
  const nameOf = (capability) => named.get(capability) || titleOf(capability);
  const part = (way, key) => (row) => number(record(row[way])[key]);
  const ranged = (way, key) => (row) => {
    const range = record(record(record(row[way]).varied)[key]);
    const words = key === "share_out_of_reach" ? percent(part(way, key)(row)) : decimal(part(way, key)(row));
    const [low, high] = [number(range.low), number(range.high)];
    const share = key === "share_out_of_reach" && low !== null;
    const said = share ? `${percent(low)}–${percent(high)}` : interval(low, high);
    return [words, said && element("span", { class: "under" }, said)];
  };
  const column = (way, key, under = "") => ({
    key: `${way}-${key}`,
    label: say(`moat.${way}_${key}`),
    under,
    csv: `${way}_${key}`,
    numeric: true,
    sorts: true,
    of: part(way, key),
    cell: ranged(way, key),
  });
  const columns = [
    { key: "title", label: say("moat.rival"), wide: true, of: (row) => text(row.title) || text(row.actor) },
    column("build", "gaps"),
    column("build", "years", unitWords(unit.years)),
    column("build", "cost", unitWords(unit.cost)),
    column("build", "share_out_of_reach"),
    column("contract", "years", unitWords(unit.years)),
    column("contract", "cost", unitWords(unit.cost)),
    column("contract", "share_out_of_reach"),
    {
      key: "missing",
      label: say("moat.missing"),
      wide: true,
      of: (row) => list(record(row.build).missing).map((gap) => nameOf(text(record(gap).capability))).join(", "),
    },
  ];
  return section(
    "moat",
    say("moat.title"),
    say("moat.lead", { group: text(record(moat.group).title), goal: percent(number(moat.goal)) }),
    deliveredNote(),
    dataTable({ caption: say("moat.title"), columns, rows: rivals, className: "declared" }).node,
    element(
      "p",
      { class: "note" },
      number(moat.varied_by) !== null && say("moat.varied", { level: decimal(moat.varied_by) }),
    ),
    saveButton("moat", columns, () => rivals),
  );
}
