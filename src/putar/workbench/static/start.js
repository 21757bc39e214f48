// Start: reads the address, puts the sections in their order, then lets the reader in.

readHash();
showTheme();
placeCursor();

/** Draw the whole page in the language that was chosen; called again when another is. */
function drawPage() {
  if (STATE.lang) document.documentElement.lang = STATE.lang;
  forgetListeners();
  listen("lang", () => changeLanguage());
  document.querySelector(".skip").textContent = say("page.skip");
  drawOpening();
  const fold = element(
    "div",
    { class: "fold" },
    element(
      "div",
      { class: "say" },
      document.getElementById("opening"),
      HEADLINES.length > 1 ? indicatorCards() : null,
      headlineSection(),
    ),
    claimsRail(),
  );
  const sections = [
    linksSection(),
    pairsBlock(),
    loopsSection(),
    scenariosSection(),
    parametersSection(),
    factsSection(),
    subsystemsSection(),
    element("div", { class: "two" }, warningsSection(), limitsSection()),
  ];
  sections[0].append(sections[1]);
  document.getElementById("page").replaceChildren(fold, sections[0], ...sections.slice(2));
  document.querySelector("footer")?.remove();
  document.getElementById("page").after(footer());
  drawBar(
    [
      ["claims", say("bar.claims")],
      ["links", say("bar.links")],
      ["loops", say("bar.loops")],
      ["scenarios", say("bar.scenarios")],
      ["parameters", say("bar.parameters")],
      ["facts", say("bar.facts")],
      ["equations", say("bar.equations")],
      ["limits", say("bar.limits")],
    ].filter(([id]) => document.getElementById(id)),
  );
  drawDrawer();
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
addEventListener(
  "hashchange",
  () =>
    STATE.open !== (new URLSearchParams(location.hash.slice(1)).get("open") ?? "") &&
    openDrawer(new URLSearchParams(location.hash.slice(1)).get("open")),
);
addEventListener("scroll", hideTip, { passive: true });

/** On paper every source is shown: the facts are the end notes. */
addEventListener("beforeprint", () => {
  for (const button of document.querySelectorAll(".more:not([hidden])")) button.click();
});
document.documentElement.dataset.ready = "true";
