const systemTheme = window.matchMedia('(prefers-color-scheme: dark)');

/** Applies the system's theme, and returns the control that chooses another. */
function makeThemeControl() {
  const names = ['system', 'light', 'dark'];
  let chosen = 0;
  const apply = () => {
    const isDark = names[chosen] === 'dark' || (names[chosen] === 'system' && systemTheme.matches);
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    window.dispatchEvent(new Event('themechange'));
  };
  systemTheme.addEventListener('change', apply);
  apply();
  return labelledSelect('Theme', names, chosen, (index) => {
    chosen = index;
    apply();
  });
}

/** A colour of the present theme, by the name of its custom property. */
function themeColor(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
