// Start: reads the address, puts the sections in their order, then lets the reader in.

readHash();
showTheme();
placeCursor();
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
