// Lamps: the claims judged anew as the settings change. At once at central values, then over drawn members.

const JUDGED_MEMBERS = 200;
const BETWEEN_JUDGEMENTS = 160; // milliseconds, so that lines come before lamps while a slider moves
const CENTRAL = new Map(); // claim id: its verdict at the central values of the page's own run

/** Judge the claims a moment after the settings changed; a newer change stops what is under way. */
const judgeClaims = (() => {
  let [turn, last] = [0, 0];
  const judge = async (members) => {
    last = performance.now();
    const settings = settingsNow();
    const take = (part) => {
      if (!part || !sameSettings(settings, settingsNow())) return;
      if (part.done > 0 && part.done < members) return; // a few members would make lamps flicker
      takeJudgement(part.claims, part.done);
    };
    try {
      take(await MACHINE.claims({ ...wishOf(settings), members, seed: number(ENGINE.seed) ?? 0 }, take));
    } catch {
      // a run that fails is told where its lines would be; the lamps stay as they were
    }
  };
  const go = async (mine) => {
    const newer = () => mine !== turn;
    await pause(Math.max(0, BETWEEN_JUDGEMENTS - (performance.now() - last)));
    if (newer()) return;
    await central();
    if (newer() || untouched()) return;
    await judge(0);
    await pause(700);
    if (!newer()) await judge(JUDGED_MEMBERS);
  };
  return () => {
    if (!LIVE.up || CLAIMS.length === 0) return;
    MACHINE.stop("claims");
    turn += 1;
    if (untouched()) {
      CLAIMS_NOW.clear();
      tell("claims");
    }
    go(turn);
  };
})();

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Judge the page's own run at its central values, once: what a verdict without members is compared with. */
const central = (() => {
  let asked = null;
  const find = async () => {
    const found = await MACHINE.claims({ lane: "central", members: 0 });
    for (const [id, row] of Object.entries(found?.claims ?? {})) CENTRAL.set(id, row);
  };
  return () => (asked ??= find());
})();

/** Take over a judgement; without members, only what differs from the page's own run without members. */
function takeJudgement(rows, members) {
  for (const claim of CLAIMS) {
    const row = rows[text(claim.id)];
    if (row) CLAIMS_NOW.set(
      text(claim.id),
      judgedClaim(claim, row, members > 0 ? null : CENTRAL.get(text(claim.id))),
    );
  }
  tell("claims");
}

/** Return a claim with the verdicts and numbers of a judgement; `central` is that of the default at central values. */
function judgedClaim(claim, row, central) {
  const settled = (before, id, now, was) => (central && now === was ? before : now);
  const checks = list(claim.checks)
    .map(record)
    .map((check) => {
      const found = row.checks[text(check.id)];
      if (!found) return check;
      const verdict = settled(check.verdict, check.id, found.verdict, central?.checks[text(check.id)]?.verdict);
      if (number(found.value) === null) return { ...check, verdict };
      const computed = { value: found.value, low: number(found.low), high: number(found.high) };
      const bounds = list(found.bounds).map(number);
      const bound = bounds.length === 0 ? check.bound : bounds.length === 1 ? bounds[0] : bounds;
      return { ...check, verdict, computed, bound, probability: number(found.probability), changed: true };
    });
  return { ...claim, checks, verdict: settled(claim.verdict, claim.id, row.verdict, central?.verdict) };
}
