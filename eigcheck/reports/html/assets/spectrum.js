// Eigenvalues in the complex plane, each joined to its nearest one: the gap that a gradient of vectors divides by.

/** Eigenvalues {k, re, im, kappa, gap, near} of an outcome; `near` is the nearest other one. */
function eigenvalues(detail) {
  const values = (detail.spectrum || []).map((value, k) => ({ k, ...complex(value), kappa: real((detail.condition || [])[k]) }));
  for (const own of values) {
    const others = values.filter((other) => other !== own);
    own.near = d3.least(others, (other) => Math.hypot(own.re - other.re, own.im - other.im));
    own.gap = own.near ? Math.hypot(own.re - own.near.re, own.im - own.near.im) : NaN;
  }
  return values;
}

/** Limits around some numbers with room at both ends; never of length 0. */
function around(numbers, share = 0.12) {
  const [low, high] = d3.extent(numbers.filter(Number.isFinite));
  if (low === undefined) return [-1, 1];
  const room = (high - low) * share || Math.abs(high) * 0.5 || 1;
  return [low - room, high + room];
}

/** Where numbers of eigenvalues stand: those within `reach` of each other share one label. */
function labels(values, reach) {
  const close = (own) => values.filter((other) => Math.hypot(own.re - other.re, own.im - other.im) <= reach);
  return values.filter((own) => close(own)[0] === own).map((own) => ({ ...own, shown: close(own).map((one) => one.k).join(", ") }));
}

function spectrumPlot(values, width) {
  const flat = values.every((own) => own.im === 0);
  const x = around(values.map((own) => own.re));
  const y = flat ? [-1, 1] : around(values.map((own) => own.im), 0.15);
  const ill = Math.max(1, ...values.map((own) => own.kappa).filter(Number.isFinite));
  return picture({
    width,
    height: flat ? 110 : Math.min(280, Math.max(180, width * 0.6)),
    marginLeft: flat ? 16 : 52, marginRight: 22, marginBottom: 36, marginTop: 18,
    x: { domain: x, label: "Re λ", nice: false, ticks: Math.max(3, Math.floor(width / 90)), labelAnchor: "right" },
    y: { domain: y, label: flat ? null : "Im λ", axis: flat ? null : "left", ticks: 5 },
    r: { type: "identity" },
    ariaLabel: "Eigenvalues in the complex plane",
    ariaDescription: `${values.length} eigenvalues; the table beside lists them`,
    marks: [
      Plot.ruleY([0], { stroke: "var(--line)" }),
      x[0] < 0 && x[1] > 0 ? Plot.ruleX([0], { stroke: "var(--line)" }) : null,
      Plot.link(values.filter((own) => own.near), { x1: "re", y1: "im", x2: (own) => own.near.re, y2: (own) => own.near.im, stroke: "var(--strong)", strokeWidth: 1.5 }),
      Plot.dot(values, { x: "re", y: "im", r: (own) => 4 + (ill > 10 && own.kappa > 1 ? Math.min(8, Math.log10(own.kappa)) : 0), fill: "var(--link)", fillOpacity: 0.75, stroke: "var(--surface)", tip: true, title: (own) => `λ${own.k} = ${told([own.re, own.im], 8)}\ncondition ${short(own.kappa, 3)}\ngap ${short(own.gap, 3)}` }),
      values.length <= 8 ? Plot.text(labels(values, (x[1] - x[0]) / 50), { x: "re", y: "im", text: "shown", dy: -13, fill: "var(--soft)" }) : null,
    ].filter(Boolean),
  });
}

function spectrumTable(values) {
  const rows = values.map((own) => [String(own.k), told([own.re, own.im], 10), short(own.kappa, 3), Number.isNaN(own.gap) ? "" : short(own.gap, 3)]);
  return scroll("Eigenvalues", table(null, ["k", "#eigenvalue", "#condition", "#gap"], rows));
}

/** The spectrum of an outcome: plot, table, and what is said of the whole. */
function spectrum(detail, width) {
  const values = eigenvalues(detail);
  if (!values.length || !values.every((own) => Number.isFinite(own.re) && Number.isFinite(own.im))) return null;
  const facts = [
    detail.condition_vectors !== undefined && detail.condition_vectors !== null ? `condition of the eigenvectors ${size(detail.condition_vectors)}` : null,
    detail.gap !== undefined && detail.gap !== null ? `smallest gap ${size(detail.gap)}` : null,
    detail.multiplicity,
  ];
  const wide = values.length > 8;
  const numbers = wide ? more(`The ${values.length} eigenvalues as a table`, () => spectrumTable(values)) : spectrumTable(values);
  return el("section", null, heading("Spectrum"), figure(spectrumPlot(values, width), `${facts.filter(Boolean).join("; ")}. Lines join nearest eigenvalues.`, numbers));
}
