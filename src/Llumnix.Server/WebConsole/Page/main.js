import { ApiError, setToken } from './data/api.js';
import { Live } from './data/live.js';
import { element, setText } from './dom.js';
import { makeThemeControl } from './theme.js';
import { makeDecisionsView } from './views/decisions.js';
import { makeFleetView } from './views/fleet.js';
import { makeMigrationsView } from './views/migrations.js';
import { makeSettingsView } from './views/settings.js';
import { makeTargetsView } from './views/targets.js';
import { makeWhatIfView } from './views/what-if.js';
import { closePanels } from './widgets/panel.js';
import { askForToken } from './widgets/token-dialog.js';

/** The views by the hash of their address. Each is made with the live data, and returns its node and what ends it. */
const VIEWS = [
  ['fleet', 'Fleet', makeFleetView],
  ['decisions', 'Decisions', makeDecisionsView],
  ['migrations', 'Migrations', makeMigrationsView],
  ['targets', 'Targets', makeTargetsView],
  ['what-if', 'What if', makeWhatIfView],
  ['settings', 'Settings', makeSettingsView],
];

const main = document.getElementById('view');
const links = document.getElementById('views');
const live = new Live();
let shown = null;

function showView() {
  const [, name, argument] = location.hash.split('/');
  const [key, title, make] = VIEWS.find((view) => view[0] === name) ?? VIEWS[0];
  closePanels();
  shown?.dispose();
  shown = make(live, argument ? decodeURIComponent(argument) : null);
  main.replaceChildren(shown.node);
  document.title = `${title} – Llumnix console`;
  for (const link of links.children) {
    if (link.dataset.view === key) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
}

function showConnection() {
  const node = document.getElementById('connection');
  node.dataset.state = live.connection;
  const texts = { connecting: 'connecting', live: 'live', lost: 'connection lost, trying again', refused: 'access refused' };
  setText(node, texts[live.connection]);
  if (live.connection === 'refused' && live.error instanceof ApiError) {
    if (live.error.status === 401) {
      askForToken((token) => {
        setToken(token);
        live.reconnect();
        showView();
      });
    } else {
      setText(node, `access refused: ${live.error.message}`);
    }
  }
}

function showReadiness() {
  const { status } = live;
  const node = document.getElementById('readiness');
  node.className = `readiness ${status.is_ready ? (status.warning ? 'warn' : 'good') : 'bad'}`;
  const role = status.role ? `${status.role}, ` : '';
  setText(node, role + (status.is_ready ? status.warning || 'ready' : `not ready: ${status.reason}`));
}

links.append(...VIEWS.map(([key, title]) => element('a', { href: `#/${key}`, 'data-view': key }, title)));
document.getElementById('theme').append(makeThemeControl());
document.getElementById('skip').addEventListener('click', () => main.focus());
window.addEventListener('hashchange', showView);
live.addEventListener('connection', showConnection);
live.addEventListener('status', showReadiness);
showView();
live.start();
