// Addresses of outcomes: by their ids, which lead to the same outcome in the page of a later run.

function addressOf(id) {
  return `#${encodeURIComponent(id)}`;
}

function idOf(row) {
  return row.querySelector(".inside").getAttribute("aria-label");
}

/** Whether a fragment names an outcome, by its id or by its place in the list. */
function isNamed(fragment, place, id) {
  return fragment === `#${place}` || fragment === addressOf(id) || fragment === `#${id}`;
}

/** Show in the address what stands open, so that it can be copied and survives a reload. */
function showAddress(address) {
  try {
    history.replaceState(null, "", address);
  } catch {
    // a frame without an address of its own; nothing depends on it
  }
}
