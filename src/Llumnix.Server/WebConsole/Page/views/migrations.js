import { getJson } from '../data/api.js';
import { element, labelledSelect, setText } from '../dom.js';
import { count, duration, NONE, number, percent, timeOfDay, words } from '../format.js';
import { idColumn, textColumn, VirtualTable } from '../widgets/virtual-table.js';
import { Panel } from '../widgets/panel.js';
import { makeDrainControl } from './drain-control.js';

const STATES = ['planned', 'dropped', 'migrated', 'refused', 'timed_out', 'failed', 'pool_busy', 'backing_off'];
const choice = { state: '' };

/** Migrations, planned and dropped, and the drains. */
export function makeMigrationsView(live) {
  let timer = 0;
  /** Whether this scheduler plans migrations; null until the API has told it. */
  let isEnabled = null;
  const stopped = new AbortController();
  const migrations = new VirtualTable('Migrations', migrationColumns(), openMigration, undefined, 3);
  const drains = new VirtualTable('Drains', drainColumns(), (drain) => openDrain(live, drain));
  drains.node.classList.add('short');
  const summary = element('p', { class: 'muted', id: 'migrations-summary' });
  const drainSummary = element('p', { class: 'muted' });
  const node = element('section', { 'aria-label': 'Migrations and drains' },
    element('div', { class: 'bar' }, element('h1', {}, 'Migrations'), summary,
      labelledSelect('State', [['', 'any'], ...STATES.map((state) => [state, words(state)])], choice.state, (value) => {
        choice.state = value;
        render();
      })),
    migrations.node,
    element('div', { class: 'bar' }, element('h2', {}, 'Drains'), drainSummary),
    drains.node);

  function render() {
    timer = 0;
    const shown = live.migrations.filter((migration) => choice.state === '' || migration.state === choice.state);
    migrations.show(shown.map((migration) => ({ id: String(migration.sequence), item: migration })));
    drains.show(live.drains.map((drain) => ({ id: `${drain.scope} ${drain.value} ${drain.instance_id}`, item: drain })));
    setText(summary, shown.length > 0 ? `${number(shown.length)} newest: ${countsOf(shown)}`
      : isEnabled === false ? 'none: this scheduler plans no migrations; --enable-rescheduling does'
        : choice.state === '' ? 'none so far' : `none is ${words(choice.state)}`);
    setText(drainSummary, `${live.drains.length === 0 ? 'no instance' : count(live.drains.length, 'instance')} draining`);
    drains.node.hidden = live.drains.length === 0;
  }

  function schedule() {
    timer ||= setTimeout(render, 250);
  }

  live.addEventListener('migrations', schedule);
  render();
  getJson('migrations', stopped.signal).then((answer) => {
    isEnabled = answer.is_enabled;
    schedule();
  }, () => {
    // The state of the connection is shown at the top.
  });
  return {
    node,
    dispose() {
      stopped.abort();
      live.removeEventListener('migrations', schedule);
      clearTimeout(timer);
      migrations.dispose();
      drains.dispose();
    },
  };
}

function countsOf(migrations) {
  const parts = STATES.map((state) => [state, migrations.filter((migration) => migration.state === state).length])
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${number(count)} ${words(state)}`);
  return parts.join(', ') || 'none';
}

function openMigration(migration) {
  const facts = [
    ['State', words(migration.state)], ['Time', timeOfDay(migration.time_ms)], ['Policy', words(migration.policy)], ['From', migration.source_id],
    ['To', migration.destination_id], ['Requests', migration.selection], ['Took', duration(migration.duration_ms)], ['Answer of the llumlet', migration.answer],
  ];
  new Panel(`Migration ${migration.sequence}`, element('div', {},
    element('p', { class: 'note' }, migration.why || words(migration.state)),
    element('dl', { class: 'facts' }, ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value || NONE))))));
}

/** How far the drain of an instance is, and for operators what ends it. */
function openDrain(live, opened) {
  const id = opened.instance_id;
  const control = makeDrainControl(live, id);
  const names = ['Drained by', 'Requests left', 'For', 'Empty in', 'Safe to delete', 'Why not'];
  const facts = names.map(() => element('dd', {}));
  function show() {
    const drain = live.drains.find((one) => one.instance_id === id);
    const texts = drain ? drainColumns().slice(1).filter((column) => column.textOf).map((column) => column.textOf(drain)) : names.map(() => NONE);
    facts.forEach((fact, index) => setText(fact, texts[index] || NONE));
  }

  live.addEventListener('migrations', show);
  show();
  new Panel(`Drain of ${id}`, element('div', {}, control.node,
    element('dl', { class: 'facts' }, ...names.map((name, index) => element('div', {}, element('dt', {}, name), facts[index])))), () => {
    live.removeEventListener('migrations', show);
    control.dispose();
  });
}

/** The share of a drained instance's requests that have ended. */
export function drainedShare(drain) {
  return drain.is_safe_to_delete ? 1 : drain.requests_at_start > 0 ? Math.max(0, 1 - drain.requests / drain.requests_at_start) : 0;
}

function migrationColumns() {
  return [
    textColumn('time', 'Time', 98, (item) => timeOfDay(item.time_ms)),
    textColumn('state', 'State', 92, (item) => words(item.state)),
    textColumn('policy', 'Policy', [100, 1], (item) => words(item.policy)),
    textColumn('source', 'From', [120, 1], (item) => item.source_id),
    textColumn('destination', 'To', [120, 1], (item) => item.destination_id),
    textColumn('selection', 'Requests', [140, 1], (item) => item.selection, { hint: 'How many requests were to be moved, and which of them first' }),
    textColumn('duration', 'Took', 90, (item) => duration(item.duration_ms), { numeric: true }),
    textColumn('why', 'Why', [200, 2], (item) => item.why),
    textColumn('answer', 'Answer', [130, 1], (item) => item.answer, { hint: 'What the llumlet of the source has answered' }),
  ];
}

function drainColumns() {
  return [
    idColumn('instance', 'Instance', [150, 1], (item) => item.instance_id),
    textColumn('drain', 'Drained by', [150, 1], (item) => `${item.scope} ${item.value}`),
    {
      key: 'progress', title: 'Progress', width: 120,
      make: () => element('progress', { max: 1, value: 0 }),
      show: (cell, item) => {
        const share = drainedShare(item);
        cell.firstChild.value = share;
        cell.firstChild.setAttribute('aria-label', `${percent(share)} of the requests of ${item.instance_id} have ended`);
      },
    },
    textColumn('requests', 'Requests left', 130, (item) => `${number(item.requests)} of ${number(item.requests_at_start)}`, { numeric: true }),
    textColumn('since', 'For', 100, (item) => duration(item.drained_for_ms), { numeric: true }),
    textColumn('estimate', 'Empty in', 100, (item) => duration(item.estimated_ms_to_empty), { numeric: true }),
    textColumn('safe', 'Safe to delete', 130, (item) => (item.is_safe_to_delete ? 'yes' : 'no')),
    textColumn('why', 'Why not', [200, 2], (item) => item.why_not_safe),
  ];
}
