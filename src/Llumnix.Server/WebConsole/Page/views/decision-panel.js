import { getJson } from '../data/api.js';
import { element, labelledSelect, setText, simpleTable } from '../dom.js';
import { duration, NONE, number, timeOfDay, words } from '../format.js';
import { Panel } from '../widgets/panel.js';
import { VirtualTable } from '../widgets/virtual-table.js';

/** What the counts of candidates are of. */
const STEPS = {
  healthy: 'healthy', fitting: 'serve the model and have room', allowed: 'not excluded by the request', eligible: 'pass the required filters', considered: 'seen by the selector',
};

/** Opens the panel of a decision: what was recorded, and what would be decided for its request now, candidate by candidate. */
export function openDecision(live, sequence) {
  const stopped = new AbortController();
  const content = element('div', { 'aria-busy': 'true' }, 'loading');
  const tables = [];
  new Panel(`Decision ${sequence}`, content, () => {
    stopped.abort();
    tables.forEach((table) => table.dispose());
  });
  getJson(`decisions/${sequence}`, stopped.signal).then((answer) => {
    content.removeAttribute('aria-busy');
    content.replaceChildren(recorded(answer.decision), ...answer.now.map((role) => explained(role, answer.decision, tables)));
  }, (error) => {
    if (!stopped.signal.aborted) {
      content.removeAttribute('aria-busy');
      content.replaceChildren(element('p', { class: 'bad', role: 'alert' }, error.message));
    }
  });
}

/** The first reason why an instance is not the pick of an explained decision, as a sentence. */
export function whyNot(role, id) {
  const candidate = role.candidates.find((one) => one.instance_id === id);
  if (!candidate) {
    return `${id} is no candidate for the role ${role.role}: it is not in the fleet or does not serve this role.`;
  }

  if (role.instance_id === id) {
    return `${id} is the pick.`;
  }

  if (candidate.dropped_by !== null && !candidate.only_unwanted) {
    return `${id} was dropped by ${words(candidate.dropped_by)}.`;
  }

  if (candidate.only_unwanted && role.preferences_met) {
    return `${id} was left aside by the preferred filter ${words(candidate.dropped_by)}, since other candidates pass it.`;
  }

  const pick = role.candidates.find((one) => one.instance_id === role.instance_id);
  if (!pick) {
    return `${id} reached the selector, which chose none: ${words(role.outcome)}.`;
  }

  const differing = Object.keys(candidate.metrics).filter((name) => candidate.metrics[name] !== pick.metrics[name]);
  return differing.length === 0
    ? `${id} reached the selector and is equal to the pick ${pick.instance_id} in every metric; ties are broken at random.`
    : `${id} reached the selector, which preferred ${pick.instance_id}: ${differing.map((name) =>
      `${name} is ${number(candidate.metrics[name])} against ${number(pick.metrics[name])}`).join(', ')}.`;
}

function recorded(decision) {
  const facts = [
    ['Request', decision.request_id], ['Time', timeOfDay(decision.time_ms)], ['Outcome', words(decision.outcome)], ['Instance', decision.instance_id],
    ['Runner-up', decision.runner_up_id], ['Role', words(decision.role)], ['Mode', words(decision.mode)], ['Model', decision.model],
    ['Prompt', `${number(decision.prompt_tokens)} tokens, ${number(decision.prefix_hit_tokens)} of them cached`],
    ['Held', decision.held_ms > 0 ? duration(decision.held_ms) : 'not held'],
    ['TTFT predicted', duration(decision.predicted_ttft_ms)], ['TTFT observed', duration(decision.observed_ttft_ms)],
    ['TPOT predicted', duration(decision.predicted_tpot_ms)],
  ];
  const steps = decision.candidates;
  return element('div', {},
    element('p', { class: 'note', id: 'decision-why' }, decision.why || words(decision.outcome)),
    element('h3', {}, 'As it was decided'),
    element('dl', { class: 'facts' }, ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value || NONE)))),
    element('h3', {}, 'Candidates left after each step'),
    element('ol', { class: 'funnel' }, ...Object.entries(steps).map(([name, count]) => element('li', {}, `${number(count)} ${STEPS[name] ?? words(name)}`))),
    simpleTable('Metrics of the selector', ['Metric', decision.instance_id ?? 'Pick', decision.runner_up_id ?? 'Runner-up', 'Better is'], decision.metrics.map((metric) => [
      metric.name, number(metric.value), number(metric.runner_up_value), metric.is_higher_better ? 'higher' : 'lower',
    ]), 'No metric decided.'));
}

function explained(role, decision, tables) {
  const names = [...new Set(role.candidates.flatMap((candidate) => Object.keys(candidate.metrics)))];
  const answer = element('p', { 'aria-live': 'polite', class: 'why-not' }, '');
  const ids = role.candidates.map((candidate) => candidate.instance_id);
  const table = new VirtualTable(`Candidates for the role ${role.role}`, [
    { key: 'id', title: 'Instance', width: 160, grow: 1, show: (cell, item) => setText(cell, item.instance_id) },
    { key: 'result', title: 'Result', width: 170, grow: 1, show: (cell, item) => setText(cell, resultOf(role, item)) },
    { key: 'age', title: 'Signal age', width: 104, numeric: true, show: (cell, item) => setText(cell, duration(item.signal_age_ms)) },
    ...names.map((name) => ({ key: name, title: name, width: Math.max(110, name.length * 8 + 20), numeric: true, show: (cell, item) => setText(cell, number(item.metrics[name])) })),
  ], (item) => setText(answer, whyNot(role, item.instance_id)));
  tables.push(table);
  table.show(role.candidates.map((candidate) => ({ id: candidate.instance_id, item: candidate })));
  const list = ids.length <= 1000 ? labelledSelect('Why not', [['', 'choose an instance'], ...ids.map((id) => [id, id])], '', (id) => setText(answer, id ? whyNot(role, id) : '')) : null;
  return element('section', { 'aria-label': `The same request now, role ${role.role}` },
    element('h3', {}, `The same request now, role ${words(role.role)}, policy ${role.policy}`),
    element('p', {}, role.instance_id ? `Would go to ${role.instance_id}` : `Would not be placed: ${words(role.outcome)}`,
      role.instance_id && role.instance_id === decision.instance_id ? ', as it did. ' : '. ',
      role.preferences_met || !role.instance_id ? '' : 'No candidate passes all preferred filters. '),
    element('div', { class: 'bar' }, list), answer, table.node);
}

function resultOf(role, candidate) {
  return candidate.instance_id === role.instance_id ? 'the pick'
    : candidate.dropped_by === null ? 'reached the selector'
      : candidate.only_unwanted ? `left aside: ${words(candidate.dropped_by)}` : `dropped: ${words(candidate.dropped_by)}`;
}
