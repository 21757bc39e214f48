// Numbers: the one formatter. Three significant digits, units in words, dates as quarters, as the language has them.

const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** What a language writes its numbers and dates with, made once for each language and way. */
const writers = new Map();
function writer(make, name, options) {
  const key = `${language()} ${name}`;
  if (!writers.has(key)) writers.set(key, new make(language(), options));
  return writers.get(key);
}

/** Return a number with at most so many decimal places, as the language writes it. */
function localized(value, places, useGrouping = true) {
  const options = { maximumFractionDigits: places, useGrouping };
  return writer(Intl.NumberFormat, `number ${places} ${useGrouping}`, options).format(value);
}

function power(exponent) {
  const raised = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${raised}`;
}

/** Return a number with `digits` significant digits, without trailing zeros; a dash where there is none. */
function decimal(value, digits = 3) {
  if (number(value) === null) return say("number.none");
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (size === 0) return "0";
  const rounded = Number(size.toPrecision(digits));
  if (rounded < 1e-4 || rounded >= 1e9) {
    const [mantissa, exponent] = rounded.toExponential().split("e");
    return `${sign}${localized(Number(mantissa), 9)} × ${power(Number(exponent))}`;
  }
  const places = clamp(digits - 1 - Math.floor(Math.log10(rounded)), 0, 8);
  return sign + localized(rounded, places);
}

/** Return a number as its source gives it; at most nine digits, so that no arithmetic dust shows. */
const exact = (value) => decimal(value, 9);

/** Return a number with its sign, for changes. */
function signed(value, digits = 3) {
  return number(value) !== null && Number(value.toPrecision(digits)) > 0
    ? `+${decimal(value, digits)}`
    : decimal(value, digits);
}

/** Return a share as a percentage: below one per cent with its digits, else whole. */
function percent(share) {
  if (number(share) === null) return say("number.none");
  const value = 100 * share;
  return `${Math.abs(value) >= 1 ? decimal(Math.round(value), 6) : decimal(value, 2)}%`;
}

/** Return "low–high", or "low to high" where a sign would be misread. */
function interval(low, high, unit = "") {
  if (number(low) === null || number(high) === null) return "";
  if (isDate(low, unit) && isDate(high, unit)) return say("number.span", { from: monthOf(low), to: monthOf(high) });
  const [from, to] = [decimal(low), decimal(high)];
  return low < 0 || high < 0 || /×/.test(from + to) ? say("number.span", { from, to }) : `${from}–${to}`;
}

/** Parts of a unit in words: what stands before the number, behind it, and per what. */
const unitParts = (() => {
  const known = new Map(); // by language and unit
  const split = (unit) => {
    const [top, ...bottom] = unit.replace(/\s*([*/^()])\s*/g, "$1").split("/");
    const atoms = (piece) =>
      piece
        .replace(/[()]/g, "")
        .split("*")
        .filter((atom) => !["", "1", "dmnl"].includes(atom));
    const word = (atom) => {
      const [name, exponent] = atom.split("^");
      return (
        sayOr(`unit.${name}`, name) + (exponent ? [...exponent].map((d) => SUPERSCRIPTS[d] ?? d).join("") : "")
      );
    };
    const tops = atoms(top)
      .map(word)
      .filter((each) => each !== "");
    const money = say("unit.usd");
    const before = tops.length > 0 && tops[0].startsWith(money) ? money : "";
    const behind = [before ? tops[0].slice(money.length).trim() : tops[0], ...tops.slice(1)]
      .filter(Boolean)
      .join("-");
    const bottoms = bottom.flatMap(atoms);
    const yearly = bottoms.length === 1 && sayOr(`each.${bottoms[0]}`, "");
    const below = bottoms.map((atom) => sayOr(`per.${atom}`, word(atom))).join("-");
    return { before, behind, per: bottoms.length === 0 ? "" : yearly || say("unit.per", { what: below }) };
  };
  return (unit) => {
    const key = text(unit).trim();
    const own = `${language()} ${key}`;
    if (!known.has(own)) known.set(own, split(key));
    return known.get(own);
  };
})();

/** Return a unit in words: busd/year is "US$ bn a year". */
function unitWords(unit) {
  const { before, behind, per } = unitParts(unit);
  return [before, behind, per].filter(Boolean).join(" ");
}

/** Return a number with its unit in words: 142 busd/year is "US$ 142 bn a year". */
function amount(value, unit, write = decimal) {
  if (typeof value === "string") return dateWords(value);
  if (number(value) === null) return say("number.none");
  if (isDate(value, unit)) return monthOf(value);
  if (text(unit) === "boolean") return say(value ? "number.yes" : "number.no");
  const { before, behind, per } = unitParts(unit);
  const close = behind === "%" || behind === "×" ? "" : " ";
  const digits =
    before && value < 0 ? `${MINUS}${before} ${write(-value)}` : [before, write(value)].filter(Boolean).join(" ");
  return digits + (behind ? close + behind : "") + (per ? ` ${per}` : "");
}

/** Return two values of one unit: "US$ 142 → 89 bn a year", with as many digits as show the difference. */
function amountPair(before, after, unit) {
  const digits = decimal(before) === decimal(after) && before !== after ? 5 : 3;
  const { before: sign, behind, per } = unitParts(unit);
  return [sign, `${decimal(before, digits)} → ${decimal(after, digits)}`, behind, per].filter(Boolean).join(" ");
}

const isDate = (value, unit) => (unit === "year" || unit === "date") && value >= 1900 && value < 2200;

/** Return the short name of a month, 0 to 11. */
const month = (index) =>
  writer(Intl.DateTimeFormat, "month", { month: "short", timeZone: "UTC" }).format(Date.UTC(2026, index, 15));

function monthOf(date) {
  const year = Math.floor(date + 1e-9);
  const part = date - year;
  return part < 1e-6 ? String(year) : `${month(clamp(Math.floor(part * 12), 0, 11))} ${year}`;
}

/** Return a date of a source as it is said: 2025-12-31 is "31 Dec 2025"; anything else stays. */
function dateWords(date) {
  const [, year, at, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(text(date)) ?? [];
  if (!year || at < 1 || at > 12) return text(date);
  return [day && String(Number(day)), month(Number(at) - 1), year].filter(Boolean).join(" ");
}

/** Return a moment of the model's time: a quarter where time is in years, else the number with its unit. */
function moment(time) {
  if (number(time) === null) return say("number.none");
  if (!isDate(time, text(TIME.unit) || "year")) return amount(Number(time.toFixed(3)), TIME.unit);
  const year = Math.floor(time + 1e-6);
  return say("number.quarter", { year, quarter: clamp(Math.floor((time - year + 1e-6) * 4) + 1, 1, 4) });
}

/** Return a distribution in words, from text or from {kind, ...}. */
function distributionWords(distribution) {
  if (typeof distribution === "string") return distribution;
  const { kind, ...rest } = record(distribution);
  if (!kind) return "";
  const word = (key) =>
    sayOr(`distribution.${kind}.${key}`, sayOr(`distribution.${key}`, inWords(key).toLowerCase()));
  const said = Object.entries(rest).map(([key, value]) => `${word(key)} ${decimal(value)}`);
  return [sayOr(`distribution.${kind}`, text(kind)), ...said].join(", ");
}
