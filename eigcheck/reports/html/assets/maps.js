// Matrices as lists of cells, one for each entry, which is what the heat maps draw.

const PARTS = {
  re: { name: "real part", of: (z) => z.re },
  im: { name: "imaginary part", of: (z) => z.im },
  abs: { name: "modulus", of: modulus },
};

/** Cells {i, j, z} of a matrix as the report has it. */
function cells(matrix) {
  return matrix.flatMap((row, i) => row.map((value, j) => ({ i, j, z: complex(value) })));
}

function isComplex(matrix) {
  return matrix.some((row) => row.some((value) => Array.isArray(value) && value[1] !== 0));
}

/** Whether an entry holds no number: an oracle that is costly answers at some entries only. */
function isUnasked(value) {
  return Number.isNaN(complex(value).re);
}

/** Largest finite modulus of some matrices; 0 if there is none. */
function largest(matrices) {
  const sizes = matrices.flatMap((matrix) => cells(matrix).map((cell) => modulus(cell.z))).filter(Number.isFinite);
  return sizes.reduce((a, b) => Math.max(a, b), 0);
}

/** What is drawn of an outcome's gradients: [{key, title, aside, matrix, bars}], the rule's own first. */
function gradientsOf(outcome) {
  const detail = outcome.detail;
  if (!detail.gradient) return [];
  const drawn = [{ key: "got", title: "rule", aside: "returned", matrix: detail.gradient }];
  for (const cause of outcome.causes) {
    if (cause.predicted) drawn.push({ key: "cause", title: cause.name, aside: "applied to the oracle's", matrix: cause.predicted });
  }
  const references = Object.entries(detail.references || {});
  references.sort(([a], [b]) => (b === detail.oracle) - (a === detail.oracle));
  if (!references.length && detail.reference) references.push(["oracle", detail.reference]);
  for (const [name, matrix] of references) {
    const asked = cells(matrix).filter((cell) => !Number.isNaN(cell.z.re)).length;
    if (!asked) continue;
    const bars = (detail.bars || {})[name];
    const partly = asked < matrix.length ** 2;
    const aside = partly ? `asked at ${asked} of ${matrix.length ** 2} entries` : bars ? `bars up to ${short(largest([bars]), 2)}` : "oracle";
    drawn.push({ key: "oracle", title: name, aside, matrix, bars, partly });
  }
  return drawn;
}

/** The entry that the findings tell of, so that maps and words speak of the same; else where the error is furthest beyond what is allowed. */
function worstEntry(outcome) {
  const detail = outcome.detail;
  const told_ = outcome.findings.find((own) => own.kind === "mismatch" && own.entry && own.cotangent === detail.worst_cotangent);
  if (told_) return { i: told_.entry[0], j: told_.entry[1] };
  let worst = { i: 0, j: 0, ratio: -1 };
  (detail.error || []).forEach((row, i) =>
    row.forEach((value, j) => {
      const ratio = real(value) / real(detail.allowed[i][j]);
      if (ratio > worst.ratio || (Number.isNaN(real(value)) && !Number.isNaN(worst.ratio))) worst = { i, j, ratio };
    }),
  );
  return { i: worst.i, j: worst.j };
}
