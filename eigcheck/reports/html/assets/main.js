// Start: theme, filters, rows, and the outcome that an address names.

function startRows(rows) {
  for (const row of rows) {
    row.querySelector("h3 button").addEventListener("click", () => {
      const open = !row.classList.contains("open");
      toggle(row, open);
      if (open) showAddress(addressOf(idOf(row)));
      else if (isNamed(location.hash, row.id, idOf(row))) showAddress(location.pathname + location.search);
    });
  }
}

/** Open the row that the address names; true if it names one. */
function openNamed(rows) {
  const named = rows.find((row) => isNamed(location.hash, row.id, idOf(row)));
  if (!named) return false;
  named.hidden = false;
  toggle(named, true).then(() => named.scrollIntoView());
  return true;
}

startTheme(document.getElementById("theme"));
const list = document.getElementById("list");
if (list) {
  const rows = [...list.children];
  startRows(rows);
  const form = document.getElementById("filters");
  if (form) startFilters(form, rows)();
  addEventListener("hashchange", () => openNamed(rows));
  const shown = rows.filter((row) => !row.hidden);
  // what there is to look at first stands open
  if (!openNamed(rows) && shown.length && (rows.length === 1 || "unexpected" in shown[0].dataset)) toggle(shown[0], true);
}
