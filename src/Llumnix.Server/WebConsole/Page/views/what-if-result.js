import { element, simpleTable } from '../dom.js';
import { count, duration, isNumber, NONE, number, percent } from '../format.js';

/** How the measures are called and written. */
const MEASURES = {
  attainment: ['Requests within their targets', percent],
  ttft_p50_ms: ['TTFT p50', duration],
  ttft_p90_ms: ['TTFT p90', duration],
  ttft_p99_ms: ['TTFT p99', duration],
  tpot_p50_ms: ['TPOT p50', duration],
  tpot_p90_ms: ['TPOT p90', duration],
  tpot_p99_ms: ['TPOT p99', duration],
  e2e_p50_ms: ['End to end p50', duration],
  e2e_p90_ms: ['End to end p90', duration],
  e2e_p99_ms: ['End to end p99', duration],
  refused: ['Refused', number],
  lost: ['Lost or cut off', number],
  preempted: ['Preempted', number],
  migrated: ['Migrated', number],
  imbalance: ['Imbalance (busiest ÷ mean)', number],
};

/** The verdict, both schedulers side by side, and what one must know of it. */
export function comparisonTable({ result, overrides }) {
  const { input, observed_ttft_ms: observed } = result;
  const changed = Object.entries(overrides).map(([flag, value]) => `--${flag}=${value}`).join(' ');
  return element('div', {},
    element('h2', {}, 'Verdict'),
    ...result.verdict.map((sentence) => element('p', { class: 'note' }, sentence)),
    simpleTable(
      `Now, and with ${changed}; targets TTFT ${duration(input.ttft_ms)}, TPOT ${duration(input.tpot_ms)}`,
      ['Measure', 'Now', 'What if', 'Difference'],
      result.measures.map(rowOf), 'Nothing was measured.'),
    element('h2', {}, 'What it rests on'),
    element('ul', {},
      element('li', {}, `${count(input.requests, 'request')} in ${number(input.seconds)} s, ${number(input.rate)} per second, on ${count(input.engines, 'modelled engine')}.`),
      observed
        ? element('li', {}, `Observed TTFT of ${number(observed.count)} of these requests: p50 ${duration(observed.p50)}, p90 ${duration(observed.p90)}, p99 ${duration(observed.p99)}. `
          + 'The closer the column Now is to that, the more the comparison says of this fleet.')
        : null,
      ...result.notes.map((note) => element('li', {}, note))));
}

function rowOf(measure) {
  const [title, write] = MEASURES[measure.name] ?? [measure.name, number];
  const { mean, is_clear: isClear } = measure.difference;
  const isBetter = measure.is_higher_better ? mean > 0 : mean < 0;
  const verdict = !isNumber(mean) || mean === 0 || isClear === null ? '' : !isClear ? ', within the noise' : isBetter ? ', better' : ', worse';
  return [title, estimate(measure.present, write), estimate(measure.changed, write),
    element('span', { class: verdict.endsWith('better') ? 'good' : verdict.endsWith('worse') ? 'bad' : '' },
      `${isNumber(mean) && mean > 0 ? '+' : ''}${estimate(measure.difference, write)}${verdict}`)];
}

function estimate({ mean, half_width: halfWidth }, write) {
  return !isNumber(mean) ? NONE : isNumber(halfWidth) && halfWidth > 0 ? `${write(mean)} ± ${write(halfWidth)}` : write(mean);
}
