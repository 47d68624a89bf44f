import { getJson, sendJson, setToken } from '../data/api.js';
import { element, labelledSelect, setText } from '../dom.js';
import { count, NONE, number, percent, timeOfDay } from '../format.js';
import { askForToken } from '../widgets/token-dialog.js';
import { comparisonTable } from './what-if-result.js';

const POLL_MS = 500;

/** What the user has asked for, kept while other views are shown. */
const choice = { changes: new Map(), minutes: 5, seeds: 3, isAll: false };

/** The options that are offered at first: the policy, and what most depends on it. */
const FIRST = ['scheduling-policy', 'dispatch-top-k', 'dispatch-neutral-load-metric', 'dispatch-neutral-load-threshold', 'ttft-slo', 'tpot-slo', 'slo-overload', 'enable-rescheduling'];

/** The last minutes, played with the present options and with others, on a model of the fleet. */
export function makeWhatIfView(live) {
  const stopped = new AbortController();
  const problem = element('p', { class: 'bad', role: 'alert', hidden: true });
  const form = element('form', { class: 'what-if', 'aria-label': 'What would be different', onsubmit: begin });
  const state = element('p', { class: 'muted', role: 'status' });
  const bar = element('progress', { max: 1, value: 0, 'aria-label': 'Progress of the simulation', hidden: true });
  const result = element('div', { class: 'comparison' });
  const node = element('section', { class: 'scrolling', 'aria-label': 'What if', tabindex: 0 },
    element('div', { class: 'bar' }, element('h1', {}, 'What if'),
      element('p', { class: 'muted' }, 'The requests of the last minutes, simulated on a model of the fleet: with the options as they are, and with others.')),
    problem, form, element('div', { class: 'bar' }, state, bar), result);
  let timer = 0;
  let shown = -1;
  let hasForm = false;

  async function ask(send) {
    clearTimeout(timer);
    try {
      const answer = await (send ? send() : getJson('what-if', stopped.signal));
      problem.hidden = true;
      show(answer);
    } catch (error) {
      if (!stopped.signal.aborted) {
        setText(problem, error.message);
        problem.hidden = false;
      }
    }
  }

  function show(answer) {
    const { run } = answer;
    if (!hasForm) {
      hasForm = true;
      fill(answer);
    }

    const isRunning = run?.state === 'running';
    form.querySelectorAll('button.run').forEach((button) => {
      button.disabled = isRunning || !answer.may_run || answer.why_not !== '';
    });
    form.querySelectorAll('button.end').forEach((button) => {
      button.hidden = !isRunning || !answer.may_run;
    });
    bar.hidden = !isRunning;
    bar.value = run?.progress ?? 0;
    setText(state, stateText(answer));
    const key = run?.result ? run.number : 0;
    if (key !== shown) {
      shown = key;
      result.replaceChildren(...(run?.result ? [comparisonTable(run)] : []));
    }

    if (isRunning) {
      timer = setTimeout(() => void ask(), POLL_MS);
    }
  }

  function fill(answer) {
    const flags = answer.flags.filter((flag) => choice.isAll || FIRST.includes(flag.flag) || choice.changes.has(flag.flag));
    const all = element('input', { type: 'checkbox', checked: choice.isAll, onchange: () => {
      choice.isAll = all.checked;
      fill(answer);
      form.querySelector('input[type=checkbox]').focus();
    } });
    form.replaceChildren(
      element('div', { class: 'bar' },
        element('label', {}, 'Minutes to play again ', numberInput('minutes', 0.1, answer.bounds.minutes, 'any')),
        element('label', {}, 'Seeds (repetitions) ', numberInput('seeds', 1, answer.bounds.seeds, 1)),
        element('label', {}, all, ` all ${answer.flags.length} options`)),
      element('div', { class: 'fields' }, ...flags.map(field)),
      element('div', { class: 'bar' },
        element('button', { class: 'run' }, 'Run'),
        element('button', { type: 'button', class: 'end', hidden: true, onclick: () => void ask(() => sendJson('DELETE', 'what-if')) }, 'End it'),
        element('button', { type: 'button', onclick: () => {
          choice.changes.clear();
          problem.hidden = true;
          fill(answer);
        } }, 'Undo changes'),
        answer.may_run ? null : element('button', { type: 'button', onclick: logIn }, 'Use the operator token…')));
    form.querySelector('button.run').disabled = !answer.may_run || answer.why_not !== '';
  }

  function logIn() {
    askForToken((token) => {
      setToken(token);
      live.reconnect();
      hasForm = false;
      void ask();
    });
  }

  function begin(event) {
    event.preventDefault();
    if (choice.changes.size === 0) {
      setText(problem, 'Change an option first: with none changed there is nothing to compare.');
      problem.hidden = false;
      return;
    }

    const overrides = Object.fromEntries(choice.changes);
    void ask(() => sendJson('POST', 'what-if', { overrides, minutes: choice.minutes, seeds: choice.seeds }));
  }

  // What it says of the form before is not true of the form now.
  form.addEventListener('input', () => { problem.hidden = true; });
  void ask();
  return {
    node,
    dispose() {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}

function numberInput(name, min, max, step) {
  const input = element('input', { type: 'number', min, max, step, required: true, value: choice[name], oninput: () => {
    choice[name] = input.valueAsNumber;
  } });
  return input;
}

/** An option with its present value, which the user may change. */
function field(flag) {
  const change = (value) => {
    if (value === flag.value) {
      choice.changes.delete(flag.flag);
    } else {
      choice.changes.set(flag.flag, value);
    }

    box.classList.toggle('is-changed', choice.changes.has(flag.flag));
  };
  const value = choice.changes.get(flag.flag) ?? flag.value;
  const options = flag.kind === 'boolean' ? ['true', 'false'] : flag.kind.includes('|') ? flag.kind.split('|') : null;
  const names = `names-of-${flag.flag}`;
  const input = options ? null : element('input', {
    value, maxlength: 256, autocomplete: 'off', spellcheck: 'false', list: flag.values.length > 0 && names, oninput: () => change(input.value),
  });
  const box = element('div', { class: 'field', title: flag.description },
    options ? labelledSelect(`--${flag.flag}`, options.map((option) => [option, option]), value, change) : element('label', {}, `--${flag.flag} `, input),
    flag.values.length > 0 && element('datalist', { id: names }, ...flag.values.map((name) => element('option', { value: name }))),
    element('span', { class: 'muted' }, `now ${flag.value || NONE}`));
  box.classList.toggle('is-changed', choice.changes.has(flag.flag));
  return box;
}

function stateText({ why_not: whyNot, may_run: mayRun, run }) {
  const what = run ? Object.entries(run.overrides).map(([flag, value]) => `--${flag}=${value}`).join(' ') : '';
  return whyNot !== '' ? `Not here: ${whyNot}.`
    : !run ? (mayRun ? 'Change an option, then run.' : 'Running one needs the operator token, or where there is none, a browser on this machine.')
      : run.state === 'running' ? `playing ${what}: ${percent(run.progress)}`
        : run.state === 'done' ? `${what}, begun at ${timeOfDay(run.started_ms)}: ${count(run.result.input.requests, 'request')} in ${number(run.result.input.seconds)} s, ${count(run.result.input.seeds, 'seed')}`
          : `${what}: ${run.state}${run.error ? `, ${run.error}` : ''}`;
}
