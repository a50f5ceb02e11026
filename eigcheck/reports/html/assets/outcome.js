// One outcome, drawn when it is opened.

function gradients(outcome, width) {
  const detail = outcome.detail;
  const label = detail.worst_label ? `for the cotangent ${detail.worst_label}` : null;
  const maps = gradientMaps(outcome, width);
  if (maps) return el("section", null, heading("Gradient beside each oracle's", label), maps);
  if (outcome.thinned) return el("section", null, heading("Gradient"), el("p", { class: "dim" }, "Left out, so that a page of so many outcomes stays small. The commands below show it."));
  return null;
}

/** What `make` draws of an outcome, or why it cannot: one section that fails leaves the others readable. */
function tried(make, outcome) {
  try {
    return make(outcome);
  } catch (error) {
    return el("p", { class: "failed", role: "alert" }, `A section cannot be drawn: ${error.message}`);
  }
}

/** Fill the inside of a row with what is known of its outcome. */
function drawOutcome(inside, outcome) {
  const width = inside.clientWidth - parseFloat(getComputedStyle(inside).paddingLeft) - 8;
  const half = width > 780 ? (width - 40) / 2 : width;
  const figures = (...makers) => {
    const drawn = makers.map((make) => tried(make, outcome)).filter(Boolean);
    return drawn.length ? el("div", { class: "pair" }, drawn) : null;
  };
  const words = (...makers) => makers.map((make) => tried(make, outcome));
  const parts = [
    ...words(facts, reasons, findings, causes, (own) => gradients(own, width)),
    figures((own) => strip(own.detail, half), (own) => stepCurve(own.detail, half)),
    figures((own) => matrixA(own, half), (own) => spectrum(own.detail, half)),
    ...words(sensitivity, oracles, relations, printed, reproducer),
  ];
  inside.replaceChildren(...parts.filter(Boolean));
}

/** Open or close a row; its data are unpacked and drawn the first time. */
async function toggle(row, open) {
  const button = row.querySelector("h3 button");
  const inside = row.querySelector(".inside");
  row.classList.toggle("open", open);
  button.setAttribute("aria-expanded", String(open));
  inside.hidden = !open;
  if (!open || inside.dataset.drawn) return;
  inside.dataset.drawn = "yes";
  try {
    const outcome = await outcomeAt(Number(row.dataset.block), Number(row.dataset.place));
    drawOutcome(inside, outcome);
  } catch (error) {
    inside.replaceChildren(el("p", { class: "failed", role: "alert" }, `This outcome cannot be drawn: ${error.message}`));
  }
}
