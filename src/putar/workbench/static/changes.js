// Changes: views, undo, redo, replay and the copied address; what was changed, in words, with a way back.

const FIRST_CHANGES = 4; // chips shown before the reader asks for all

const viewTitle = (view) => text(view.row.title) || inWords(view.name);

/** The three named views as buttons; the one that the settings are is pressed. */
function viewButtons() {
  if (VIEWS.length === 0) return null;
  const buttons = VIEWS.map((view) => ({
    view,
    button: tipped(
      plainButton(viewTitle(view), () => act({ act: "take", settings: view.settings })),
      () => [viewTitle(view), text(view.row.reason)],
    ),
  }));
  const group = element(
    "div",
    { class: "switch views", role: "group", "aria-label": say("views.name") },
    buttons.map((each) => each.button),
  );
  const show = () => {
    for (const { view, button } of buttons) {
      button.setAttribute("aria-pressed", String(sameSettings(view.settings, settingsNow())));
      button.disabled = !LIVE.up;
    }
  };
  listen("settings up", show);
  show();
  return group;
}

const arrowIcon = (mirrored) =>
  icon(
    18,
    drawn("path", {
      d: mirrored
        ? "M12.5 3.5L17 8l-4.5 4.5M16.5 8H8a5 5 0 0 0 0 10h2"
        : "M7.5 3.5L3 8l4.5 4.5M3.5 8H12a5 5 0 0 1 0 10h-2",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 1.8,
    }),
  );

/** Undo, redo, replay: pressed by pointer, or by the keys that everybody knows. */
function historyTools() {
  const tool = (words, mark, action) => plainButton(
    mark,
    action,
    { class: "tool", "aria-label": words, title: words },
  );
  const undo = tool(say("changes.undo"), arrowIcon(false), () => act({ act: "undo" }));
  const redo = tool(say("changes.redo"), arrowIcon(true), () => act({ act: "redo" }));
  const replay = tool(
    say("changes.replay"),
    icon(
      18,
      drawn(
        "path",
        { d: "M4 10a6 6 0 1 0 2-4.500M6 2v4h4", fill: "none", stroke: "currentColor", "stroke-width": 1.8 },
      ),
    ),
    replayLast,
  );
  const show = () => {
    undo.disabled = !canUndo() || !LIVE.up;
    redo.disabled = !canRedo() || !LIVE.up;
    replay.disabled = !canUndo() || !LIVE.up;
  };
  listen("settings up", show);
  show();
  return element("div", { class: "tools", role: "group", "aria-label": say("changes.tools") }, undo, redo, replay);
}

/** The keys of undo and redo that everybody knows. */
function historyKeys(event) {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("input[type=text], input[type=search]")) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  act({ act: key === "y" || event.shiftKey ? "redo" : "undo" });
}

/** Show the last change once more: from what was before it, step by step, to what is now. */
async function replayLast() {
  const [before, after] = [timeline.past.at(-1), timeline.now];
  if (!before) return;
  const shares = REDUCED.matches ? [0, 1] : Array.from({ length: 25 }, (_, index) => index / 24);
  const kept = timeline;
  for (const share of shares) {
    if (timeline.past !== kept.past) return; // the reader changed something meanwhile
    timeline = { ...kept, now: share === 0 ? before : share === 1 ? after : settingsBetween(before, after, share) };
    tell("settings");
    await new Promise((resolve) => setTimeout(resolve, REDUCED.matches ? 1200 : share === 0 ? 700 : 55));
  }
}

/** Return settings between two; what is only in one of them comes in from its default, links at the end. */
function settingsBetween(a, b, share) {
  const names = [...new Set([...Object.keys(a.set), ...Object.keys(b.set)])];
  const part = (name) => {
    const [x, y] = [a.set[name] ?? defaultOf(name), b.set[name] ?? defaultOf(name)];
    return x + share * (y - x);
  };
  const from = { ...a.from, ...b.from };
  return {
    set: Object.fromEntries(names.map((name) => [name, part(name)])),
    from: Object.fromEntries(names.map((name) => [name, from[name] ?? null])),
    cut: a.cut,
    cutFrom: a.cutFrom,
  };
}

/** The button that copies the address of what is shown. */
function copyButton() {
  const said = element("span", { class: "note copied", role: "status" });
  let timer = 0;
  const show = (words) => {
    said.textContent = words;
    clearTimeout(timer);
    timer = setTimeout(() => (said.textContent = ""), 6000);
  };
  return element(
    "span",
    { class: "copy" },
    said,
    plainButton(say("share.copy"), () => copyAddress(show), { class: "quiet" }),
  );
}

/** The row below the verdict: each change as a chip that takes it back, and reset. */
function changesRow() {
  const row = element("div", { class: "changes", role: "group", "aria-label": say("changes.name") });
  let open = false;
  const show = () => {
    const settings = settingsNow();
    const held = row.contains(document.activeElement);
    row.hidden = untouched(settings);
    const view = viewNow();
    const values = Object.entries(settings.set).map(([name, value]) => {
      const source = NAMES.get(name).row;
      const back = () => act({ act: "set", name, value: null });
      return changeChip(labelOf(source), amount(value, text(source.unit)), back);
    });
    const cuts = settings.cut.map((id) =>
      changeChip(text(LINK_IDS.get(id)?.title) || id, say("changes.cut"), () => act({ act: "toggle", link: id })),
    );
    const chips = [...cuts, ...values];
    const shown = open ? chips : chips.slice(0, FIRST_CHANGES);
    const rest = chips.length - shown.length;
    row.replaceChildren(
      element(
        "span",
        { class: "note" },
        view ? say("changes.view", { title: viewTitle(view) }) : say("changes.title"),
      ),
      ...shown,
      rest > 0 ? plainButton(sayCount("pins.more", rest), () => ((open = true), show()), { class: "quiet" }) : "",
      plainButton(say("changes.reset"), () => act({ act: "take", settings: UNTOUCHED }), { class: "quiet" }),
    );
    if (held) row.querySelector("button")?.focus();
  };
  listen("settings", show);
  show();
  return row;
}

function changeChip(label, value, back) {
  return plainButton([label, " ", element("b", {}, value), icon(11, cross("currentColor", 4))], back, {
    class: "change-chip",
    "aria-label": say("changes.back", { label, value }),
  });
}

/** Say what went wrong with an address or a run, with the way out as a button. */
function troubleRow() {
  const row = element("div", { class: "trouble", role: "status" });
  const show = () => {
    const failed = LIVE.failed;
    const words = failed
      ? failed.variable
        ? say("changes.failed", { variable: failed.variable, date: moment(failed.time), why: failed.why })
        : failed.why
      : addressTrouble?.() || (LIVE.why && say("changes.static", { why: LIVE.why }));
    row.hidden = !words;
    row.replaceChildren(
      ...[
        words && icon(16, ...warningMark()),
        words,
        failed && plainButton(say("changes.undo"), () => act({ act: "undo" }), { class: "quiet" }),
      ].filter(Boolean),
    );
  };
  listen("live up settings", show);
  show();
  return row;
}
