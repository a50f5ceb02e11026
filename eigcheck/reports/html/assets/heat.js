// Heat maps of gradients, side by side. One entry is marked in all of them; the line below says its numbers.

const LARGEST_WRITTEN = 5;

// below this share of the largest entry a cell says that it is nearly 0; the line below the maps has the number
const FAINT = 1e-6;

/** Side of a cell in pixels: room for a number where numbers are written. */
function cellSide(n, room) {
  if (n <= LARGEST_WRITTEN) return Math.max(34, Math.min(58, Math.floor((room - 24) / n)));
  return Math.max(4, Math.min(26, Math.floor(Math.min(room - 24, 230) / n)));
}

/** One map. `shade(cell)` gives {fill, opacity, text}. */
function heatMap(matrix, label, room, shade) {
  const n = matrix.length;
  const side = cellSide(n, room);
  const shaded = cells(matrix).map((cell) => ({ ...cell, ...shade(cell) }));
  const step = Math.ceil(n / 8);
  const ticks = d3.range(0, n, step);
  const axis = { domain: d3.range(n), ticks, tickSize: 0, label: null, padding: n > 12 ? 0.04 : 0.06 };
  const written = n <= LARGEST_WRITTEN;
  return picture({
    width: 22 + n * side,
    height: 20 + n * side,
    marginLeft: 20, marginTop: 18, marginRight: 2, marginBottom: 2,
    x: { ...axis, axis: "top" },
    y: axis,
    color: { type: "identity" },
    opacity: { type: "identity" },
    ariaLabel: label,
    marks: [
      Plot.cell(shaded, { x: "j", y: "i", fill: "var(--sunk)" }),
      Plot.cell(shaded, { x: "j", y: "i", fill: "fill", fillOpacity: "opacity", rx: side > 12 ? 2 : 0, ariaLabel: null }),
      written ? Plot.text(shaded, { x: "j", y: "i", text: "text", fill: "ink", fontSize: side > 44 ? 11.5 : 10 }) : null,
    ].filter(Boolean),
  });
}

/** A cell with the colour of its text: that of the page's ground where the fill is strong. */
function inked(cell) {
  return { ...cell, ink: cell.opacity > 0.5 ? "var(--surface)" : "var(--ink)" };
}

/** Colour by sign and size: zero is the ground's colour. */
function signed(of, top, partly = false) {
  return (cell) => {
    const value = of(cell.z);
    if (partly && Number.isNaN(value)) return { fill: "var(--sunk)", opacity: 1, text: "", ink: "var(--ink)" };
    if (!Number.isFinite(value)) return { fill: "var(--strong)", opacity: 1, text: short(value), ink: "var(--ink)" };
    const share = top ? Math.abs(value) / top : 0;
    const text_ = value !== 0 && share < FAINT ? "≈0" : short(value, 3);
    return inked({ fill: value < 0 ? "var(--minus)" : "var(--plus)", opacity: 0.85 * share, text: text_ });
  };
}

/** Colour by decades beyond what is allowed. */
function excessive(allowed) {
  return (cell) => {
    const over = decades(cell.z.re, real(allowed[cell.i][cell.j]));
    if (Number.isNaN(over)) return { fill: "var(--bad)", opacity: 1, text: "?", ink: "var(--surface)" };
    return inked({ fill: "var(--bad)", opacity: over ? 0.25 + 0.6 * Math.min(1, over / 14) : 0, text: over ? (Number.isFinite(over) ? String(over) : "inf") : "·" });
  };
}

/** A frame around one entry of a map, moved by `to`. */
function marker(svg, n) {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("class", "here");
  svg.append(rect);
  const x = svg.scale("x");
  const y = svg.scale("y");
  return {
    to(i, j) {
      for (const [name, value] of [["x", x.apply(j)], ["y", y.apply(i)], ["width", x.bandwidth], ["height", y.bandwidth]]) {
        rect.setAttribute(name, value);
      }
    },
    /** The entry under a point of the screen. */
    at(event) {
      const box = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / box.width;
      const cell = (value, range) => Math.floor(((value * scale - range[0]) / (range[1] - range[0])) * n);
      return { i: cell(event.clientY - box.top, y.range), j: cell(event.clientX - box.left, x.range) };
    },
  };
}

/** What all maps say of one entry. */
function readout(drawn, detail, i, j) {
  const told_ = drawn.map((own) =>
    el("span", null, el("b", null, own.title), " ", el("span", { class: "num" }, own.partly && isUnasked(own.matrix[i][j]) ? "not asked here" : told(own.matrix[i][j], 10)),
      own.bars && !(own.partly && isUnasked(own.matrix[i][j])) ? el("span", { class: "num dim" }, ` ± ${size(own.bars[i][j])}`) : null),
  );
  const known = detail.error && detail.allowed;
  const off = known && !(real(detail.error[i][j]) <= real(detail.allowed[i][j]));
  const error = known ? el("span", { class: off ? "off" : null }, el("b", null, "error"), " ", el("span", { class: "num" }, excess(detail.error[i][j], detail.allowed[i][j]))) : null;
  return [el("span", null, el("b", null, `entry (${i}, ${j})`)), ...told_, error].filter(Boolean);
}

/** The maps of one part with their marker; returns {node, n, move}. */
function mapGroup(drawn, detail, part, room) {
  const top = largest(drawn.map((own) => own.matrix));
  const n = detail.gradient.length;
  const tiles = drawn.map((own) => [own.title, own.aside, own.key, heatMap(own.matrix, `${own.title}: heat map of ${n} by ${n} entries, ${part.name}`, room, signed(part.of, top, own.partly))]);
  if (detail.error && detail.allowed) {
    tiles.push(["error", "decades beyond allowed", "error", heatMap(detail.error, `error: heat map of the decades beyond what is allowed`, room, excessive(detail.allowed))]);
  }
  const marks = tiles.map(([, , , svg]) => [svg, marker(svg, n)]);
  const nodes = tiles.map(([title, aside, key, svg]) => el("div", { class: `tile tile-${key}` }, el("p", null, el("b", null, title), el("br"), aside), svg));
  return { nodes, marks };
}

/** All gradients of an outcome as heat maps, with a line of numbers for the marked entry and a table in reserve. */
function gradientMaps(outcome, room) {
  const detail = outcome.detail;
  const drawn = gradientsOf(outcome);
  const n = detail.gradient ? detail.gradient.length : 0;
  if (!drawn.length || !n) return null;
  const both = isComplex(detail.gradient) || drawn.some((own) => isComplex(own.matrix));
  const line = el("div", { class: "readout", role: "status", "aria-live": "polite" });
  const maps = el("div", { class: "maps", tabindex: 0, role: "group", "aria-label": "Heat maps; arrow keys move from entry to entry" });
  let here = worstEntry(outcome);
  let marks = [];
  const move = (i, j) => {
    if (i < 0 || j < 0 || i >= n || j >= n) return;
    here = { i, j };
    marks.forEach(([, mark]) => mark.to(i, j));
    line.replaceChildren(...readout(drawn, detail, i, j));
  };
  // on a narrow page two maps stand beside each other
  const own = Math.min(room < 500 && n > LARGEST_WRITTEN ? (room - 24) / 2 : room, 340);
  const draw = (part) => {
    const group = mapGroup(drawn, detail, part, own);
    marks = group.marks;
    maps.replaceChildren(...group.nodes);
    for (const [svg, mark] of marks) {
      for (const kind of ["pointermove", "pointerdown"]) svg.addEventListener(kind, (event) => { const at = mark.at(event); move(at.i, at.j); });
    }
    move(here.i, here.j);
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  maps.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    move(here.i + steps[event.key][0], here.j + steps[event.key][1]);
  });
  const first = both ? clearestPart(drawn, here) : "re";
  draw(PARTS[first]);
  return el("div", null, both ? partButtons(draw, first) : null, maps, line, legend(), more("The numbers as a table", () => gradientTable(drawn, detail)));
}

/** The part in which rule and first oracle differ most at an entry. */
function clearestPart(drawn, { i, j }) {
  const oracle = drawn.find((own) => own.key === "oracle");
  if (!oracle) return "re";
  const [got, want] = [drawn[0], oracle].map((own) => complex(own.matrix[i][j]));
  return Math.abs(got.im - want.im) > Math.abs(got.re - want.re) ? "im" : "re";
}

/** Buttons for the part of complex numbers that is drawn. */
function partButtons(draw, first) {
  const buttons = Object.entries(PARTS).map(([key, part]) =>
    el("button", { type: "button", class: "quiet", "aria-pressed": String(key === first), onclick: (event) => {
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button === event.target)));
      draw(part);
    } }, part.name),
  );
  return el("div", { class: "parts", role: "group", "aria-label": "Part of the complex entries" }, buttons);
}

function legend() {
  const item = (name, words) => el("span", null, el("i", { class: `swatch-${name}` }), words);
  return el("p", { class: "legend" }, item("minus", "negative"), item("plus", "positive"), item("bad", "beyond what is allowed"));
}

function gradientTable(drawn, detail) {
  const heads = ["entry", ...drawn.flatMap((own) => (own.bars ? [`#${own.title}`, "#±"] : [`#${own.title}`]))];
  const known = detail.error && detail.allowed;
  const rows = cells(detail.gradient).map(({ i, j }) => [
    place([i, j]),
    ...drawn.flatMap((own) => (own.bars ? [told(own.matrix[i][j], 10), size(own.bars[i][j])] : [told(own.matrix[i][j], 10)])),
    ...(known ? [size(detail.error[i][j]), size(detail.allowed[i][j])] : []),
  ]);
  return scroll("Gradient entries", table(null, known ? [...heads, "#error", "#allowed"] : heads, rows));
}
