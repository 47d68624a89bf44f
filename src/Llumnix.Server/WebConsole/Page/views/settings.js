import { getJson } from '../data/api.js';
import { element, setText, simpleTable } from '../dom.js';
import { dateAndTime, NONE, number } from '../format.js';

/** The options as they take effect, the build, and the scheduler among its replicas. */
export function makeSettingsView(live) {
  const stopped = new AbortController();
  const content = element('div', { 'aria-busy': 'true' }, 'loading');
  const node = element('section', { class: 'scrolling', 'aria-label': 'Settings', tabindex: 0 }, element('div', { class: 'bar' }, element('h1', {}, 'Settings')), content);
  let showStatus = () => {};
  getJson('settings', stopped.signal).then((settings) => {
    const status = element('dd', {});
    showStatus = () => setText(status, statusText(live.status ?? settings.status));
    content.removeAttribute('aria-busy');
    content.replaceChildren(facts(settings, status), ...warnings(settings.warnings), options(settings.options));
    showStatus();
  }, (error) => {
    if (!stopped.signal.aborted) {
      content.removeAttribute('aria-busy');
      content.replaceChildren(element('p', { class: 'bad', role: 'alert' }, error.message));
    }
  });
  const onStatus = () => showStatus();
  live.addEventListener('status', onStatus);
  return {
    node,
    dispose() {
      stopped.abort();
      live.removeEventListener('status', onStatus);
    },
  };
}

function statusText(status) {
  return status.is_ready ? status.warning || 'ready' : `not ready: ${status.reason}`;
}

function facts(settings, status) {
  const entries = [
    ['Program', settings.program], ['Version', settings.version], ['Started', dateAndTime(settings.started_ms)],
    ['Access', settings.is_operator ? 'operator' : 'read only'], ['Status', status], ['Role', settings.status.role ?? 'the only scheduler'],
    ...(settings.status.role ? [['Leader', settings.status.leader || NONE]] : []), ['Peers', settings.status.peers.join(', ') || 'none'],
  ];
  return element('dl', { class: 'facts' }, ...entries.map(([name, value]) => element('div', {}, element('dt', {}, name), value instanceof Node ? value : element('dd', {}, value))));
}

function warnings(texts) {
  return texts.length === 0 ? [] : [element('h2', {}, 'Warnings'), ...texts.map((text) => element('p', { class: 'note' }, text))];
}

function options(all) {
  if (all.length === 0) {
    return element('p', { class: 'muted options' }, 'No options are listed: this scheduler was made by a program, such as llumnix demo, and not from flags.');
  }

  const search = element('input', { type: 'search', placeholder: 'flag, value or text' });
  const isChanged = element('input', { type: 'checkbox' });
  const count = element('p', { class: 'muted', role: 'status' });
  const table = element('div', {});
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    const shown = all.filter((option) => (!isChanged.checked || !option.is_default)
      && [option.flag, option.value, option.description].some((text) => text.toLowerCase().includes(wanted)));
    setText(count, `${number(shown.length)} of ${number(all.length)} options`);
    table.replaceChildren(simpleTable('Options as they take effect', ['Flag', 'Value', 'Default', 'Source', 'Group', 'What it is for'], shown.map((option) => [
      element('code', {}, `--${option.flag}`), element('code', {}, option.value || '""'), element('code', {}, option.default || NONE), option.source, option.group, option.description,
    ]), 'No option matches.'));
  };
  search.addEventListener('input', show);
  isChanged.addEventListener('change', show);
  show();
  return element('div', { class: 'options' },
    element('div', { class: 'bar' }, element('h2', {}, 'Options'), element('label', {}, 'Find ', search), element('label', {}, isChanged, ' only those that are set'), count), table);
}
