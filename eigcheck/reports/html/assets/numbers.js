// Numbers as the JSON report has them: [re, im] for complex ones, "nan", "inf" and "-inf" as texts.

const SPECIAL = { nan: NaN, inf: Infinity, "-inf": -Infinity };

/** A real number; NaN for what is none. */
function real(value) {
  if (typeof value === "number") return value;
  return typeof value === "string" && value in SPECIAL ? SPECIAL[value] : NaN;
}

/** A real or complex number as {re, im}. */
function complex(value) {
  return Array.isArray(value) ? { re: real(value[0]), im: real(value[1]) } : { re: real(value), im: 0 };
}

function modulus(z) {
  return Math.hypot(z.re, z.im);
}

/** A real number to `digits` significant ones, in the shortest form. */
function short(value, digits = 7) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 10 ** digits || size < 1e-4) {
    return value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  return value.toPrecision(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** A real number in the fewest digits that lead back to it, zeros with their sign. */
function exact(value) {
  if (!Number.isFinite(value)) return short(value);
  return Object.is(value, -0) ? "-0" : String(value).replace("e+", "e");
}

/** A real or complex number whose parts are written by `write`. */
function written(value, write) {
  if (value === null || value === undefined) return "";
  const z = complex(value);
  if (z.im === 0) return write(z.re);
  if (z.re === 0) return `${write(z.im)}j`;
  const sign = z.im < 0 || Object.is(z.im, -0) ? "" : "+";
  return `${write(z.re)}${sign}${write(z.im)}j`;
}

/** A number as the report has it, real or complex, to `digits` significant ones. */
function told(value, digits = 7) {
  return written(value, (part) => short(part, digits));
}

/** A size of which only the order matters. */
function size(value) {
  return short(real(value), 2);
}

function place(entry) {
  return `(${entry[0]}, ${entry[1]})`;
}

/** How an error stands to what is allowed, in words. */
function excess(error, allowed) {
  const ratio = real(error) / real(allowed);
  if (!Number.isFinite(ratio)) return `${size(error)}, allowed ${size(allowed)}`;
  return ratio <= 1 ? `${size(error)}, within the allowed ${size(allowed)}` : `${size(error)}, ${short(ratio, 2)} times the allowed ${size(allowed)}`;
}

/** Decades by which an error exceeds what is allowed: 0 within it, NaN for no number. */
function decades(error, allowed) {
  const ratio = error === 0 ? 0 : error / allowed;
  return ratio <= 1 ? 0 : Math.max(1, Math.ceil(Math.log10(ratio)));
}
