import { getJson } from '../data/api.js';
import { element, labelledSelect, setAttribute, setText } from '../dom.js';
import { duration, NONE, number, timeOfDay, words } from '../format.js';
import { VirtualTable } from '../widgets/virtual-table.js';
import { openDecision } from './decision-panel.js';

const OUTCOMES = ['placed', 'held', 'no_available_endpoint', 'endpoint_not_found', 'store_not_available', 'prompt_too_long', 'all_excluded'];
const PAGE = 200;
const RENDER_MS = 250;

/** What the user has chosen, kept while other views are shown. */
const choice = { outcome: '' };

/** The decisions: live, or those of a search in the kept history. */
export function makeDecisionsView(live, searched) {
  let isPaused = false;
  let timer = 0;
  /** The result of a search, or a page of the history; null while the live decisions are shown. */
  let found = null;
  let panel = null;
  const table = new VirtualTable('Decisions', columns(), (decision) => {
    panel = openDecision(live, decision.sequence);
  });
  const summary = element('p', { class: 'muted', role: 'status', id: 'decisions-summary' });
  const pause = element('button', { type: 'button', 'aria-pressed': 'false', onclick: () => {
    isPaused = !isPaused;
    setAttribute(pause, 'aria-pressed', String(isPaused));
    render();
  } }, 'Pause');
  const input = element('input', { type: 'search', value: searched ?? '', placeholder: 'request id' });
  const form = element('form', { role: 'search', onsubmit: (event) => {
    event.preventDefault();
    void search();
  } }, element('label', {}, 'Request ', input), ' ', element('button', {}, 'Search'));
  const older = element('button', { type: 'button', onclick: () => void showOlder() }, 'Older');
  const node = element('section', { 'aria-label': 'Decisions' },
    element('div', { class: 'bar' }, element('h1', {}, 'Decisions'), pause, form,
      labelledSelect('Outcome', [['', 'any'], ...OUTCOMES.map((name) => [name, words(name)])], choice.outcome, (value) => {
        choice.outcome = value;
        void search();
      }), older, summary),
    table.node);

  function render() {
    timer = 0;
    if (found !== null) {
      return;
    }

    const shown = live.decisions;
    table.show(shown.map(toRow));
    setText(summary, `${number(shown.length)} newest decisions${isPaused ? ', paused' : ', live'}`);
    older.hidden = shown.length === 0;
  }

  async function search() {
    const id = input.value.trim();
    if (id === '' && choice.outcome === '') {
      found = null;
      render();
      return;
    }

    await load(null);
  }

  async function showOlder() {
    const last = (found ?? live.decisions).at(-1);
    if (last) {
      await load(last.sequence);
    }
  }

  async function load(before) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    for (const [name, value] of [['request_id', input.value.trim()], ['outcome', choice.outcome], ['before', before]]) {
      if (value) {
        query.set(name, value);
      }
    }

    try {
      const answer = await getJson(`decisions?${query}`);
      found = answer.decisions;
      table.show(found.map(toRow));
      setText(summary, `${number(found.length)} found among the ${number(Math.min(answer.capacity, answer.recorded_total))} kept decisions`);
      older.hidden = answer.next_before === null;
    } catch (error) {
      setText(summary, error.message);
    }
  }

  function schedule() {
    if (!isPaused) {
      timer ||= setTimeout(render, RENDER_MS);
    }
  }

  live.addEventListener('decisions', schedule);
  render();
  if (searched || choice.outcome) {
    void search();
  }

  return {
    node,
    dispose() {
      live.removeEventListener('decisions', schedule);
      clearTimeout(timer);
      panel?.close();
      table.dispose();
    },
  };
}

function toRow(decision) {
  return { id: String(decision.sequence), item: decision };
}

function columns() {
  const column = (key, title, width, of, isNumeric = false) => ({ key, title, width, numeric: isNumeric, show: (cell, item) => {
    const text = of(item) || NONE;
    setText(cell, text);
    cell.title = text;
  } });
  return [
    column('time', 'Time', '96px', (item) => timeOfDay(item.time_ms)),
    column('request', 'Request', 'minmax(150px, 1fr)', (item) => item.request_id),
    column('role', 'Role', '80px', (item) => words(item.role)),
    column('outcome', 'Outcome', '150px', (item) => words(item.outcome)),
    column('instance', 'Instance', 'minmax(130px, 1fr)', (item) => item.instance_id),
    column('runner-up', 'Runner-up', 'minmax(130px, 1fr)', (item) => item.runner_up_id),
    column('tokens', 'Prompt', '80px', (item) => number(item.prompt_tokens), true),
    column('predicted', 'TTFT predicted', '120px', (item) => duration(item.predicted_ttft_ms), true),
    column('observed', 'TTFT observed', '120px', (item) => duration(item.observed_ttft_ms), true),
    column('why', 'Why', 'minmax(260px, 3fr)', (item) => item.why),
  ];
}
