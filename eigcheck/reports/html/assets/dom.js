// Elements from plain values. Foreign text only ever becomes text, never markup.

/** An element with attributes (null and false leave one out) and children: nodes, texts, or null for nothing. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Foreign words as nodes, in which numbers such as 1e-15 are not broken at their sign. */
function prose(words) {
  return String(words).split(/(\S*\de[+-]\d+\S*)/).map((part, k) => (k % 2 ? el("span", { class: "whole" }, part) : part));
}

/** A heading of the outcome's sections, with an aside in smaller letters. */
function heading(text, aside) {
  return el("h4", null, text, aside ? el("small", null, `  ${aside}`) : null);
}

/** Something long that a reader unfolds; `make` is called when that happens first. */
function more(label, make) {
  const box = el("details", { class: "more" }, el("summary", null, label));
  box.addEventListener("toggle", () => {
    if (box.open && box.childElementCount === 1) box.append(make());
  });
  return box;
}

/** A region that scrolls sideways instead of the page, reachable by keyboard. */
function scroll(label, node) {
  return el("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label }, node);
}

/** A drawing as one picture with a text alternative: what the library says of its inner parts helps nobody. */
function picture(options) {
  const svg = Plot.plot(options);
  svg.setAttribute("role", "img");
  for (const part of svg.querySelectorAll("[aria-label], [aria-description]")) {
    part.removeAttribute("aria-label");
    part.removeAttribute("aria-description");
  }
  return svg;
}

/** A figure with its caption; `drawing` carries its own text alternative. */
function figure(drawing, caption, ...below) {
  return el("figure", null, drawing, el("figcaption", null, caption), ...below);
}
