import { element } from './dom.js';

const KEY = 'llumnix-console-theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');

/** Applies the chosen theme, and returns the control that chooses it: the system's, light or dark. */
export function makeThemeControl() {
  const chosen = localStorage.getItem(KEY) ?? 'system';
  const select = element('select', { 'aria-label': 'Theme', onchange: () => {
    localStorage.setItem(KEY, select.value);
    apply(select.value);
  } }, ...['system', 'light', 'dark'].map((name) => element('option', { value: name, selected: name === chosen }, name === 'system' ? 'system theme' : name)));
  system.addEventListener('change', () => apply(select.value));
  apply(chosen);
  return select;
}

function apply(choice) {
  const isDark = choice === 'dark' || (choice === 'system' && system.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  window.dispatchEvent(new Event('themechange'));
}
