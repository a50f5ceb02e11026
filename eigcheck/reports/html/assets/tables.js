// Tables of an outcome: real ones, with headings for rows and columns.

/** A table from heads and rows. A head that begins with # is one of numbers, aligned to the right; the first cell names its row. */
function table(caption, heads, rows, attributes) {
  const numeric = heads.map((head) => head.startsWith("#"));
  const cell = (value, k) => el(k ? "td" : "th", { class: numeric[k] ? "n" : heads[k] === "entry" ? "entry" : null, scope: k ? null : "row" }, value);
  return el(
    "table",
    attributes,
    caption ? el("caption", null, caption) : null,
    el("thead", null, el("tr", null, heads.map((head, k) => el(head ? "th" : "td", { scope: head ? "col" : null, class: numeric[k] ? "n" : null }, head.replace(/^#/, ""))))),
    el("tbody", null, rows.map((row) => el("tr", null, row.map(cell)))),
  );
}

/** A matrix as a table to the last bit, its rows and columns numbered from 0. */
function matrixTable(caption, matrix) {
  const head = ["", ...matrix.map((_, j) => `#${j}`)];
  const rows = matrix.map((row, i) => [String(i), ...row.map((value) => written(value, exact))]);
  return table(caption, head, rows, { class: "matrix" });
}

function oracleTable(oracles) {
  const rows = Object.entries(oracles).map(([name, own]) => [
    name,
    el("span", { class: `status-${own.status}` }, own.status || "answered"),
    own.error_bar === undefined || own.error_bar === null ? "" : size(own.error_bar),
    own.evaluations === undefined ? "" : String(own.evaluations),
    [own.reason, own.defect].filter(Boolean).join("; "),
  ]);
  return scroll("Oracles", table(null, ["oracle", "status", "#error bar", "#evaluations", "remark"], rows));
}

function relationTable(relations) {
  const rank = { broken: 0, holds: 1, abstained: 2 };
  const sorted = [...relations].sort((a, b) => (rank[a.status] ?? 3) - (rank[b.status] ?? 3));
  const rows = sorted.map((own) => [
    own.name,
    el("span", { class: `status-${own.status}` }, own.status),
    own.error === null || own.error === undefined ? "" : size(own.error),
    own.allowed === null || own.allowed === undefined ? "" : size(own.allowed),
    own.why || (own.finding ? `told under ${own.finding}` : ""),
  ]);
  return scroll("Relations", table(null, ["relation", "status", "#error", "#allowed", "remark"], rows));
}
