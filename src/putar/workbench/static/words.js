// Words: every text of the interface, from the table words.<language>.json. Nothing else holds words.

const WORDS = JSON.parse(document.getElementById("words").textContent);

/** Return the text of a key, with each {place} filled from `values`. */
function say(key, values = {}) {
  const sentence = WORDS[key];
  if (sentence === undefined) return key; // a test holds that every key is in the table
  return sentence.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** Return the text of `key.one` or `key.many`, with {n} filled. */
function sayCount(key, n, values = {}) {
  return say(n === 1 ? `${key}.one` : `${key}.many`, { n: decimal(n, 6), ...values });
}

/** Return the text of a key made from payload words, or `other` where the table has none. */
function sayOr(key, other) {
  return Object.hasOwn(WORDS, key) ? WORDS[key] : other;
}
