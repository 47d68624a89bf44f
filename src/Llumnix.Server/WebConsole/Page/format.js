/** Shown where there is no value. */
export const NONE = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** Whether a value is a finite number. */
export function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Numbers that JSON has no number for, as the API writes them. */
const UNBOUNDED = { Infinity: '∞', '-Infinity': '-∞' };

/** A number: whole ones in full, others with three significant digits. */
export function number(value) {
  return !isNumber(value) ? UNBOUNDED[value] ?? NONE : Number.isInteger(value) || Math.abs(value) >= 1000 ? whole.format(value) : fine.format(value);
}

/** A number of things, with their name in the singular or the plural. */
export function count(value, thing) {
  return `${number(value)} ${thing}${value === 1 ? '' : 's'}`;
}

/** A share of 1 as a percentage. */
export function percent(value) {
  return isNumber(value) ? `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %` : NONE;
}

/** Milliseconds, as ms, s or min. */
export function duration(milliseconds) {
  if (!isNumber(milliseconds)) {
    return NONE;
  }

  const size = Math.abs(milliseconds);
  return size < 1000 ? `${number(size < 10 ? milliseconds : Math.round(milliseconds))} ms`
    : size < 60_000 ? `${(milliseconds / 1000).toFixed(1)} s`
      : `${Math.floor(milliseconds / 60_000)} min ${Math.round(milliseconds % 60_000 / 1000)} s`;
}

/** Time of day of a Unix time in milliseconds, with tenths of a second. */
export function timeOfDay(unixMilliseconds) {
  if (!isNumber(unixMilliseconds)) {
    return NONE;
  }

  const time = new Date(unixMilliseconds);
  const two = (part) => String(part).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${Math.floor(time.getMilliseconds() / 100)}`;
}

/** Date and time of day of a Unix time in milliseconds, as 2026-11-27 21:55:12. */
export function dateAndTime(unixMilliseconds) {
  const time = new Date(unixMilliseconds);
  const two = (part) => String(part).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${timeOfDay(unixMilliseconds).slice(0, -2)}`;
}

/** A name of the API as words: `no_available_endpoint` is "no available endpoint". */
export function words(name) {
  return name ? String(name).replaceAll('_', ' ') : NONE;
}
