// Elements: the only place that makes nodes. Texts become text nodes, so nothing in a payload is read as markup.

const SVG_SPACE = "http://www.w3.org/2000/svg";

function finished(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, action] of Object.entries(value)) node.addEventListener(event, action);
    else if (name === "vars") for (const [key, each] of Object.entries(value)) node.style.setProperty(key, each);
    else if (name.startsWith("on") || name === "style" || name === "srcdoc")
      throw new Error(`no attribute ${name}`);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(
    ...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false && child !== ""),
  );
  return node;
}

/** Make an HTML element; `on` holds listeners, `vars` style properties. */
function element(tag, attributes = {}, ...children) {
  return finished(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
function drawn(tag, attributes = {}, ...children) {
  return finished(document.createElementNS(SVG_SPACE, tag), attributes, children);
}

/** Make an icon: drawn, and silent for screen readers because a word stands beside it. */
function icon(size, ...children) {
  return drawn(
    "svg",
    { class: "icon", width: size, height: size, viewBox: "0 0 20 20", "aria-hidden": "true" },
    ...children,
  );
}

/** Make a button that looks like the text it holds. */
function plainButton(label, action, attributes = {}) {
  return element("button", { type: "button", ...attributes, on: { click: action } }, label);
}

/** Make a link out of the page; any address that is not http or https stays text. */
function sourceLink(address, label) {
  let url = null;
  try {
    url = new URL(text(address));
  } catch {
    return element("span", {}, label);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return element("span", {}, label);
  return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** Make a page section with its heading, one sentence below it, and room for what is operated. */
function section(id, title, lead, ...content) {
  return element(
    "section",
    { id, class: "section", "aria-labelledby": `${id}-title` },
    element(
      "div",
      { class: "head" },
      element("h2", { id: `${id}-title` }, title),
      lead && element("p", { class: "lead" }, lead),
    ),
    content,
  );
}

/** Make the sentence that stands where there is nothing to show. */
function empty(sentence) {
  return element("p", { class: "empty" }, sentence);
}

/**
 * Return a function that shows rows in a box, each by its key: a row that stays keeps its node and is written anew in
 * place, so that neither a press that has begun nor the focus is lost. `make(row)` gives {node, show(row)}.
 */
function keeper(box, make) {
  const held = new Map();
  return (rows) => {
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, each] of held) {
      if (keys.has(key)) continue;
      each.node.remove();
      held.delete(key);
    }
    rows.forEach((row, index) => {
      if (!held.has(row.key)) held.set(row.key, make(row));
      const each = held.get(row.key);
      each.show(row);
      if (box.children[index] !== each.node) box.insertBefore(each.node, box.children[index] ?? null);
    });
  };
}

/** Call `draw(width)` now and whenever the width of `node` changes. */
function whenWide(node, draw) {
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.round(node.clientWidth);
    if (now > 0 && now !== width) draw((width = now));
  }).observe(node);
}

/** Give a group of buttons one place in the tab order; arrows, Home and End move inside it. */
function roving(group, chosen = 0) {
  const all = () => [...group.querySelectorAll("[data-rove]")];
  const only = (target) => all().forEach((each) => each.setAttribute("tabindex", each === target ? "0" : "-1"));
  only(all()[chosen] ?? all()[0]);
  group.addEventListener("focusin", (event) => event.target.matches("[data-rove]") && only(event.target));
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[
      event.key
    ];
    const items = all();
    const at = items.indexOf(document.activeElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    items[
      Number.isFinite(step) ? (at + step + items.length) % items.length : step < 0 ? 0 : items.length - 1
    ].focus();
  });
}
