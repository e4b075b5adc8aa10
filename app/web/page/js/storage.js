/** Storage of this tab; a browser may forbid it, and then nothing is kept. */
export function keep(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(`xylem.${key}`);
    else sessionStorage.setItem(`xylem.${key}`, value);
  } catch {
    // Full or forbidden.
  }
}

export function kept(key) {
  try {
    return sessionStorage.getItem(`xylem.${key}`);
  } catch {
    return null;
  }
}

/** Of this browser, beyond the tab. */
export function keepForGood(key, value) {
  try {
    if (value === null) localStorage.removeItem(`xylem.${key}`);
    else localStorage.setItem(`xylem.${key}`, value);
  } catch {
    // Full or forbidden.
  }
}
