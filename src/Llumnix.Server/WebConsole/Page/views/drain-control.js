import { sendJson, setToken } from '../data/api.js';
import { askWhatIsAllowed } from '../data/operator.js';
import { element, setText } from '../dom.js';
import { confirmAction } from '../widgets/confirm.js';
import { askForToken } from '../widgets/token-dialog.js';

/**
 * What an operator drains an instance with, or ends its drain. For others it says what that needs, or is empty where nobody may.
 * @param {import('../data/live.js').Live} live The live data.
 * @param {string} id The instance.
 * @returns {{ node: HTMLElement, show: () => void, dispose: () => void }} The control; `show` brings it up to date.
 */
export function makeDrainControl(live, id) {
  const stopped = new AbortController();
  const button = element('button', { type: 'button', hidden: true, onclick: () => void change() });
  const login = element('button', { type: 'button', hidden: true, onclick: logIn }, 'Use the operator token…');
  const note = element('span', { class: 'muted' });
  const problem = element('span', { class: 'bad', role: 'alert' });
  const node = element('p', { class: 'bar drain-control' }, button, login, note, problem);
  let isOperator = false;

  function show() {
    const drains = live.drains.filter((drain) => drain.instance_id === id);
    const own = drains.find((drain) => drain.scope === 'instance');
    button.hidden = !isOperator || (drains.length > 0 && !own);
    setText(button, own ? 'End the drain' : 'Drain');
    setText(note, drains.length === 0 ? '' : drainText(drains[0]));
  }

  async function change() {
    const own = live.drains.find((drain) => drain.instance_id === id && drain.scope === 'instance');
    const isMeant = own
      ? await confirmAction(`End the drain of ${id}?`, 'It gets new requests again.', 'End the drain')
      : await confirmAction(`Drain ${id}?`, 'It gets no new requests until the drain is ended; those that it has go on.', 'Drain');
    if (!isMeant) {
      return;
    }

    button.disabled = true;
    try {
      await (own ? sendJson('DELETE', `drain?instance=${encodeURIComponent(own.value)}`) : sendJson('POST', 'drain', { instance: id }));
      setText(problem, '');
      await live.refreshDrains();
    } catch (error) {
      setText(problem, error.message);
    }

    button.disabled = false;
  }

  function logIn() {
    askForToken((token) => {
      setToken(token);
      live.reconnect();
      void ask();
    });
  }

  async function ask() {
    try {
      const allowed = await askWhatIsAllowed(stopped.signal);
      isOperator = allowed.isOperator;
      login.hidden = isOperator || !allowed.hasOperators;
      setText(problem, '');
      show();
    } catch (error) {
      if (!stopped.signal.aborted) {
        setText(problem, error.message);
      }
    }
  }

  live.addEventListener('migrations', show);
  show();
  void ask();
  return {
    node,
    show,
    dispose() {
      stopped.abort();
      live.removeEventListener('migrations', show);
    },
  };
}

function drainText(drain) {
  const by = drain.scope === 'instance' ? '' : `, by ${drain.scope} ${drain.value}`;
  return drain.is_safe_to_delete ? `drained${by}: safe to delete` : `draining${by}: ${drain.why_not_safe}`;
}
