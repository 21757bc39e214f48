// Ask: only on pages that `putar serve` serves. Heavier questions go to Python over HTTP, with the reader's settings,
// and come back as the documents of the command line; they are shown as tables.

const ASKED = { question: "run", members: 1000, answer: null, trouble: "", waits: false, seconds: 0 };
const ASK_QUESTIONS = ["run", "links", "loops", "claims"];

/** Return the body of a question: the reader's settings, as the command line takes them. */
function askBody(settings, members) {
  const set = Object.fromEntries(
    Object.entries(settings.set).map(([name, value]) => {
      const date = settings.from[name] ?? null;
      return [date === null ? name : `${name}@${date}`, value];
    }),
  );
  const { cut: links, cutFrom } = settings;
  const cut = ASKED.question === "links" ? {} : { cut: links };
  if (ASKED.question !== "links" && links.length > 0 && cutFrom !== null) cut.cut_from = cutFrom;
  return { scenario: SHOWN_RUN.name, set, ...cut, members, seed: number(ENGINE.seed) ?? 0 };
}

/** Put a question to the server this page came from; resolves with its document, or fails with its words. */
async function askServer(question, body) {
  const [, model] = location.pathname.split("/"); // what the server calls the model of this page
  const address = `/api/models/${model}/${question}`;
  const said = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const found = await said.json();
  if (!said.ok) throw new Error([text(found.error), text(found.fix)].filter(Boolean).join(". "));
  return found;
}

/** Make the section: which question, how many members, and the answer below. */
function askSection() {
  const box = element("div", { class: "ask-answer", "aria-live": "polite" });
  const choice = element(
    "select",
    { "aria-label": say("ask.question") },
    ASK_QUESTIONS.map((each) =>
      element("option", { value: each, selected: each === ASKED.question }, say(`ask.${each}`)),
    ),
  );
  choice.addEventListener("change", () => (ASKED.question = choice.value));
  const members = element("input", {
    type: "number",
    min: 0,
    max: 10000,
    step: 100,
    value: ASKED.members,
    "aria-label": say("ask.members"),
  });
  members.addEventListener("input", () => (ASKED.members = Math.max(0, Math.trunc(Number(members.value)) || 0)));
  const button = plainButton(say("ask.ask"), () => ask(), { class: "ask-button" });
  const show = () => {
    button.disabled = ASKED.waits;
    box.replaceChildren(...askAnswer().filter(Boolean));
  };
  const ask = async () => {
    const began = performance.now();
    Object.assign(ASKED, { waits: true, answer: null, trouble: "" });
    show();
    try {
      const question = ASKED.question;
      ASKED.answer = { question, found: await askServer(question, askBody(settingsNow(), ASKED.members)) };
    } catch (error) {
      ASKED.trouble = error.message;
    }
    Object.assign(ASKED, { waits: false, seconds: (performance.now() - began) / 1000 });
    tell("asked");
  };
  listen("asked", show);
  show();
  const row = element(
    "div",
    { class: "ask-row" },
    choice,
    element("label", {}, `${say("ask.members")} `, members),
    button,
  );
  return section("ask", say("ask.title"), say("ask.lead"), row, box);
}

/** Return what stands below the question: nothing yet, that it is being computed, why not, or the answer. */
function askAnswer() {
  if (ASKED.waits) return [element("p", {}, say("ask.waits"))];
  if (ASKED.trouble) return [element("p", { class: "trouble" }, ASKED.trouble)];
  if (!ASKED.answer) return [];
  const { question, found } = ASKED.answer;
  const table = ASK_TABLES[question](found);
  const took = element("p", { class: "under" }, say("ask.took", { seconds: decimal(ASKED.seconds) }));
  return [dataTable({ caption: say(`ask.${question}`), first: 60, ...table }).node, took];
}

const askNumber = (key, label, of) => ({ key, label, numeric: true, of });

/** A table for each question: columns and rows out of its document. */
const ASK_TABLES = {
  run: (found) => {
    const rows = list(found.headline)
      .map(record)
      .map((row) => ({ ...row, last: record(list(row.points).at(-1)) }));
    const labels = new Map(HEADLINES.map((row) => [row.name, row.label]));
    return {
      rows,
      columns: [
        { key: "name", label: say("ask.indicator"), of: (row) => labels.get(row.name) ?? text(row.name) },
        { key: "unit", label: say("source.unit"), of: (row) => unitWords(row.unit) },
        askNumber("value", moment(rows[0]?.last.time), (row) => number(row.last.value)),
        askNumber("low", say("headline.low"), (row) => number(row.last.low)),
        askNumber("high", say("headline.high"), (row) => number(row.last.high)),
      ],
    };
  },
  links: (found) => ({
    rows: list(found.links).map(record),
    columns: [
      { key: "id", label: say("links.link"), of: (row) => record(LINK_IDS.get(row.id)).title ?? text(row.id) },
      askNumber("shapley", say("links.shapley"), (row) => number(row.shapley)),
      askNumber("low", say("links.low"), (row) => number(row.low)),
      askNumber("high", say("links.high"), (row) => number(row.high)),
      askNumber("last", say("links.last"), (row) => number(row.last)),
    ],
  }),
  loops: (found) => ({
    rows: list(found.loops).map(record).slice(0, 60),
    columns: [
      { key: "id", label: say("source.id"), of: (row) => text(row.id) },
      { key: "name", label: say("ask.loop"), of: (row) => text(row.name), wide: true },
      { key: "polarity", label: "±", of: (row) => text(row.polarity) },
      {
        ...askNumber("average", say("ask.average"), (row) => number(row.average)),
        cell: (row) => percent(row.average),
      },
    ],
  }),
  claims: (found) => {
    const said = new Map(CLAIMS.map((claim) => [claim.id, claim.says]));
    return {
      rows: list(found.claims).map(record),
      columns: [
        { key: "says", label: say("claims.title"), of: (row) => said.get(row.id) ?? text(row.says), wide: true },
        {
          key: "verdict",
          label: say("ask.verdict"),
          of: (row) => sayOr(`verdict.${text(row.verdict)}`, text(row.verdict)),
        },
      ],
    };
  },
};
