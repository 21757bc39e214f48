// Band: the 5 to 95 % range of drawn members, of the page's run or, once they have streamed in, of the settings.

/** Return the points whose low and high make the band of an indicator. */
function bandPoints(row) {
  return LIVE.now === null ? row.points : [];
}

/** Say what the band is made of. */
function bandWords() {
  const members = number(ENGINE.members);
  return members === null || members < 2 ? say("headline.band") : say("headline.band_of", { n: decimal(members, 9) });
}
