import { getJson } from '../data/api.js';
import { element, labelledSelect, setAttribute, setText } from '../dom.js';
import { duration, number, timeOfDay, words } from '../format.js';
import { textColumn, VirtualTable } from '../widgets/virtual-table.js';
import { openDecision } from './decision-panel.js';

const OUTCOMES = ['placed', 'held', 'no_available_endpoint', 'endpoint_not_found', 'store_not_available', 'prompt_too_long', 'all_excluded'];
const PAGE = 200;
const RENDER_MS = 250;
/** An event tells a decision once, when it is made; its first token is observed later. */
const REFRESH_MS = 5000;
const REFRESHED = 100;

/** What the user has chosen, kept while other views are shown. */
const choice = { outcome: '' };

/** The decisions: live, or those of a search in the kept history. */
export function makeDecisionsView(live, searched) {
  let isPaused = false;
  let timer = 0;
  const stopped = new AbortController();
  /** The result of a search, or a page of the history; null while the live decisions are shown. */
  let found = null;
  const table = new VirtualTable('Decisions', columns(), (decision) => openDecision(live, decision.sequence), undefined, 3);
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
    setText(summary, `the newest decisions, ${isPaused ? 'paused' : 'live'}${live.isThinned ? '; there are too many to list all, search for the others' : ''}`);
    older.hidden = shown.length === 0;
  }

  async function refresh() {
    if (isPaused || found !== null || document.hidden) {
      return;
    }

    try {
      const answer = await getJson(`decisions?limit=${REFRESHED}`, stopped.signal);
      live.mergeDecisions(answer.decisions);
    } catch {
      // The state of the connection is shown at the top.
    }
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
      if (value !== null && value !== '') {
        query.set(name, value);
      }
    }

    try {
      const answer = await getJson(`decisions?${query}`, stopped.signal);
      found = answer.decisions;
      table.show(found.map(toRow));
      setText(summary, `${number(found.length)} found among the ${number(Math.min(answer.capacity, answer.recorded_total))} kept decisions`);
      older.hidden = answer.next_before === null;
    } catch (error) {
      if (!stopped.signal.aborted) {
        setText(summary, error.message);
      }
    }
  }

  function schedule() {
    if (!isPaused) {
      timer ||= setTimeout(render, RENDER_MS);
    }
  }

  live.addEventListener('decisions', schedule);
  render();
  void (searched || choice.outcome ? search() : refresh());
  const refreshing = setInterval(refresh, REFRESH_MS);

  return {
    node,
    dispose() {
      live.removeEventListener('decisions', schedule);
      stopped.abort();
      clearInterval(refreshing);
      clearTimeout(timer);
      table.dispose();
    },
  };
}

function toRow(decision) {
  return { id: String(decision.sequence), item: decision };
}

/** The reason, without the name of the runner-up, which has a column of its own. */
function whyOf(decision) {
  return decision.why.replace(`runner-up ${decision.runner_up_id}`, 'runner-up');
}

function columns() {
  return [
    textColumn('time', 'Time', 98, (item) => timeOfDay(item.time_ms)),
    textColumn('request', 'Request', [156, 1], (item) => item.request_id),
    textColumn('role', 'Role', 72, (item) => words(item.role)),
    textColumn('outcome', 'Outcome', 100, (item) => words(item.outcome)),
    textColumn('instance', 'Instance', [128, 1], (item) => item.instance_id),
    textColumn('runner-up', 'Runner-up', [128, 1], (item) => item.runner_up_id, { hint: 'The best other candidate' }),
    textColumn('tokens', 'Prompt tokens', 74, (item) => number(item.prompt_tokens), { numeric: true }),
    textColumn('predicted', 'TTFT predicted', 88, (item) => duration(item.predicted_ttft_ms), { numeric: true, hint: 'Predicted time to the first token; needs profiling tables' }),
    textColumn('observed', 'TTFT observed', 88, (item) => duration(item.observed_ttft_ms), { numeric: true, hint: 'Time from the decision to the report of the first token' }),
    textColumn('why', 'Why', [280, 3], whyOf),
  ];
}
