// Unpacking gzip (RFC 1952) and deflate (RFC 1951) in browsers that have no DecompressionStream.

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_MORE = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Bits of `bytes` from the lowest of each byte on, starting at byte `at`. */
function bitReader(bytes, at) {
  let bit = at * 8;
  return {
    bits(count) {
      let value = 0;
      for (let k = 0; k < count; k++, bit++) value |= ((bytes[bit >> 3] >> (bit & 7)) & 1) << k;
      return value;
    },
    align() {
      bit = (bit + 7) & ~7;
    },
  };
}

/** A canonical Huffman code from the lengths of its words: how many there are of each length, and their symbols in order. */
function huffman(lengths) {
  const counts = new Array(16).fill(0);
  for (const length of lengths) if (length) counts[length]++;
  const symbols = [];
  for (let length = 1; length < 16; length++) lengths.forEach((own, symbol) => own === length && symbols.push(symbol));
  return { counts, symbols };
}

function symbol(reader, code) {
  let word = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length < 16; length++) {
    word |= reader.bits(1);
    const count = code.counts[length];
    if (word - first < count) return code.symbols[index + word - first];
    index += count;
    first = (first + count) << 1;
    word <<= 1;
  }
  throw new Error("the data are damaged");
}

/** The codes of a block that brings its own. */
function ownCodes(reader) {
  const literals = reader.bits(5) + 257;
  const distances = reader.bits(5) + 1;
  const known = new Array(19).fill(0);
  const count = reader.bits(4) + 4;
  for (let k = 0; k < count; k++) known[CODE_ORDER[k]] = reader.bits(3);
  const code = huffman(known);
  const lengths = [];
  while (lengths.length < literals + distances) {
    const next = symbol(reader, code);
    if (next < 16) lengths.push(next);
    else {
      const value = next === 16 ? lengths[lengths.length - 1] : 0;
      const times = next === 16 ? 3 + reader.bits(2) : next === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7);
      for (let k = 0; k < times; k++) lengths.push(value);
    }
  }
  return [huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals))];
}

function fixedCodes() {
  const lengths = Array.from({ length: 288 }, (_, k) => (k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8));
  return [huffman(lengths), huffman(new Array(30).fill(5))];
}

/** The bytes that a gzip file without extra header fields holds. */
function gunzip(bytes) {
  const reader = bitReader(bytes, 10);
  const out = [];
  for (let last = 0; !last; ) {
    last = reader.bits(1);
    const kind = reader.bits(2);
    if (kind === 0) {
      reader.align();
      const length = reader.bits(16);
      reader.bits(16);
      for (let k = 0; k < length; k++) out.push(reader.bits(8));
      continue;
    }
    const [literal, distance] = kind === 1 ? fixedCodes() : ownCodes(reader);
    for (let next = symbol(reader, literal); next !== 256; next = symbol(reader, literal)) {
      if (next < 256) {
        out.push(next);
        continue;
      }
      const length = LENGTH_BASE[next - 257] + reader.bits(LENGTH_MORE[next - 257]);
      const far = symbol(reader, distance);
      const half = far < 2 ? 0 : (far >> 1) - 1;
      const back = (far < 2 ? far : (2 + (far & 1)) << half) + reader.bits(half) + 1;
      for (let k = 0; k < length; k++) out.push(out[out.length - back]);
    }
  }
  return Uint8Array.from(out);
}
