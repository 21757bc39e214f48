// Digest: SHA-256 (FIPS 180-4), at once, of a text; the browser's own is not there for files opened from a disk.

/** The first 32 bits of the fractions of the cube roots (64) or square roots (8) of the first primes. */
function fractions(root, count) {
  const found = [];
  for (let prime = 2; found.length < count; prime++) {
    let divisor = 2;
    while (prime % divisor !== 0) divisor++;
    if (divisor === prime) found.push(Math.floor((prime ** (1 / root) % 1) * 4294967296));
  }
  return Uint32Array.from(found);
}

const ROUND_CONSTANTS = fractions(3, 64);
const FIRST_WORDS = fractions(2, 8);
const SCHEDULE = new Uint32Array(64);

const turned = (word, by) => (word >>> by) | (word << (32 - by));

/** Return the eight words of the SHA-256 of a text in UTF-8. */
function digestWords(text) {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const words = Uint32Array.from(FIRST_WORDS);
  const W = SCHEDULE;
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) W[i] = view.getUint32(block + 4 * i);
    for (let i = 16; i < 64; i++) {
      const near = W[i - 2];
      const far = W[i - 15];
      const one = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
      const two = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
      W[i] = W[i - 16] + two + W[i - 7] + one;
    }
    let [a, b, c, d, e, f, g, h] = words;
    for (let i = 0; i < 64; i++) {
      const one = (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) >>> 0;
      const first = (h + one + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i] + W[i]) | 0;
      const two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) >>> 0;
      const second = (two + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      words[i] += word;
    });
  }
  return words;
}

/** Return the first hexadecimal digits of the SHA-256 of a text. */
function digestOf(text, digits = 64) {
  return Array.from(digestWords(text), (word) => word.toString(16).padStart(8, "0"))
    .join("")
    .slice(0, digits);
}
