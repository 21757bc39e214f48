// Draws: the counter generator of engine/operations.py in 32-bit halves, since a page's numbers have 53 bits.

/** Return a * b as [high, low] halves of 64 bits; a and b are whole numbers below 2 ** 32. */
function product32(a, b) {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const low = a0 * b0;
  const one = a1 * b0 + (low >>> 16);
  const two = a0 * b1 + (one & 0xffff);
  return [(a1 * b1 + Math.floor(one / 65536) + Math.floor(two / 65536)) >>> 0, ((two << 16) | (low & 0xffff)) >>> 0];
}

/** Multiply word [high, low] by a constant modulo 2 ** 64, in place. */
function times64(word, high, low) {
  const [over, rest] = product32(word[1], low);
  word[0] = (over + Math.imul(word[1], high) + Math.imul(word[0], low)) >>> 0;
  word[1] = rest;
}

/** Add a 64-bit number to word modulo 2 ** 64, in place. */
function plus64(word, high, low) {
  const sum = word[1] + low;
  word[1] = sum >>> 0;
  word[0] = (word[0] + high + (sum > 0xffffffff ? 1 : 0)) >>> 0;
}

/** Replace word by word ^ (word >> by), for 0 < by < 32. */
function shiftXor(word, by) {
  word[1] = (word[1] ^ ((word[1] >>> by) | (word[0] << (32 - by)))) >>> 0;
  word[0] = (word[0] ^ (word[0] >>> by)) >>> 0;
}

/** Variant 13 of Stafford's finaliser, as `_mix` of engine/operations.py. */
function mixed(word) {
  plus64(word, 0x9e3779b9, 0x7f4a7c15);
  shiftXor(word, 30);
  times64(word, 0xbf58476d, 0x1ce4e5b9);
  shiftXor(word, 27);
  times64(word, 0x94d049bb, 0x133111eb);
  shiftXor(word, 31);
}

/** Return the halves of a whole number modulo 2 ** 64; a BigInt may have more than 53 bits. */
function halves(value) {
  if (typeof value === "bigint") {
    const whole = BigInt.asUintN(64, value);
    return [Number(whole >> 32n), Number(whole & 0xffffffffn)];
  }
  return [Math.floor(value / 4294967296) >>> 0, value >>> 0];
}

/** Return what the draws of a slot and member start from. */
function drawKey(seed, slot, member) {
  const word = new Uint32Array(2);
  for (const part of [seed, slot, member]) {
    plus64(word, ...halves(part));
    mixed(word);
  }
  return word;
}

const DRAWN = new Uint32Array(2);

/** Return the uniform draw in (0, 1) of a key at a step. */
function drawAt(key, step) {
  DRAWN[0] = key[0];
  DRAWN[1] = key[1];
  plus64(DRAWN, ...halves(step));
  mixed(DRAWN);
  return (DRAWN[0] * 1048576 + (DRAWN[1] >>> 12) + 0.5) * 2 ** -52;
}
