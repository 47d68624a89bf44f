import { element, labelledSelect, setText } from '../dom.js';
import { duration, NONE, number, timeOfDay, words } from '../format.js';
import { VirtualTable } from '../widgets/virtual-table.js';
import { Panel } from '../widgets/panel.js';

const STATES = ['planned', 'dropped', 'migrated', 'refused', 'timed_out', 'failed', 'pool_busy', 'backing_off'];
const choice = { state: '' };

/** Migrations, planned and dropped, and the drains. */
export function makeMigrationsView(live) {
  let timer = 0;
  let panel = null;
  const migrations = new VirtualTable('Migrations', migrationColumns(), (migration) => {
    panel = openMigration(migration);
  });
  const drains = new VirtualTable('Drains', drainColumns(), () => {});
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
    setText(summary, `${number(shown.length)} newest: ${countsOf(shown)}`);
    setText(drainSummary, live.drains.length === 0 ? 'no instance is draining' : `${number(live.drains.length)} instances are draining`);
  }

  function schedule() {
    timer ||= setTimeout(render, 250);
  }

  live.addEventListener('migrations', schedule);
  render();
  return {
    node,
    dispose() {
      live.removeEventListener('migrations', schedule);
      clearTimeout(timer);
      panel?.close();
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
    ['State', words(migration.state)], ['Time', timeOfDay(migration.time_ms)], ['Policy', migration.policy], ['From', migration.source_id],
    ['To', migration.destination_id], ['Requests', migration.selection], ['Took', duration(migration.duration_ms)], ['Answer of the llumlet', migration.answer],
  ];
  return new Panel(`Migration ${migration.sequence}`, element('div', {},
    element('p', { class: 'note' }, migration.why || words(migration.state)),
    element('dl', { class: 'facts' }, ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value || NONE))))));
}

function column(key, title, width, of, isNumeric = false) {
  return { key, title, width, numeric: isNumeric, show: (cell, item) => {
    const text = of(item) || NONE;
    setText(cell, text);
    cell.title = text;
  } };
}

function migrationColumns() {
  return [
    column('time', 'Time', '96px', (item) => timeOfDay(item.time_ms)),
    column('state', 'State', '110px', (item) => words(item.state)),
    column('policy', 'Policy', 'minmax(120px, 1fr)', (item) => words(item.policy)),
    column('source', 'From', 'minmax(130px, 1fr)', (item) => item.source_id),
    column('destination', 'To', 'minmax(130px, 1fr)', (item) => item.destination_id),
    column('selection', 'Requests', 'minmax(160px, 1fr)', (item) => item.selection),
    column('duration', 'Took', '90px', (item) => duration(item.duration_ms), true),
    column('why', 'Why', 'minmax(200px, 2fr)', (item) => item.why),
    column('answer', 'Answer', 'minmax(160px, 1fr)', (item) => item.answer),
  ];
}

function drainColumns() {
  return [
    column('instance', 'Instance', 'minmax(150px, 1fr)', (item) => item.instance_id),
    column('drain', 'Drained by', 'minmax(150px, 1fr)', (item) => `${item.scope} ${item.value}`),
    column('requests', 'Requests left', '110px', (item) => `${number(item.requests)} of ${number(item.requests_at_start)}`, true),
    column('since', 'For', '100px', (item) => duration(item.drained_for_ms), true),
    column('estimate', 'Empty in', '100px', (item) => duration(item.estimated_ms_to_empty), true),
    column('safe', 'Safe to delete', '120px', (item) => (item.is_safe_to_delete ? 'yes' : 'no')),
    column('why', 'Why not', 'minmax(200px, 2fr)', (item) => item.why_not_safe),
  ];
}
