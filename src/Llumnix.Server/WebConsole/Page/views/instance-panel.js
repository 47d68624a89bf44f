import { getJson } from '../data/api.js';
import { METRICS, signalAge } from '../data/fleet.js';
import { element, setText, simpleTable } from '../dom.js';
import { duration, NONE, number, percent, timeOfDay, words } from '../format.js';
import { TimeChart } from '../widgets/chart.js';
import { Panel } from '../widgets/panel.js';
import { openDecision } from './decision-panel.js';
import { makeDrainControl } from './drain-control.js';

const REFRESH_MS = 2000;
const SHOWN_REQUESTS = 50;

/** Facts of an instance as they are shown: a name, and what makes the text. */
const FACTS = [
  ['Health', (instance) => `${instance.health}${instance.health_reason ? `: ${instance.health_reason}` : ''}`],
  ['Address', (instance) => instance.address],
  ['Role', (instance) => instance.role],
  ['Unit', (instance) => instance.unit],
  ['Node', (instance) => instance.node],
  ['Models', (instance) => instance.models.join(', ')],
  ['Engine', (instance) => instance.backend],
  ['Age of its signal', (instance) => duration(signalAge(instance))],
  ['Running', (instance) => number(instance.running)],
  ['Waiting', (instance) => number(instance.waiting)],
  ['KV used', (instance) => `${number(instance.kv_used_tokens)} of ${number(instance.kv_total_tokens)} tokens`],
  ['KV projected', (instance) => percent(instance.kv_projected)],
  ['In flight', (instance) => number(instance.in_flight)],
  ['Decode batch', (instance) => number(instance.decode_batch)],
  ['Prefill tokens', (instance) => number(instance.prefill_tokens)],
  ['Decode tokens', (instance) => number(instance.decode_tokens)],
  ['Tracked tokens', (instance) => number(instance.tracked_tokens)],
];

/** Opens the panel of an instance: its facts, its last minutes and its newest requests, kept up to date. */
export function openInstance(live, opened, onClose) {
  const { id } = opened;
  const facts = new Map(FACTS.map(([name]) => [name, element('dd', {})]));
  const requests = element('div', {});
  const problem = element('p', { class: 'bad', role: 'alert', hidden: true });
  const charts = [
    { chart: new TimeChart('Requests', number), keys: ['running', 'waiting', 'in_flight'] },
    { chart: new TimeChart('KV cache in use', percent, { max: 1 }), keys: ['kv'] },
  ];
  const stopped = new AbortController();
  const drain = makeDrainControl(live, id);
  const content = element('div', {},
    problem, drain.node,
    element('dl', { class: 'facts' }, ...[...facts].map(([name, text]) => element('div', {}, element('dt', {}, name), text))),
    element('h3', {}, 'Last minutes'), ...charts.map((one) => one.chart.node),
    requests);
  new Panel(`Instance ${id}`, content, () => {
    stopped.abort();
    clearInterval(timer);
    live.removeEventListener('fleet', showFacts);
    drain.dispose();
    charts.forEach((one) => one.chart.dispose());
    onClose();
  });

  function showFacts() {
    const instance = live.fleet.find(id);
    if (instance) {
      FACTS.forEach(([name, text]) => {
        const known = text(instance) || NONE;
        setText(facts.get(name), known);
        facts.get(name).parentElement.hidden = known === NONE;
      });
    } else {
      setText(facts.get('Health'), 'has left the fleet');
    }
  }

  async function refresh() {
    if (document.hidden) {
      return;
    }

    const query = `instance=${encodeURIComponent(id)}`;
    try {
      const [history, answer] = await Promise.all([
        getJson(`fleet/history?${query}`, stopped.signal),
        getJson(`decisions?${query}&limit=${SHOWN_REQUESTS}`, stopped.signal),
      ]);
      showHistory(charts, history, live.fleet.find(id));
      requests.replaceChildren(requestsTable(live, answer.decisions));
      problem.hidden = true;
    } catch (error) {
      if (!stopped.signal.aborted) {
        setText(problem, error.message);
        problem.hidden = false;
      }
    }
  }

  live.addEventListener('fleet', showFacts);
  const timer = setInterval(refresh, REFRESH_MS);
  showFacts();
  void refresh();
}

/** The history has the numbers that change; what they are shares of is told with the instance. */
function showHistory(charts, history, instance) {
  const time = history.columns.indexOf('time_ms');
  const rows = history.samples.map((sample) => ({
    time: sample[time],
    values: { kv_total_tokens: instance?.kv_total_tokens, ...Object.fromEntries(history.columns.map((column, at) => [column, sample[at]])) },
  }));
  for (const { chart, keys } of charts) {
    chart.show(keys.map((key) => METRICS.find((metric) => metric.key === key)).map((metric) => ({
      name: metric.title, points: rows.map((row) => [row.time, metric.of(row.values) ?? null]),
    })));
  }
}

function requestsTable(live, decisions) {
  return simpleTable('Newest requests placed on it', ['Time', 'Request', 'Role', 'Prompt tokens', 'Why'], decisions.map((decision) => [
    timeOfDay(decision.time_ms),
    element('button', { type: 'button', class: 'link', onclick: () => openDecision(live, decision.sequence) }, decision.request_id || NONE),
    words(decision.role), number(decision.prompt_tokens), decision.why,
  ]), 'None of the kept decisions chose it.');
}
