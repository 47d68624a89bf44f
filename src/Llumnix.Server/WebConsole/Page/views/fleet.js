import { METRICS, signalAge } from '../data/fleet.js';
import { element, labelledSelect, setAttribute, setStyle, setText } from '../dom.js';
import { count, duration, isNumber, NONE, number, percent } from '../format.js';
import { healthColor, healthNames, rampColor, themeColor } from '../widgets/colors.js';
import { HeatMap } from '../widgets/heat-map.js';
import { drawSparkline, makeSparkline } from '../widgets/sparkline.js';
import { idColumn, textColumn, VirtualTable } from '../widgets/virtual-table.js';
import { openInstance } from './instance-panel.js';

const RENDER_MS = 250;
const order = new Intl.Collator('en', { numeric: true });

const GROUPS = [
  ['none', 'nothing'], ['role', 'role'], ['unit', 'unit'], ['node', 'node'], ['model', 'model'], ['health', 'health'],
];

/** Columns that are hidden while no instance has anything in them. */
const HIDDEN_WHEN_EMPTY = ['unit', 'node', 'model', 'why'];

/** What the user has chosen, kept while other views are shown. */
const choice = { color: 'health', group: 'role', sort: 'id', isDescending: false, search: '' };

/** Writes a metric's value. */
export function metricText(metric, value) {
  return metric.kind === 'share' ? percent(value) : metric.kind === 'milliseconds' ? duration(value) : number(value);
}

/** The fleet: a map of cells and a table, both of the same instances in the same order. */
export function makeFleetView(live, instanceId) {
  const map = new HeatMap((instance) => open(instance));
  const table = new VirtualTable('Instances', columns(live), open, (key) => {
    choice.isDescending = choice.sort === key ? !choice.isDescending : METRICS.some((metric) => metric.key === key);
    choice.sort = key;
    render();
  });
  const summary = element('p', { class: 'muted', id: 'fleet-summary' });
  const legend = element('div', { class: 'legend' });
  const search = element('input', { type: 'search', value: choice.search, placeholder: 'id, node, model…', oninput: () => {
    choice.search = search.value.trim().toLowerCase();
    render();
  } });
  const node = element('section', { 'aria-label': 'Fleet' },
    element('div', { class: 'bar' },
      element('h1', {}, 'Fleet'), summary,
      labelledSelect('Group by', GROUPS, choice.group, (value) => {
        choice.group = value;
        render();
      }),
      labelledSelect('Colour by', [['health', 'Health'], ...METRICS.map((metric) => [metric.key, metric.title])], choice.color, (value) => {
        choice.color = value;
        render();
      }),
      element('label', {}, 'Find ', search), legend),
    map.node, table.node);

  let timer = 0;
  let renderedAt = -Infinity;
  let wantedId = instanceId;
  /** The instances in their order at the last time, which is nearly that of the next one, so that they are quickly sorted. */
  let ordered = [];

  function open(instance) {
    map.select(instance.id);
    openInstance(live, instance, () => map.select(null));
  }

  function render() {
    timer = 0;
    renderedAt = performance.now();
    const known = live.fleet.instances;
    const before = ordered.map((instance) => known.get(instance.index)).filter((instance) => instance !== undefined);
    const listed = new Set(before);
    ordered = sorted([...before, ...[...known.values()].filter((instance) => !listed.has(instance))]);
    const instances = ordered.filter(matches);
    const groups = groupsOf(instances);
    const metric = METRICS.find((one) => one.key === choice.color);
    const top = metric ? topOf(instances, metric) : 1;
    const color = metric
      ? (instance) => rampColor((metric.of(instance) ?? NaN) / top)
      : (instance) => healthColor(instance.health);
    table.showSort(choice.sort, choice.isDescending);
    table.hideColumns(HIDDEN_WHEN_EMPTY.filter((key) => ordered.every((instance) => textOf(instance, key) === '')));
    table.show(rowsOf(groups));
    map.show(groups, color, hintOf(metric), `Map of ${count(instances.length, 'instance')}, coloured by ${metric ? metric.title : 'health'}; ${healthSummary(instances)}.`);
    setText(summary, live.fleet.mode === '' ? 'waiting for the fleet' : `${count(instances.length, 'instance')}, ${healthSummary(instances)}; `
      + `${number(live.fleet.inFlight)} in flight; ${live.fleet.mode} mode, policy ${live.fleet.policy}`);
    showLegend(legend, metric, top);
    if (wantedId !== null && live.fleet.find(wantedId)) {
      open(live.fleet.find(wantedId));
      wantedId = null;
    }
  }

  function schedule() {
    timer ||= setTimeout(render, Math.max(0, renderedAt + RENDER_MS - performance.now()));
  }

  live.addEventListener('fleet', schedule);
  window.addEventListener('themechange', schedule);
  render();
  return {
    node,
    dispose() {
      live.removeEventListener('fleet', schedule);
      window.removeEventListener('themechange', schedule);
      clearTimeout(timer);
      map.dispose();
      table.dispose();
    },
  };
}

function columns(live) {
  const text = (key, title, width, of) => textColumn(key, title, width, of, { sortable: true });
  const figure = (key) => {
    const metric = METRICS.find((one) => one.key === key);
    return { key, title: metric.title, hint: metric.hint, width: 74, numeric: true, sortable: true, show: (cell, item) => setText(cell, metricText(metric, metric.of(item))) };
  };
  const line = (key, title) => ({
    key: `${key}-line`, title, width: 88, make: makeSparkline,
    show: (cell, item) => drawSparkline(cell.firstChild, live.fleet.samplesOf(item, key), key === 'kv' ? 1 : 4, themeColor('--accent'), live.fleet.sampleVersion),
  });
  return [
    idColumn('id', 'Instance', [160, 1.4], (item) => item.id, { sortable: true }),
    {
      key: 'health', title: 'Health', width: 130, sortable: true,
      make: () => element('span', { class: 'health' }, element('span', { class: 'swatch' }), element('span', {})),
      show: (cell, item) => {
        const [swatch, word] = cell.firstChild.children;
        setStyle(swatch, 'background', healthColor(item.health));
        setText(word, item.health);
        setAttribute(cell, 'title', item.health_reason);
      },
    },
    text('role', 'Role', 66, (item) => item.role),
    text('unit', 'Unit', 62, (item) => item.unit),
    text('node', 'Node', 76, (item) => item.node),
    text('model', 'Model', [84, 1], modelsOf),
    figure('running'), figure('waiting'), figure('kv'), figure('in_flight'), figure('signal_age'),
    line('kv', 'KV, 90 s'), line('running', 'Running, 90 s'),
    text('why', 'Why', [104, 2], (item) => item.health_reason),
  ];
}

function matches(instance) {
  return choice.search === ''
    || [instance.id, instance.address, instance.node, instance.unit, instance.role, modelsOf(instance)].some((value) => value.toLowerCase().includes(choice.search));
}

function modelsOf(instance) {
  return instance.models.join(', ');
}

function textOf(instance, key) {
  return key === 'model' ? modelsOf(instance) : key === 'why' ? instance.health_reason : instance[key] ?? '';
}

function sorted(instances) {
  const metric = METRICS.find((one) => one.key === choice.sort);
  const sign = choice.isDescending ? -1 : 1;
  const compare = metric
    ? (left, right) => sign * ((metric.of(left) ?? -Infinity) - (metric.of(right) ?? -Infinity) || 0) || order.compare(left.id, right.id)
    : (left, right) => sign * order.compare(textOf(left, choice.sort), textOf(right, choice.sort)) || order.compare(left.id, right.id);
  return instances.sort(compare);
}

function groupsOf(instances) {
  if (choice.group === 'none') {
    return instances.length === 0 ? [] : [{ name: '', items: instances }];
  }

  const byName = new Map();
  for (const instance of instances) {
    const name = textOf(instance, choice.group) || `no ${choice.group}`;
    if (!byName.has(name)) {
      byName.set(name, { name, items: [] });
    }

    byName.get(name).items.push(instance);
  }

  return [...byName.values()].sort((left, right) => order.compare(left.name, right.name));
}

function rowsOf(groups) {
  return groups.flatMap((group) => [
    ...(group.name ? [{ id: `group ${group.name}`, heading: `${group.name}: ${groupText(group.items)}` }] : []),
    ...group.items.map((instance) => ({ id: instance.id, item: instance })),
  ]);
}

function groupText(items) {
  const sums = ['running', 'waiting', 'in_flight'].map((key) => {
    const metric = METRICS.find((one) => one.key === key);
    return `${number(items.reduce((sum, item) => sum + (metric.of(item) ?? 0), 0))} ${metric.title.toLowerCase()}`;
  });
  return `${count(items.length, 'instance')}, ${sums.join(', ')}`;
}

function topOf(instances, metric) {
  if (metric.kind === 'share') {
    return 1;
  }

  return instances.reduce((top, instance) => Math.max(top, metric.of(instance) ?? 0), 0) || 1;
}

function hintOf(metric) {
  return (instance) => {
    const value = metric ? `, ${metric.title.toLowerCase()} ${metricText(metric, metric.of(instance))}` : '';
    return `${instance.id}: ${instance.health}${instance.health_reason ? ` (${instance.health_reason})` : ''}${value}, signal ${duration(signalAge(instance))} old`;
  };
}

function healthSummary(instances) {
  const counts = new Map();
  instances.forEach((instance) => counts.set(instance.health, (counts.get(instance.health) ?? 0) + 1));
  return healthNames().filter((name) => counts.has(name)).map((name) => `${number(counts.get(name))} ${name}`).join(', ') || 'none';
}

function showLegend(legend, metric, top) {
  const key = metric ? `${metric.key} ${top}` : 'health';
  if (legend.dataset.key === key) {
    return;
  }

  legend.dataset.key = key;
  if (!metric) {
    legend.replaceChildren(...healthNames().map((name) => {
      const swatch = element('span', { class: 'swatch' });
      swatch.style.background = healthColor(name);
      return element('span', {}, swatch, name);
    }));
    return;
  }

  const canvas = element('canvas', { width: 120, height: 10, 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  for (let x = 0; x < 120; x++) {
    context.fillStyle = rampColor(x / 119);
    context.fillRect(x, 0, 1, 10);
  }

  legend.replaceChildren(metricText(metric, 0), canvas, isNumber(top) ? metricText(metric, top) : NONE);
}

