// Facts: the sourced numbers, each with the page it comes from.

function factsSection() {
  const rows = Object.entries(FACTS).map(([id, fact]) => ({ id, ...record(fact) }));
  if (rows.length === 0) return section("facts", say("facts.title"), "", empty(say("facts.empty")));
  const columns = [
    {
      key: "quantity",
      label: say("facts.quantity"),
      sorts: true,
      wide: true,
      of: (row) => text(row.quantity),
      cell: (row) => [
        plainButton(text(row.quantity) || row.id, () => openDrawer(`fact:${row.id}`), { class: "name said" }),
        element("span", { class: "under code" }, row.id),
      ],
    },
    {
      key: "value",
      label: say("facts.value"),
      sorts: true,
      numeric: true,
      of: (row) => number(row.value),
      cell: factValue,
    },
    {
      key: "date",
      label: say("facts.date"),
      sorts: true,
      of: (row) => text(row.date),
      cell: (row) => dateWords(row.date),
    },
    {
      key: "kind",
      label: say("facts.kind"),
      sorts: true,
      of: (row) => text(row.kind),
      cell: (row) => [
        chip(text(row.kind)),
        row.unconfirmed === true ? element("span", { class: "under" }, say("facts.unconfirmed")) : "",
      ],
    },
    {
      key: "source",
      label: say("facts.source"),
      sorts: true,
      wide: true,
      of: (row) => text(row.publisher),
      cell: (row) => [
        sourceLink(row.url, text(row.source_title) || text(row.url)),
        element("span", { class: "under" }, text(row.publisher)),
      ],
    },
  ];
  const saved = [
    "id",
    "quantity",
    "value",
    "low",
    "high",
    "unit",
    "date",
    "kind",
    "source_title",
    "publisher",
    "url",
    "note",
  ].map((key) => ({ key, label: key, of: (row) => row[key] }));
  const table = dataTable({
    caption: say("facts.table"),
    columns,
    rows,
    first: 8,
    className: "cards-on-phone facts",
    more: "facts.more",
  });
  const found = element("p", { class: "note", role: "status" });
  const search = element("input", {
    type: "search",
    "aria-label": say("facts.search"),
    placeholder: say("facts.search"),
  });
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = rows.filter((row) => {
      const all = Object.values(row).map(text).join(" ").toLowerCase();
      return words.every((word) => all.includes(word));
    });
    table.show(wanted, words.length > 0);
    found.textContent =
      wanted.length === 0 ? say("facts.none") : say("parameters.found", { n: wanted.length, all: rows.length });
  });
  return section(
    "facts",
    say("facts.title"),
    say("facts.lead"),
    element("div", { class: "filters" }, search),
    found,
    table.node,
    saveButton("facts", saved, () => table.visible()),
  );
}

function factValue(row) {
  return [
    element("b", {}, amount(row.value, row.unit, exact)),
    interval(row.low, row.high) && element("span", { class: "under" }, interval(row.low, row.high, row.unit)),
  ];
}
