// Band: the 5 to 95 % range of drawn members, of the page's run or, once they have streamed in, of the settings.

const MEMBERS = 300;
const BAND = { settings: null, bands: {}, times: [], done: 0 }; // what has streamed in, and of which settings

/** Draw members of the settings a moment after they changed; they stream in and the band grows sure. */
const drawMembers = (() => {
  let timer = 0;
  const start = async () => {
    const settings = settingsNow();
    if (!LIVE.up || (untouched(settings) && hasOwnBand())) return;
    const show = (part) => {
      if (part === null || !sameSettings(settings, settingsNow())) return;
      Object.assign(BAND, { settings, bands: part.bands, times: [...part.times], done: part.done });
      tell("band");
    };
    const { cut, cutFrom, ...wish } = wishOf(settings);
    const cuts = cut.length > 0 ? { cut, cutFrom } : {};
    const save = HEADLINES.map((row) => row.name);
    show(await MACHINE.ensemble({ ...wish, ...cuts, save, members: MEMBERS, seed: number(ENGINE.seed) ?? 0 }, show));
  };
  return () => {
    clearTimeout(timer);
    if (LIVE.up) MACHINE.stop("ensemble");
    timer = setTimeout(start, 500);
  };
})();

/** Return whether the run that the page was written for had members. */
const hasOwnBand = () => HEADLINES.some((row) => row.points.some((point) => point.low !== null));

/** Return whether the streamed band is of the settings that run. */
const bandIsFresh = () => BAND.settings !== null && sameSettings(BAND.settings, settingsNow());

/** Return the points whose low and high make the band of an indicator. */
function bandPoints(row) {
  if (untouched() && hasOwnBand()) return row.points;
  if (LIVE.failed) return [];
  const band = BAND.bands[row.name];
  if (!band) return [];
  return BAND.times.map((time, index) => {
    const [low, high] = [band.low[index], band.high[index]].map((value) => (Number.isFinite(value) ? value : null));
    return { time, value: null, low, high };
  });
}

/** Say what the band is made of. */
function bandWords() {
  const members = untouched() && hasOwnBand() ? number(ENGINE.members) : BAND.done;
  return members === null || members < 2 ? say("headline.band") : say("headline.band_of", { n: decimal(members, 9) });
}
