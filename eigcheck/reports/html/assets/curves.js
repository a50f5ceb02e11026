// The two curves: central differences against the step, and a gradient entry against ULPs.

/** Rungs {h, value, bar, off, chosen} of the ladder; the chosen one has the smallest bar. */
function rungsOf(detail) {
  const rungs = detail.ladder.map((rung) => ({ h: real(rung.h), value: real(rung.value), bar: real(rung.bar) }));
  const chosen = d3.least(rungs.filter((rung) => Number.isFinite(rung.bar)), (rung) => rung.bar);
  const truth = detail.ladder_of ? real(detail.ladder_of.truth) : NaN;
  const target = Number.isFinite(truth) ? truth : chosen ? chosen.value : NaN;
  for (const rung of rungs) Object.assign(rung, { off: Math.abs(rung.value - target), chosen: rung === chosen });
  return { rungs, chosen, target };
}

/** Powers of ten between two sizes: about five at most. */
function powersOfTen(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  const step = Math.max(1, Math.ceil((last - first) / 4));
  return d3.range(first, last + 1, step).map((power) => Number(`1e${power}`));
}

function stepPlot(rungs, chosen, width) {
  const seen = rungs.filter((rung) => Number.isFinite(rung.off));
  const sizes = [...seen.map((rung) => rung.off), ...seen.map((rung) => rung.bar)].filter((value) => Number.isFinite(value) && value > 0);
  const floor = (d3.min(sizes) || 1e-16) / 4;
  const top = (d3.max(sizes) || 1) * 4;
  const lift = (value) => Math.max(value, floor);
  const barred = seen.filter((rung) => Number.isFinite(rung.bar));
  return picture({
    width, height: 240, marginLeft: 64, marginBottom: 40, marginTop: 28, marginRight: 18,
    x: { type: "log", base: 2, label: "step h", domain: [d3.min(rungs, (r) => r.h) / 1.5, d3.max(rungs, (r) => r.h) * 1.5], ticks: rungs.map((r) => r.h), tickFormat: (h) => short(h, 2), labelAnchor: "right" },
    y: { type: "log", label: "distance from the oracles' value", grid: true, ticks: powersOfTen(floor / 2, top), domain: [floor / 2, top], tickFormat: (value) => short(value, 1) },
    ariaLabel: "Central differences against the step",
    marks: [
      chosen ? Plot.ruleX([chosen.h], { stroke: "var(--link)", strokeDasharray: "3 3" }) : null,
      chosen ? Plot.text([chosen.h], { x: (h) => h, frameAnchor: "top", text: ["chosen"], dy: -12, fill: "var(--link)" }) : null,
      Plot.ruleX(barred, { x: "h", y1: floor / 2, y2: (r) => lift(r.bar), stroke: "var(--strong)", strokeWidth: 5, strokeOpacity: 0.55 }),
      Plot.line(seen, { x: "h", y: (r) => lift(r.off), stroke: "var(--soft)", strokeWidth: 1.2 }),
      Plot.dot(seen, { x: "h", y: (r) => lift(r.off), r: (r) => (r.chosen ? 5 : 3.5), fill: (r) => (r.chosen ? "var(--link)" : "var(--surface)"), stroke: "var(--link)", strokeWidth: 1.5, tip: true, title: (r) => `h = ${short(r.h, 4)}\nvalue ${short(r.value, 12)}\nbar ${short(r.bar, 2)}\ndistance ${short(r.off, 2)}` }),
    ].filter(Boolean),
    color: { type: "identity" }, r: { type: "identity" },
  });
}

function partName(part) {
  return part === "im" ? "imaginary part of entry" : "entry";
}

/** The step-size curve of an outcome, null without a ladder. */
function stepCurve(detail, width) {
  if (!detail.ladder || !detail.ladder.length) return null;
  const { rungs, chosen } = rungsOf(detail);
  if (!rungs.some((rung) => Number.isFinite(rung.off))) return null;
  const of = detail.ladder_of && detail.ladder_of.entry ? `, ${partName(detail.ladder_of.part)} ${place(detail.ladder_of.entry)}` : "";
  const rows = rungs.map((r) => [short(r.h, 6) + (r.chosen ? " (chosen)" : ""), short(r.value, 12), short(r.bar, 2), short(r.off, 2)]);
  return el("section", null, heading("Central differences", `by step${of}`),
    figure(stepPlot(rungs, chosen, width), `${chosen ? `Chosen: h = ${short(chosen.h, 4)}, which has the smallest error bar.` : "No step has a finite error bar."} Broad strokes reach up to the bar of each step; a step that disagrees with its neighbours has none.`,
      more("The steps as a table", () => scroll("Steps", table(null, ["#step h", "#value", "#bar", "#distance"], rows)))));
}

/** Points {ulps, value, off} of the strip: `off` marks those further from the truth than roundoff explains. */
function stripOf(detail) {
  const told_ = detail.strip;
  const truth = told_.truth === null || told_.truth === undefined ? NaN : real(told_.truth);
  // a strip that was asked for may hold no jump: then what an entry may be off at all
  const room = d3.max((detail.jumps || []).map((jump) => real(jump.allowed))) ?? d3.max((detail.allowed || []).flat().map(real)) ?? 0;
  const points = told_.ulps.map((ulps, k) => ({ ulps: real(ulps), value: real(told_.values[k]) }));
  for (const point of points) point.off = Number.isFinite(truth) && !(Math.abs(point.value - truth) <= room);
  return { points, truth, room };
}

function stripPlot(points, truth, room, width) {
  const values = [...points.map((point) => point.value), truth].filter(Number.isFinite);
  const [low, high] = d3.extent(values);
  const flat = !(high - low > room);
  const middle = (low + high) / 2;
  const reach = Math.abs(middle) * 0.5 || 1;
  const y = flat ? [middle - reach, middle + reach] : around(values, 0.18);
  const seen = points.filter((point) => Number.isFinite(point.value));
  const lost = points.filter((point) => !Number.isFinite(point.value));
  return picture({
    width, height: 240, marginLeft: 64, marginBottom: 40, marginTop: 28, marginRight: 74,
    x: { type: "point", domain: points.map((point) => point.ulps), label: "ULPs that the matrix entry moved", tickFormat: (ulps) => (ulps > 0 ? `+${ulps}` : String(ulps)), labelAnchor: "center" },
    y: { domain: y, label: "gradient entry", grid: true, ticks: 5, tickFormat: (value) => short(value, 4) },
    ariaLabel: "Gradient entry against the distance in ULPs",
    color: { type: "identity" },
    marks: [
      Number.isFinite(truth) ? Plot.ruleY([truth], { stroke: "var(--truth)", strokeWidth: 1.5 }) : null,
      Number.isFinite(truth) ? Plot.text([truth], { y: (value) => value, frameAnchor: "right", textAnchor: "start", text: ["true value"], dx: 8, fill: "var(--truth)" }) : null,
      Number.isFinite(truth) ? Plot.ruleX(seen.filter((point) => point.off), { x: "ulps", y1: truth, y2: "value", stroke: "var(--bad)", strokeOpacity: 0.5, strokeDasharray: "2 3" }) : null,
      Plot.dot(seen, { x: "ulps", y: "value", r: 4.5, symbol: (point) => (point.off ? "diamond" : "circle"), fill: (point) => (point.off ? "var(--bad)" : "var(--truth)"), tip: true, title: (point) => `${point.ulps > 0 ? "+" : ""}${point.ulps} ULPs\n${short(point.value, 16)}` }),
      lost.length ? Plot.text(lost, { x: "ulps", frameAnchor: "top", text: () => "NaN", fill: "var(--bad)" }) : null,
    ].filter(Boolean),
  });
}

/** The continuity strip of an outcome, null without one. */
function strip(detail, width) {
  if (!detail.strip || !(detail.strip.ulps || []).length) return null;
  const { points, truth, room } = stripOf(detail);
  const jump = (detail.jumps || [])[0];
  const said = jump
    ? `It jumps by ${size(jump.size)}, where ${size(jump.allowed)} is allowed${jump.structure ? `, off exact structure (${jump.structure})` : ""}.`
    : points.some((point) => point.off) ? "Diamonds are off the true value." : "It does not jump.";
  const rows = points.map((point) => [String(point.ulps), short(point.value, 16), point.off ? "off" : ""]);
  const name = `${partName(detail.strip.part)} ${place(detail.strip.entry)} as matrix entry ${place(detail.strip.moved)} moves`;
  return el("section", null, heading("Continuity", name),
    figure(stripPlot(points, truth, room, width), said, more("The strip as a table", () => scroll("Strip", table(Number.isFinite(truth) ? `true value ${short(truth, 16)}` : null, ["#ULPs", "#gradient entry", "remark"], rows)))));
}
