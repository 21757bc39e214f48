// Told: the flywheel's own texts and the sentences made of numbers, in the language of the page.
// They are changed where they stand in the payload, so that all who hold a part of it have the new words.

/** Keys whose values name things, and are never said. */
const NAMING = new Set(
  ("id name variable equation unit kind status from to a b output linchpin hash program decided_by through url date " +
    "border polarity comparator verdict formula")
    .split(" "),
);

/** Keys below which nothing is said: numbers, names, the tables themselves. */
const SILENT = new Set(["live", "order", "points", "series", "stocks", "texts", "variables"]);

/** Where a text stands that another language has: [holder, key, English]. */
const TOLD_PLACES = (() => {
  const known = new Set(Object.values(record(PAYLOAD.texts)).flatMap((table) => Object.keys(record(table))));
  const places = [];
  const visit = (holder) => {
    const loop = !Array.isArray(holder) && "polarity" in holder; // its name is a title
    for (const [key, value] of Object.entries(holder)) {
      if (typeof value === "string") {
        const names = NAMING.has(key) && !(loop && key === "name");
        if (!names && known.has(value)) places.push([holder, key, value]);
      } else if (value !== null && typeof value === "object" && !SILENT.has(key)) visit(value);
    }
  };
  if (known.size > 0) visit(PAYLOAD);
  return places;
})();

/** Put every text of the payload into the language of the page; what it lacks is English. */
function tellPayload() {
  const table = record(record(PAYLOAD.texts)[language()]);
  for (const [holder, key, english] of TOLD_PLACES)
    holder[key] = Object.hasOwn(table, english) ? table[english] : english;
}
