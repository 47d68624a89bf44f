import { getJson } from '../data/api.js';
import { element, setText, simpleTable } from '../dom.js';
import { duration, isNumber, NONE, number, percent, timeOfDay, words } from '../format.js';
import { TimeChart } from '../widgets/chart.js';

const RENDER_MS = 500;
const LISTED_INTERVALS = 30;

/** Whether latency targets are met over time, and what happened to requests. */
export function makeTargetsView(live) {
  let timer = 0;
  /** Null until the API has told them. */
  let targets = null;
  const stopped = new AbortController();
  const charts = {
    attainment: new TimeChart('Share of requests within the target', percent, { max: 1 }),
    ttft: new TimeChart('TTFT', duration),
    tpot: new TimeChart('TPOT, predicted', duration),
    requests: new TimeChart('Requests in 5 s', number, { isStacked: true }),
  };
  const summary = element('p', { class: 'muted', id: 'targets-summary' });
  const list = element('div', {});
  const hint = element('p', { class: 'note', id: 'targets-hint', hidden: true },
    'Without targets nothing is within or beyond them: --scheduling-policy slo has --ttft-slo and --tpot-slo. The times themselves are shown.');
  const node = element('section', { class: 'scrolling', 'aria-label': 'Targets', tabindex: 0 },
    element('div', { class: 'bar' }, element('h1', {}, 'Targets'), summary),
    hint, element('div', { class: 'charts' }, ...Object.values(charts).map((chart) => chart.node)),
    element('details', {}, element('summary', {}, 'The newest intervals as a table'), list));

  function render() {
    timer = 0;
    const { intervals } = live;
    const line = (name, of) => ({ name, points: intervals.map((interval) => [interval.start_ms, of(interval) ?? null]) });
    const target = (name, value) => (!isNumber(value) || intervals.length === 0 ? []
      : [{ name, isTarget: true, points: [intervals[0], intervals.at(-1)].map((interval) => [interval.start_ms, value]) }]);
    hint.hidden = targets === null || isNumber(targets.ttft_target_ms) || isNumber(targets.tpot_target_ms);
    charts.attainment.node.hidden = !hint.hidden;
    charts.attainment.show([line('TTFT', (one) => one.ttft_attainment), line('TPOT', (one) => one.tpot_attainment)]);
    charts.ttft.show([
      ...['p50', 'p90', 'p99'].map((key) => line(`observed ${key}`, (one) => one.observed_ttft?.[key])),
      ...['p50', 'p99'].map((key) => line(`predicted ${key}`, (one) => one.predicted_ttft?.[key])),
      ...target('target', targets?.ttft_target_ms)]);
    charts.tpot.show([...['p50', 'p90', 'p99'].map((key) => line(key, (one) => one.predicted_tpot?.[key])), ...target('target', targets?.tpot_target_ms)]);
    charts.requests.show([line('placed', (one) => one.placed), line('held', (one) => one.held), line('refused', refusedOf), { ...line('retries', (one) => one.retries), isApart: true }]);
    setText(summary, summaryOf(intervals, targets));
    list.replaceChildren(tableOf(intervals));
  }

  function schedule() {
    timer ||= setTimeout(render, RENDER_MS);
  }

  live.addEventListener('targets', schedule);
  window.addEventListener('themechange', schedule);
  render();
  getJson('targets', stopped.signal).then((answer) => {
    targets = answer;
    schedule();
  }, (error) => {
    if (!stopped.signal.aborted) {
      setText(summary, error.message);
    }
  });
  return {
    node,
    dispose() {
      stopped.abort();
      live.removeEventListener('targets', schedule);
      window.removeEventListener('themechange', schedule);
      clearTimeout(timer);
      Object.values(charts).forEach((chart) => chart.dispose());
    },
  };
}

function refusedOf(interval) {
  return Object.values(interval.refused).reduce((sum, count) => sum + count, 0);
}

function summaryOf(intervals, targets) {
  const sum = (of) => intervals.reduce((total, interval) => total + of(interval), 0);
  const goal = targets === null ? 'targets not known yet' : [['TTFT', targets.ttft_target_ms], ['TPOT', targets.tpot_target_ms]].filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} within ${duration(value)}`).join(', ') || 'no targets set';
  return `${goal}; ${number(sum((one) => one.requests))} requests, ${number(sum(refusedOf))} refused, ${number(sum((one) => one.held))} held, ${number(sum((one) => one.retries))} retries`;
}

function tableOf(intervals) {
  const titles = ['Start', 'Requests', 'Placed', 'Held', 'Refused', 'Retries', 'TTFT within', 'TPOT within', 'TTFT observed p50 / p90 / p99', 'TTFT predicted p50 / p90 / p99', 'TPOT predicted p50 / p90 / p99'];
  return simpleTable('Newest intervals', titles, intervals.slice(-LISTED_INTERVALS).reverse().map((one) => [
    timeOfDay(one.start_ms), number(one.requests), number(one.placed), number(one.held),
    Object.entries(one.refused).map(([outcome, count]) => `${number(count)} ${words(outcome)}`).join(', ') || '0',
    number(one.retries), percent(one.ttft_attainment), percent(one.tpot_attainment), percentiles(one.observed_ttft), percentiles(one.predicted_ttft), percentiles(one.predicted_tpot),
  ]), 'No request so far.');
}

function percentiles(values) {
  return values ? `${duration(values.p50)} / ${duration(values.p90)} / ${duration(values.p99)}` : NONE;
}
