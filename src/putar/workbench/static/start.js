// Start: reads the address, puts the sections in their order, lets the reader in, then wakes the machine.

readAddress();
showTheme();
placeCursor();

/** Draw the whole page in the language that was chosen; called again when another is. */
function drawPage() {
  if (STATE.lang) document.documentElement.lang = STATE.lang;
  tellPayload();
  document.title = `${text(MODEL.title) || text(MODEL.name) || say("page.untitled")} · putar`;
  forgetListeners();
  listen("lang", changeLanguage);
  listen("settings", runSettings);
  listen("settings chart up", findSwings);
  listen("settings up", drawMembers);
  listen("settings up", judgeClaims);
  listen("settings up", scoreLoops);
  document.querySelector(".skip").textContent = say("page.skip");
  drawOpening();
  drawBar();
  const wheel = wheelFigure();
  const fold = element(
    "div",
    { class: "fold" },
    element(
      "div",
      { class: "say" },
      document.getElementById("opening"),
      element("div", { class: wheel ? "pictures" : "pictures alone" }, wheel, headlineSection()),
      clockRow(),
    ),
    claimsRail(),
  );
  const sections = [
    slidersSection(),
    typeof askSection === "function" && askSection(), // only a page that a server serves has it
    loopsSection(),
    linksSection(),
    toldSection(),
    scenariosSection(),
    moatSection(),
    worthSection(),
    ...tableSections(),
    bindsSection(),
    element("div", { class: "two" }, warningsSection(), limitsSection()),
    parametersSection(),
    factsSection(),
    subsystemsSection(),
  ].filter(Boolean);
  document
    .getElementById("page")
    .replaceChildren(...[fold, strip(), contents(waysTo(sections)), ...sections].filter(Boolean));
  document.querySelector("footer")?.remove();
  document.getElementById("page").after(footer());
  drawDrawer();
  listen("claims", refreshClaim);
  listen("settings address", writeAddress);
}

/** Return the sections that there are, each with the word that leads to it. */
function waysTo(sections) {
  return [
    ["sliders", say("bar.sliders")],
    ["ask", say("bar.ask")],
    ["loops", say("bar.loops")],
    ["links", say("bar.links")],
    ["scenarios", say("bar.scenarios")],
    ["warnings", say("bar.warnings")],
    ["limits", say("bar.limits")],
    ["parameters", say("bar.parameters")],
    ["facts", say("bar.facts")],
    ["equations", say("bar.equations")],
  ].filter(([id]) => sections.some((each) => each.id === id || each.querySelector(`#${id}`)));
}

/** Draw the page in another language where the reader is, with the focus back on the switch. */
function changeLanguage() {
  const from = window.scrollY;
  drawPage();
  window.scrollTo({ top: from, behavior: "instant" });
  document.querySelector(".languages [aria-pressed=true]").focus({ preventScroll: true });
}

drawPage();
startDrawer();
writeAddress();
addEventListener("hashchange", () => {
  const asked = new URLSearchParams(location.hash.slice(1)).get("open") ?? "";
  if (STATE.open !== asked) openDrawer(asked);
});
addEventListener("scroll", hideTip, { passive: true });
addEventListener("keydown", historyKeys);
REDUCED.addEventListener("change", () => tell("still"));
NARROW.addEventListener("change", () => tell("narrow"));

/** On paper every source is shown: the facts are the end notes. */
addEventListener("beforeprint", () => {
  for (const button of document.querySelectorAll(".more:not([hidden])")) button.click();
});
document.documentElement.dataset.ready = "true";
startLive();
