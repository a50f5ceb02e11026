// Light or dark: the system's choice, until the reader says otherwise.

function remembered() {
  try {
    return localStorage.getItem("eigcheck-theme");
  } catch {
    return null; // files and private windows may have no storage
  }
}

function remember(theme) {
  try {
    localStorage.setItem("eigcheck-theme", theme);
  } catch {
    // then it holds for this page only
  }
}

function startTheme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => (button.textContent = isDark() ? "Light" : "Dark");
  const known = remembered();
  if (known === "light" || known === "dark") root.dataset.theme = known;
  button.setAttribute("aria-label", "Switch between light and dark");
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    label();
  });
  system.addEventListener("change", label);
  button.hidden = false;
  label();
}
