// Worth: what the value of the run is made of, and which loops of the story close in the model.

function worthSection() {
  const worth = record(PAYLOAD.value);
  const parts = list(worth.parts).map(record);
  if (parts.length === 0) return null;
  const unit = unitWords(text(worth.unit));
  const money = (key) => ({
    key,
    label: say(`worth.${key}`, { date: text(number(worth.at)) }),
    under: unit,
    csv: key,
    numeric: true,
    of: (row) => number(row[key]),
  });
  const columns = [
    { key: "title", label: say("worth.part"), wide: true, of: (row) => text(row.title) || text(row.name) },
    ...["present", "terminal", "value"].map(money),
    {
      key: "multiple",
      label: say("worth.multiple"),
      csv: "multiple",
      numeric: true,
      of: (row) => number(row.multiple),
    },
    {
      key: "growth",
      label: say("worth.growth"),
      csv: "implied_growth",
      numeric: true,
      of: (row) => number(row.implied_growth),
      cell: (row) => {
        const growth = number(row.implied_growth);
        return growth === null ? percent(growth) : `${decimal(100 * growth, 2)}%`;
      },
    },
  ];
  return section(
    "worth",
    say("worth.title"),
    worthLead(worth),
    deliveredNote(),
    dataTable({ caption: say("worth.title"), columns, rows: parts, className: "declared" }).node,
    element("ul", { class: "note" }, worthNotes(worth).map((sentence) => element("li", {}, sentence))),
    saveButton("worth", columns, () => parts),
  );
}

/** Whether the whole is worth more than with every link at arm's length. */
function worthLead(worth) {
  const [whole, apart] = [number(worth.whole), number(worth.apart)];
  const said = amount(whole, text(worth.unit));
  if (apart === null) return say("worth.whole", { whole: said });
  const added = decimal(Math.abs(whole - apart));
  return say(whole < apart ? "worth.less" : "worth.more", { whole: said, added, apart: decimal(apart) });
}

function worthNotes(worth) {
  const share = number(worth.terminal_share);
  const places = { share: percent(share), date: text(number(worth.at)), discount: percent(number(worth.discount)) };
  const end = share !== null && say(worth.mostly_terminal === true ? "worth.mostly_end" : "worth.end", places);
  const stated = list(worth.stated)
    .map(record)
    .map((row) => {
      const named = { title: text(row.title), value: decimal(number(row.value)) };
      const times = number(row.times);
      return times === null ? say("worth.stated", named) : say(
        "worth.stated_times",
        { ...named, times: decimal(times) },
      );
    });
  return [end, ...stated].filter(Boolean);
}

function toldSection() {
  const told = list(PAYLOAD.told).map(record);
  if (!told.some((loop) => loop.closes === false)) return null;
  const share = (loop) => (loop.closes === true ? number(loop.average) : null);
  const rows = [...told].sort(
    (a, b) => (share(b) ?? -1) - (share(a) ?? -1) || (b.closes === true) - (a.closes === true),
  );
  const gap = (loop) => {
    const ends = record(loop.gap);
    return say("told.gap", { from: text(ends.from_label), to: text(ends.to_label) });
  };
  const columns = [
    {
      key: "name",
      label: say("told.loop"),
      wide: true,
      of: (loop) => `${text(loop.id)} ${text(loop.name)}`,
      cell: (loop) => [element("span", { class: "under" }, text(loop.id)), " ", text(loop.name)],
    },
    {
      key: "closes",
      label: say("told.closes"),
      of: (loop) => say(loop.closes === true ? "number.yes" : "number.no"),
    },
    {
      key: "share",
      label: say("told.share"),
      csv: "share",
      numeric: true,
      of: share,
      cell: (loop) => (loop.closes === true ? percent(share(loop) ?? 0) : ""),
    },
    {
      key: "gap",
      label: say("told.why"),
      wide: true,
      of: (loop) => (loop.closes === true ? "" : `${gap(loop)} ${text(loop.reason)}`.trim()),
    },
  ];
  const closed = told.filter((loop) => loop.closes === true).length;
  return section(
    "told",
    say("told.title"),
    say("told.lead", { closed, told: told.length }),
    deliveredNote(),
    dataTable({ caption: say("told.title"), columns, rows, className: "declared" }).node,
    saveButton("told", columns, () => rows),
  );
}
