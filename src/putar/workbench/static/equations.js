// Equations: an equation as text in which each known name opens its source.

/** Return the nodes of a text in which each name that `opener` knows becomes its button. */
function withButtons(words, opener) {
  const nodes = [];
  let at = 0;
  for (const match of words.matchAll(NAME_IN_TEXT)) {
    // a claim names a run before the variable: base.users.weekly_users
    const tail = match[0].slice(match[0].indexOf(".") + 1);
    const name = [match[0], tail].find((each) => opener(each));
    if (!name) continue;
    const start = match.index + match[0].length - name.length;
    nodes.push(words.slice(at, start), opener(name));
    at = start + name.length;
  }
  return [...nodes, words.slice(at)];
}

/** Return the nodes of an equation or formula; names of variables, parameters and facts become buttons. */
function equationNodes(equation, subsystem) {
  return withButtons(text(equation), (name) => {
    const entry = entryOf(name, subsystem);
    if (entry) return nameButton(name, entry.name);
    return Object.hasOwn(FACTS, name) ? factButton(name) : null;
  });
}

/** Return prose in which fact ids and qualified names open their source. */
function linkedText(prose) {
  return withButtons(capitalised(prose), (name) => {
    if (Object.hasOwn(FACTS, name)) return factButton(name);
    return name.includes(".") && NAMES.has(name) ? nameButton(name, name) : null;
  });
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
