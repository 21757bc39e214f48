// Equations: an equation as text in which each known name opens its source.

/** Return the nodes of an equation or formula; names of variables, parameters and facts become buttons. */
function equationNodes(equation, subsystem) {
  const nodes = [];
  let at = 0;
  for (const match of text(equation).matchAll(NAME_IN_TEXT)) {
    const entry = entryOf(match[0], subsystem);
    if (!entry && !Object.hasOwn(FACTS, match[0])) continue;
    nodes.push(equation.slice(at, match.index), entry ? nameButton(match[0], entry.name) : factButton(match[0]));
    at = match.index + match[0].length;
  }
  return [...nodes, text(equation).slice(at)];
}

/** Return an equation as a block of code. */
function equationBlock(equation, subsystem = "") {
  return element("code", { class: "equation" }, equationNodes(equation, subsystem));
}

/** Make a button that opens a variable or a parameter. */
function nameButton(label, name) {
  return plainButton(label, () => openDrawer(`name:${name}`), { class: "name" });
}

/** Make a button that opens a fact. */
function factButton(id) {
  if (!Object.hasOwn(FACTS, id)) return element("span", { class: "fact-id missing" }, id);
  return tipped(
    plainButton(id, () => openDrawer(`fact:${id}`), { class: "fact-id" }),
    () => {
      const fact = record(FACTS[id]);
      return [text(fact.quantity), amount(fact.value, fact.unit, exact), text(fact.publisher)];
    },
  );
}

/** Return the facts of something as buttons. */
function factButtons(ids) {
  const known = list(ids).map(text).filter(Boolean);
  return known.length === 0 ? null : element("span", { class: "fact-ids" }, known.map(factButton));
}

/** Make a number of a sentence or table that opens where it comes from; without a source it is plain text. */
function sourced(label, key) {
  return key ? plainButton(label, () => openDrawer(key), { class: "sourced" }) : element("span", {}, label);
}
