// The sections of an outcome that are words: what it is, what was found, why, and how to see it again.

const MILD = new Set(["representative", "dtype", "silent"]);

function facts(outcome) {
  const wanted = outcome.expected;
  const words = [wanted.verdict.join(" or "), wanted.findings.length ? `with ${wanted.findings.join(" and ")}` : null, wanted.diagnosis ? `cause ${wanted.diagnosis}` : null];
  const pairs = [
    ["at", outcome.file ? `${outcome.file}:${outcome.line}` : null],
    ["A", `${outcome.n} x ${outcome.n} ${outcome.dtype}`],
    ["function", outcome.function],
    ["domain", outcome.domain + (outcome.uplo ? `, ${outcome.uplo}` : "")],
    ["mode", outcome.mode],
    ["expected", words.filter(Boolean).join(", ") + (wanted.from ? ` (by ${wanted.from})` : "")],
    ["time", outcome.seconds ? `${short(outcome.seconds, 3)} s` : null],
    ["source", outcome.source || null],
    ["link", el("a", { href: addressOf(outcome.id) }, "to this outcome")],
  ];
  return el("div", null,
    outcome.about ? el("p", { class: "said" }, outcome.about) : null,
    el("dl", { class: "facts" }, pairs.filter(([, value]) => value).map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value)))));
}

function findings(outcome) {
  if (!outcome.findings.length) return null;
  const items = outcome.findings.map((own) => {
    const measured = own.error ?? own.size;
    const where = own.entry ? `entry ${place(own.entry)}` : "";
    const words = own.message || [where, own.got !== undefined ? `got ${told(own.got)}` : "", own.want !== undefined ? `want ${told(own.want)}` : ""].filter(Boolean).join(", ");
    const excessive_ = measured !== undefined && own.allowed !== undefined && !words.includes("allowed") ? ` (${excess(measured, own.allowed)})` : "";
    return el("li", null, el("span", { class: MILD.has(own.kind) ? "kind mild" : "kind" }, own.kind), el("span", null, prose(words + excessive_)));
  });
  return el("section", null, heading("Findings"), el("ul", { class: "findings" }, items));
}

function reasons(outcome) {
  const detail = outcome.detail;
  const said = [detail.why, ...(detail.notes || [])].filter(Boolean);
  if (!said.length && !outcome.findings.length && outcome.verdict !== "pass") said.push("The judge gave no reason.");
  return said.length ? el("section", null, heading("Why"), said.map((words) => el("p", { class: "said" }, prose(words)))) : null;
}

function cause(own) {
  const formula = own.due
    ? el("dl", { class: "formula" }, el("dt", null, "due"), el("dd", null, own.due), el("dt", null, "done"), el("dd", null, own.wrong))
    : null;
  const fits = own.off !== undefined
    ? el("p", { class: "said dim" }, prose(`Applied to the oracle's gradient G this gives what the rule returned, to within ${size(own.off)} (allowed ${size(own.room)}).`))
    : null;
  return el("div", { class: "cause" }, el("p", { class: "said" }, el("b", null, own.name), own.what ? `: ${own.what}.` : ""),
    own.remedy ? el("p", { class: "said" }, `To mend it: ${own.remedy}.`) : null, formula, fits);
}

function causes(outcome) {
  if (!outcome.causes.length) return null;
  return el("section", null, heading(outcome.causes.length > 1 ? "Likely causes" : "Likely cause", outcome.causes.length > 1 ? "most likely first" : null), outcome.causes.map(cause));
}

function sensitivity(outcome) {
  const own = outcome.detail.sensitivity;
  if (!own || outcome.verdict !== "pass") return null;
  const where = own.entry ? `, worst at ${place(own.entry)}` : "";
  const blind = own.blind && own.blind.length ? ` Blind to ${own.blind.join("; to ")}.` : "";
  return el("section", null, heading("Sensitivity"), el("p", { class: "said" }, prose(`This pass would have noticed an error in one entry from ${size(own.smallest)} of the largest on${where}.${blind}`)));
}

function relations(outcome) {
  const all = outcome.detail.relations || [];
  if (!all.length) return null;
  const broken = all.filter((own) => own.status === "broken");
  const held = all.filter((own) => own.status === "holds").length;
  const said = broken.length ? `${broken.length} of ${all.length} broken` : `${held} of ${all.length} hold, none is broken`;
  return el("section", null, heading("Relations", said), broken.length ? relationTable(all) : more("All relations", () => relationTable(all)));
}

function oracles(outcome) {
  const all = outcome.oracles || {};
  return Object.keys(all).length ? el("section", null, heading("Oracles"), oracleTable(all)) : null;
}

function commandLine(text_) {
  const code = el("code", { tabindex: 0 }, text_);
  const button = el("button", { type: "button", class: "quiet", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text_);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1500);
  } }, "Copy");
  return el("li", null, code, button);
}

function reproducer(outcome) {
  if (!outcome.commands.length) return null;
  return el("section", null, heading("See it again", "with the --load or --exec that declares the rule, if it does not come with eigcheck"),
    el("ul", { class: "commands" }, outcome.commands.map(commandLine)));
}

function printed(outcome) {
  return outcome.printed.length ? el("section", null, heading("Printed by the rule"), el("pre", { tabindex: 0 }, outcome.printed.join("\n"))) : null;
}

/** The matrix A: written out, or as a heat map with the numbers in reserve. */
function matrixA(outcome, width) {
  const matrix = outcome.detail.matrix;
  if (!matrix) return null;
  if (!matrix.length) return el("section", null, heading("A"), el("p", { class: "dim" }, "The 0 x 0 matrix."));
  if (matrix.length <= 6) return el("section", null, heading("A"), scroll("Matrix A", matrixTable(null, matrix)));
  const map = heatMap(matrix, `A: heat map of ${matrix.length} by ${matrix.length} entries`, Math.min(width, 320), signed((z) => z.re, largest([matrix])));
  return el("section", null, heading("A"), figure(map, isComplex(matrix) ? "Real parts of the entries." : "Colour by sign and size.", more("A as a table", () => scroll("Matrix A", matrixTable(null, matrix)))));
}
