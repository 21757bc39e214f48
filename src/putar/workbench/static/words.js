// Words: every text of the interface, in each language, from the catalogue. Nothing else holds words.
// No text may be taken while the scripts load: all are said by functions, so that the language can change.

const TEXTS = JSON.parse(document.getElementById("words").textContent);
const LANGUAGES = Object.keys(TEXTS);

/** The language that is spoken, as the document says it. */
const language = () => document.documentElement.lang;

/** Return the text of a key, with each {place} filled from `values`. */
function say(key, values = {}) {
  const sentence = TEXTS[language()][key];
  if (sentence === undefined) return key; // a test holds that every key is in the table
  return sentence.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** Return the text that counts `n` things, with {n} filled. */
function sayCount(key, n, values = {}) {
  return say(n === 1 ? `${key}.one` : `${key}.many`, { n: decimal(n, 6), ...values });
}

/** Return the text of a key made from payload words, or `other` where the table has none. */
function sayOr(key, other) {
  return Object.hasOwn(TEXTS[language()], key) ? TEXTS[language()][key] : other;
}
