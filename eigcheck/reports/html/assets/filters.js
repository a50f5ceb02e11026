// Which rows are shown.

/** Whether a row passes what the form asks for. */
function matches(row, asked) {
  const own = row.dataset;
  return (
    (!asked.verdicts.size || asked.verdicts.has(own.verdict)) &&
    (!asked.unexpected || "unexpected" in own) &&
    ["rule", "function", "mode"].every((name) => !asked[name] || own[name] === asked[name]) &&
    asked.words.every((word) => row.words.includes(word))
  );
}

function askedOf(form) {
  const data = new FormData(form);
  const words = String(data.get("text") || "").toLowerCase().split(/\s+/).filter(Boolean);
  return { verdicts: new Set(data.getAll("verdict")), unexpected: data.has("unexpected"), rule: data.get("rule"), function: data.get("function"), mode: data.get("mode"), words };
}

/** Make the form filter the rows; returns the function that does it now. */
function startFilters(form, rows) {
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  for (const row of rows) row.words = `${row.textContent} ${row.querySelector(".inside").getAttribute("aria-label")}`.toLowerCase();
  const apply = () => {
    const asked = askedOf(form);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !matches(row, asked);
      if (!row.hidden) shown++;
    }
    none.hidden = shown > 0;
    count.textContent = shown === rows.length ? `${shown} outcome${shown === 1 ? "" : "s"}` : `${shown} of ${rows.length} outcomes shown`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    // the form's own reset would bring back "unexpected only"
    event.preventDefault();
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    for (const field of form.querySelectorAll("select, input[type=search]")) field.value = "";
    apply();
  });
  document.getElementById("all").addEventListener("click", () => form.reset());
  form.hidden = false;
  return apply;
}
