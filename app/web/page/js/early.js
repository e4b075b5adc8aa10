// Before anything is drawn: the theme that was chosen with the switch.
try {
  const theme = localStorage.getItem("xylem.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; then the system's theme is taken.
}
