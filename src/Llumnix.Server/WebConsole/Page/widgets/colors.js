/** Colours of the states of an instance; each is written beside its colour, too. */
const HEALTH = {
  ok: '#2e9e5b', draining: '#3b82d6', unschedulable: '#8a8f98', stale: '#d99a1c', failover: '#a35bd6', unreachable: '#d6403b',
};

const UNKNOWN = '#8a8f98';

/** Colours of the lines of a chart, told apart by people with the common colour deficiencies. */
export const SERIES = ['#3b82d6', '#e08a1e', '#2e9e5b', '#c0549c', '#8a6fd1', '#d6403b'];

/** From little to much, dark to light, as luminance alone tells. */
const RAMP = [[37, 52, 110], [38, 110, 160], [42, 160, 140], [140, 196, 80], [250, 220, 60]];

/** Colour of a state of an instance. */
export function healthColor(health) {
  return HEALTH[health] ?? UNKNOWN;
}

/** The states that have a colour. */
export function healthNames() {
  return Object.keys(HEALTH);
}

/** Colour of a value from 0 to 1; grey for none. */
export function rampColor(share) {
  if (!Number.isFinite(share)) {
    return UNKNOWN;
  }

  const at = Math.min(1, Math.max(0, share)) * (RAMP.length - 1);
  const index = Math.min(RAMP.length - 2, Math.floor(at));
  const [from, to] = [RAMP[index], RAMP[index + 1]];
  const [red, green, blue] = from.map((part, channel) => Math.round(part + (to[channel] - part) * (at - index)));
  return `rgb(${red},${green},${blue})`;
}

/** The colours of the present theme so far. */
const themeColors = new Map();
window.addEventListener('themechange', () => themeColors.clear());

/** A colour of the present theme, by the name of its custom property. It is read once: after a change of the page each reading would compute the styles of all of it. */
export function themeColor(name) {
  if (!themeColors.has(name)) {
    themeColors.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  }

  return themeColors.get(name);
}
