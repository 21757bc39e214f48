// Story: the claims of a flywheel, judged anew on the runs and games that they read; see flywheels/claim_evidence.py.

const GAME_MEMBERS = 50; // draws of a game at most: each is a run of every coalition

/** Return what answers claims: a generator of judgements that begin with the central runs and sharpen with members. */
function storyOf(program, live, bench) {
  const { claims: known, games, runs } = live.story;
  const tests = known.flatMap((claim) => claim.checks.map((check) => check.test)).filter(Boolean);
  const readers = new Map(); // run: the steps that formulas read, and their rows
  for (const test of tests)
    for (const source of Object.values(test.sources)) {
      if (source.run === undefined) continue;
      const reader = readers.get(source.run) ?? { steps: new Set() };
      readers.set(source.run, reader);
      for (const step of stepsOf(test)) reader.steps.add(step);
    }
  for (const reader of readers.values()) {
    reader.kept = keptSteps(program, reader.steps);
    reader.row = new Map([...reader.steps].sort((a, b) => a - b).map((step, row) => [step, row]));
  }
  const places = new Map(program.outputs.map((name, place) => [name, place]));
  const asksGame = (test) => Object.values(test.sources).some((source) => source.game !== undefined);

  function stepsOf(test) {
    return test.spans.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  }

  /** Return the values of a test's references: of runs, of games, and of numbers at a draw (null: the centre). */
  function valuesOf(test, ran, played, draw) {
    const steps = stepsOf(test);
    const times = steps.map((step) => program.start + step * program.step);
    const found = {};
    for (const [key, source] of Object.entries(test.sources)) {
      if (source.run !== undefined) {
        const { R, rows } = ran.get(source.run);
        const { row } = readers.get(source.run);
        const from = places.get(source.output) * rows;
        found[key] = { times, values: steps.map((step) => R[from + row.get(step)] * source.factor) };
      } else if (source.game !== undefined) found[key] = played.get(source.game)[source.what] * source.factor;
      else if (source.times !== undefined) found[key] = source;
      else if (draw === null || source.family === undefined) found[key] = source.value;
      else found[key] = uncertainAt(source, draw(key));
    }
    return found;
  }

  /** Return the values of a game's links once all coalitions are run; gives way after each run. */
  function* play(game, spec, drawn, draw) {
    const values = new Float64Array(1 << live.links.length);
    const kept = keptSteps(program, stepsAround(program, [game.at]));
    for (let mask = 0; mask < values.length; mask++) {
      const segments = segmentsOf(program, coalitionChanges(live, program, spec, mask, game.cut_from, drawn));
      const rows = runThrough(program, bench, segments, kept, draw);
      [values[mask]] = valuesAt(rows.times, columnOf(rows, places.get(game.output)), [game.at]);
      yield null;
    }
    const shares = shapleyOf(values, live.links.length);
    const named = Object.fromEntries(live.links.map((link, i) => [link, shares[i]]));
    return { all: values[values.length - 1], none: values[0], ...named };
  }

  return function* claims(wish) {
    const { members = 200, seed = 0 } = wish;
    const asked = specOf(live, program, wish);
    const name = wish.scenario ?? live.scenario;
    const specs = new Map(
      Array.from(readers.keys(), (run) => [run, run === name ? asked : combinedSpec(asked, runs[run])]),
    );
    const centres = new Map(); // test: what it says at the central runs
    const drawn = new Map(tests.map((test) => [test, []]));
    const ran = new Map();
    for (const [run, spec] of specs) {
      const segments = segmentsOf(program, changesOf(live, program, spec));
      ran.set(run, runThrough(program, bench, segments, readers.get(run).kept, { seed, member: 0 }));
      yield null;
    }
    const centre = (test, played) => centres.set(test, compared(test, valuesOf(test, ran, played, null)));
    const [plain, gaming] = [tests.filter((test) => !asksGame(test)), tests.filter(asksGame)];
    for (const test of plain) centre(test, null);
    yield judged(0);
    const played = new Map();
    for (const [game, row] of Object.entries(games))
      played.set(game, yield* play(row, asked, [], { seed, member: 0 }));
    for (const test of gaming) centre(test, played);
    yield judged(0);

    const streams = new Map([...specs].map(([run, spec]) => [run, drawsOf(live, spec, seed)]));
    const uniforms = new Map();
    const share = (member) => (key) => {
      if (!uniforms.has(key)) uniforms.set(key, uniformOf(`fact:${key}`, seed));
      return uniforms.get(key)(member);
    };
    const inGames = drawsOf(live, asked, seed);
    /** One member: all runs that are read, then what its tests say. */
    function* member(number, which, withGames) {
      const draw = { seed, member: number };
      const needed = new Set(which.flatMap((test) => Object.values(test.sources).map((source) => source.run)));
      const own = new Map();
      for (const [run, spec] of specs) {
        if (!needed.has(run)) continue;
        const segments = segmentsOf(program, changesOf(live, program, spec, streams.get(run)(number)));
        own.set(run, runThrough(program, bench, segments, readers.get(run).kept, draw));
        yield null;
      }
      const answers = new Map();
      if (withGames)
        for (const [game, row] of Object.entries(games))
          answers.set(game, yield* play(row, asked, inGames(number), draw));
      for (const test of which) drawn.get(test).push(compared(test, valuesOf(test, own, answers, share(number))));
    }
    for (let number = 0; number < members; number++) {
      yield* member(number, plain, false);
      if (number % 25 === 24 && number + 1 < members) yield judged(number + 1);
    }
    if (gaming.length > 0) {
      yield judged(members);
      for (let number = 0; number < Math.min(members, GAME_MEMBERS); number++) yield* member(number, gaming, true);
    }
    return judged(members);

    function judged(done) {
      const rows = known.map((claim) => {
        const checks = claim.checks.map(({ id, verdict, test }) => [
          id,
          test && centres.has(test) ? judgedTest(test, centres.get(test), drawn.get(test)) : { verdict },
        ]);
        const verdict = claimVerdict(checks.map(([, check]) => check.verdict));
        return [claim.id, { verdict, checks: Object.fromEntries(checks) }];
      });
      return { done, members, claims: Object.fromEntries(rows) };
    }
  };
}
