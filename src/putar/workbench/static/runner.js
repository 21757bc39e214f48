// Runner: the model, running in the page. The machine works in a worker, or beside the page where none is allowed.

/**
 * @typedef {object} Run
 * @property {Float64Array} times
 * @property {function(string): (Float64Array|null)} value a saved output, [time]; null where it was not saved
 * @property {{variable: string, time: number, why: string}|null} failed the first value that is not finite
 * @property {number} milliseconds that the run took, without the way to the worker and back
 * @property {string} checksum equal to that of `putar run --json` with the same settings
 */

const PATIENCE = 10_000; // milliseconds in which a worker must answer before the model runs beside the page

const RUNNER = (() => {
  const SEED = number(ENGINE.seed) ?? 0; // of the run that wrote the file
  const live = record(PAYLOAD.live);
  const program = typeof PROGRAM === "function" ? PROGRAM() : null;
  const places = new Map(program === null ? [] : program.outputs.map((name, place) => [name, place]));
  const waiting = new Map(); // id: what to do with its answers
  const lanes = new Map(); // lane: {id, next} of the wish under way and the one that waits
  const streams = new Map(); // lane: id of the long answer under way
  let last = 0;
  let send = null;

  function receive({ id, part, done, error }) {
    const asked = waiting.get(id);
    if (!asked) return;
    if (part !== undefined) {
      asked.progress?.(part);
      return;
    }
    waiting.delete(id);
    if (error === undefined) asked.resolve(done);
    else asked.reject(new Error(error));
  }

  /** Start the machine; in a worker if the browser allows one for this file. */
  function start() {
    return new Promise((resolve) => {
      const beside = () => {
        const reply = (content) => queueMicrotask(() => receive(content));
        resolve({ send: ENGINE_ROOM().serve(program, LOOP_PROGRAM, live, reply), worker: false });
      };
      try {
        const text = `"use strict";\n(${ENGINE_ROOM})().listen((${PROGRAM})(), ${LOOP_PROGRAM});\n`;
        const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
        const policy = globalThis.trustedTypes?.createPolicy("putar", {
          createScriptURL: (given) => {
            if (given !== address) throw new TypeError("only the page's own machine may run");
            return given;
          },
        });
        const worker = new Worker(policy ? policy.createScriptURL(address) : address);
        const give = () => {
          worker.terminate();
          beside();
        };
        const late = setTimeout(give, PATIENCE);
        worker.onerror = (event) => {
          event.preventDefault();
          clearTimeout(late);
          give();
        };
        worker.onmessage = ({ data }) => {
          if (data !== "up") return receive(data);
          clearTimeout(late);
          worker.onerror = () => waiting.forEach((asked) => asked.reject(new Error(say("runner.stopped"))));
          URL.revokeObjectURL(address);
          return resolve({ send: (message) => worker.postMessage(message), worker: true });
        };
        worker.postMessage(live);
      } catch {
        beside();
      }
    });
  }

  /** Ask the machine for something; the promise carries the id by which it can be stopped. */
  function ask(kind, wish, progress) {
    const id = ++last;
    const promise = new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject, progress });
      send({ id, kind, wish });
    });
    return { id, promise };
  }

  /** Ask in a lane: while one wish is under way, only the newest of the others waits. */
  function inLane(lane, begin) {
    return new Promise((resolve, reject) => {
      const held = lanes.get(lane);
      const wish = { resolve, reject, begin };
      if (held) {
        held.next?.resolve(null);
        held.next = wish;
        return;
      }
      const go = (one) => {
        const place = { next: null };
        lanes.set(lane, place);
        one
          .begin()
          .then(one.resolve, one.reject)
          .finally(() => {
            lanes.delete(lane);
            if (place.next) go(place.next);
          });
      };
      go(wish);
    });
  }

  const asRun = (done) => ({
    ...done,
    value: (name) => {
      const place = done.names === null ? (places.get(name) ?? -1) : done.names.indexOf(name);
      const rows = done.times.length;
      return place < 0 ? null : done.columns.subarray(place * rows, (place + 1) * rows);
    },
  });

  /** Return whether a run's headlines are the numbers in the file, to nine digits of the largest. */
  function agrees(run) {
    return HEADLINES.every((row) => {
      const column = run.value(row.name);
      const known = row.points.filter((point) => point.value !== null);
      if (column === null) return false;
      const size = Math.max(...known.map((point) => Math.abs(point.value)));
      return known.every((point) => {
        const after = run.times.findIndex((time) => time >= point.time - 1e-9);
        if (after < 0) return false;
        const before = Math.max(0, after - 1);
        const width = run.times[after] - run.times[before];
        const share = width > 0 ? (point.time - run.times[before]) / width : 1;
        const value = column[before] + share * (column[after] - column[before]);
        return Math.abs(value - point.value) <= 1e-9 * size;
      });
    });
  }

  async function begin() {
    if (program === null || !live.specs) throw new Error(say("runner.absent"));
    const began = performance.now();
    const made = await start();
    send = made.send;
    const first = asRun(await ask("run", { seed: SEED }).promise);
    if (!agrees(first)) throw new Error(say("runner.differs"));
    if (ENGINE.checksum && first.checksum !== ENGINE.checksum) throw new Error(say("runner.differs"));
    if (made.worker) ask("warm", {}).promise.catch(() => {});
    return { milliseconds: performance.now() - began, checksum: first.checksum, worker: made.worker };
  }

  const ready = begin();
  ready.catch(() => {}); // whoever waits for it is told; nobody has to

  /** Ask for a long answer in a lane; a newer wish of the lane stops it, and it ends as null. */
  async function stream(kind, { lane = kind, seed = SEED, ...rest }, progress) {
    await ready;
    const wish = { ...rest, seed };
    const earlier = streams.get(lane);
    if (earlier) stop(earlier);
    const { id, promise } = ask(kind, wish, progress);
    streams.set(lane, id);
    try {
      return await promise;
    } finally {
      if (streams.get(lane) === id) streams.delete(lane);
    }
  }

  function stop(id) {
    send({ id, stop: true });
    waiting.get(id)?.resolve(null);
    waiting.delete(id);
  }

  return {
    ready,
    /** Return a Run, or null if a newer wish of the lane took its place. */
    run: async ({ lane = "run", seed = SEED, ...wish }) => {
      await ready;
      const done = await inLane(lane, () => ask("run", { ...wish, seed }).promise);
      return done === null ? null : asRun(done);
    },
    /**
     * Return {done, members, failed, times, bands: {name: {low, middle, high}}}: 5, 50 and 95 % points over members;
     * `progress` is called with the same of the members so far. Wish: {members, seed, save, dates} besides a run's.
     */
    ensemble: (wish, progress) => stream("ensemble", wish, progress),
    /**
     * Return {links, all, none, first, last, pairs, shapley, linchpin, values} of an output at a date; `progress` is
     * called with what is known before all coalitions are run. Wish: {output, at, cutFrom} besides a run's.
     */
    links: (wish, progress) => stream("links", wish, progress),
    /** Return {base, ends: {name: {low, high}}}: the output at a date with one constant at each end. */
    sensitivity: (wish) => stream("sensitivity", wish),
    /**
     * Return {done, members, claims: {id: {verdict, checks}}}, judged as `putar claims` does it.
     * A check, by its id, is {verdict, value, low, high, bounds, probability}. `progress` gets the same at the central
     * values at once, then with more and more members. Checks of facts alone keep the verdict in the file. Wish:
     * {members, seed} besides a run's.
     */
    claims: (wish, progress) => stream("claims", wish, progress),
    /**
     * Return {times, shares: {id: share over time}} of the loops in the file, signed, as `putar loops` has them; null
     * besides where a newer wish came. An error where the file carries no loops.
     */
    loops: (wish) => stream("loops", wish),
    /** Stop what is under way in a lane; its promise gives null. */
    stop: (lane) => streams.has(lane) && stop(streams.get(lane)),
  };
})();

globalThis.RUNNER = RUNNER; // for a reader at the browser's console, and for the tests
