// Subsystems: the equations, one room at a time, closed until they are asked for.

function subsystemsSection() {
  if (SUBSYSTEMS.length === 0)
    return section("equations", say("equations.title"), "", empty(say("equations.empty")));
  const rooms = SUBSYSTEMS.map(roomDetails);
  const all = plainButton(
    say("equations.open_all"),
    () => {
      const open = rooms.some((room) => !room.open);
      for (const room of rooms) room.open = open;
      all.textContent = say(open ? "equations.close_all" : "equations.open_all");
    },
    { class: "quiet" },
  );
  const count = SUBSYSTEMS.reduce((sum, subsystem) => sum + list(subsystem.variables).length, 0);
  return section(
    "equations",
    say("equations.title"),
    say("equations.lead", { n: decimal(count, 9), rooms: SUBSYSTEMS.length }),
    all,
    element("div", { class: "rooms" }, rooms),
  );
}

function roomDetails(subsystem) {
  const variables = list(subsystem.variables).map(record);
  const name = text(subsystem.name);
  const details = element(
    "details",
    { class: "subsystem", "data-subsystem": name },
    element(
      "summary",
      {},
      element("span", { class: "subsystem-title" }, text(subsystem.title) || inWords(name)),
      element("span", { class: "under" }, sayCount("equations.count", variables.length)),
    ),
    text(subsystem.reason) && element("p", { class: "lead" }, linkedText(subsystem.reason)),
  );
  // built when first opened: a large model has hundreds of equations
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector(".variables"))
      details.append(
        element(
          "div",
          { class: "variables" },
          variables.map((variable) => variableRow(variable, name)),
        ),
      );
  });
  return details;
}

function variableRow(variable, subsystem) {
  const name = text(variable.name);
  return element(
    "div",
    { class: "variable" },
    element(
      "div",
      { class: "variable-head" },
      nameButton(name, qualified(subsystem, name)),
      kindMark(text(variable.kind)),
      element("span", { class: "unit" }, unitWords(variable.unit) || say("unit.none")),
      chip(text(variable.status)),
    ),
    text(variable.equation) && equationBlock(text(variable.equation), subsystem),
    (text(variable.reason) || list(variable.facts).length > 0) &&
      element("p", { class: "why" }, linkedText(variable.reason), " ", factButtons(variable.facts)),
  );
}

/** Open one room's equations and go there. */
function openSubsystem(name) {
  const details = [...document.querySelectorAll("[data-subsystem]")].find(
    (each) => each.dataset.subsystem === name,
  );
  if (!details) return;
  hideTip();
  details.open = true;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  details.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  details.querySelector("summary").focus({ preventScroll: true });
}
