/** Roles of an engine in an interval, by what its steps were. */
const ROLES = [['idle', '#8a8f98'], ['decode', '#2e9e5b'], ['mixed', '#e0b31e'], ['prefill', '#3b82d6']];
/** How many changes of role a text lists. */
const LISTED_CHANGES = 12;
const RAMP = ['#25346e', '#266ea0', '#2aa08c', '#8cc450', '#fadc3c'];

/** What can be shown of each engine: key of the data, or "role". */
const METRICS = [
  ['role', 'Role: prefill or decode', ''], ['waiting', 'Waiting requests', ''], ['running', 'Running requests', ''], ['kv', 'KV cache in use', '%'],
  ['prefill', 'Time in steps with prefill', '%'], ['decode', 'Time in steps with decodes only', '%'],
];

/** What the engines did over time under two contestants, side by side. */
class Timelines {
  #data;
  #rate = 0;
  #metrics;
  #metric = 0;
  #columns;

  constructor(data) {
    this.#data = data;
    this.#metrics = METRICS.filter(([key]) => data.runs.some((run) => run.timelines?.[key === 'role' ? 'prefill' : key].length > 0));
    const names = data.contestants;
    const best = bestContestants(data, 0);
    this.#columns = best.slice(0, 2).map((contestant) => ({
      contestant, map: new Chart('Engines over time'), fleet: new Chart('The whole fleet over time'), migrations: new Chart('Migrations'), text: element('p', { class: 'muted' }),
    }));
    const section = document.getElementById('timelines');
    if (this.#metrics.length === 0) {
      section.hidden = true;
      return;
    }

    section.append(
      element('h2', {}, 'Engines over time'),
      element('div', { class: 'bar' },
        labelledSelect('Show', this.#metrics.map(([, title]) => title), 0, (index) => {
          this.#metric = index;
          this.#render();
        }),
        ...this.#columns.map((column, index) => labelledSelect(index === 0 ? 'Contestant' : 'beside', names, column.contestant, (contestant) => {
          column.contestant = contestant;
          this.#render();
        }))),
      element('div', { class: 'charts' }, ...this.#columns.map((column) =>
        element('div', { class: 'column' }, column.text, column.map.node, column.fleet.node, column.migrations.node))));
    this.#render();
  }

  /** Shows the timelines at another rate. */
  showRate(rate) {
    this.#rate = rate;
    if (this.#metrics.length > 0) {
      this.#render();
    }
  }

  #render() {
    const [key, title, unit] = this.#metrics[this.#metric];
    const runs = this.#columns.map((column) => this.#data.runs.find((run) => run.rate === this.#rate && run.contestant === column.contestant && run.timelines));
    const most = Math.max(1, ...runs.filter(Boolean).flatMap((run) => (key === 'role' ? [] : run.timelines[key].flat())));
    this.#columns.forEach((column, index) => {
      const run = runs[index];
      column.text.textContent = run === undefined ? `${this.#data.contestants[column.contestant]}: nothing was observed` : this.#describe(run);
      column.map.node.hidden = column.fleet.node.hidden = run === undefined;
      column.migrations.node.hidden = !(run?.migrations.length > 0);
      if (run !== undefined) {
        column.map.title = `${title}, by engine`;
        showMap(column.map, run.timelines, key, unit, unit === '%' ? 100 : most);
        showFleet(column.fleet, run.timelines);
        if (!column.migrations.node.hidden) {
          showMigrations(column.migrations, run);
        }
      }
    });
  }

  #describe(run) {
    const { engines, engineCount } = run.timelines;
    const left = engineCount > engines.length ? `; the first ${engines.length} of ${engineCount} engines` : '';
    return `${this.#data.contestants[run.contestant]} at ${number(this.#data.rates[run.rate], 2)} req/s: ${run.migrationCount} migrations${left}${describeChanges(run.timelines)}`;
  }
}

/** Contestants by attainment at a rate, best first; in their own order where that is not known. */
function bestContestants(data, rate) {
  const attained = (contestant) => data.attainment[contestant]?.[rate]?.[0] ?? 0;
  return data.contestants.map((_, index) => index).sort((one, other) => attained(other) - attained(one) || one - other);
}

/** The role in an interval: index in ROLES. */
function roleOf(prefill, decode) {
  const busy = prefill + decode;
  const share = prefill / busy;
  return busy < 5 ? 0 : share < 0.2 ? 1 : share > 0.8 ? 3 : 2;
}

/** The times, in seconds, at which an engine went from prefill to decode or back; idle and mixed intervals between the two do not count as roles. */
function roleChanges(prefill, decode, step) {
  const plain = prefill.map((value, at) => [at * step, roleOf(value, decode[at])]).filter(([, role]) => role === 1 || role === 3);
  return plain.filter(([, role], at) => at > 0 && role !== plain[at - 1][1]).map(([seconds]) => seconds);
}

/** Which engines changed between prefill and decode most often, and when, as a sentence. */
function describeChanges({ engines, prefill, decode, step }) {
  const changes = prefill.map((row, engine) => roleChanges(row, decode[engine], step));
  const most = Math.max(0, ...changes.map((times) => times.length));
  if (most === 0) {
    return changes.length > 0 ? '. No engine changed between prefill and decode.' : '';
  }

  const often = changes.findIndex((times) => times.length === most);
  const times = changes[often].slice(0, LISTED_CHANGES).map((seconds) => number(seconds)).join(', ');
  const total = changes.reduce((sum, one) => sum + one.length, 0);
  return `. Changes between prefill and decode, by intervals of ${number(step, 1)} s: ${total} in all; ${engines[often]} most often, ${most} times, at ${times}${most > LISTED_CHANGES ? ', ...' : ''} s.`;
}

function showMap(chart, lines, key, unit, most) {
  const rows = key === 'role' ? lines.prefill.map((row, engine) => row.map((value, at) => roleOf(value, lines.decode[engine][at]))) : lines[key];
  const count = rows[0]?.length ?? 0;
  const text = (value) => (key === 'role' ? ROLES[value][0] : `${value}${unit}`);
  chart.show(() => ({
    grid: { left: 12, right: 24, top: 40, bottom: 62, containLabel: true },
    tooltip: tooltip({ trigger: 'item', formatter: ({ value }) => `${lines.engines[value[1]]}, ${number(value[0] * lines.step)} to ${number((value[0] + 1) * lines.step)} s\n${text(value[2])}` }),
    xAxis: axis('seconds from the start', undefined, {
      type: 'category', data: Array.from({ length: count }, (_, at) => number(at * lines.step)), splitLine: { show: false },
    }),
    yAxis: axis('', undefined, { type: 'category', data: lines.engines, inverse: true, splitLine: { show: false } }),
    visualMap: {
      left: 'center', bottom: 0, orient: 'horizontal', textStyle: { color: themeColor('--text') },
      ...(key === 'role'
        ? { type: 'piecewise', itemHeight: 12, itemWidth: 18, pieces: ROLES.map(([label, color], value) => ({ value, label, color })) }
        : { type: 'continuous', itemHeight: 90, itemWidth: 12, min: 0, max: most, calculable: true, inRange: { color: RAMP }, formatter: (value) => `${number(value)}${unit}` }),
    },
    series: [{ name: chart.title, type: 'heatmap', progressive: 0, data: rows.flatMap((row, engine) => row.map((value, at) => [at, engine, value])) }],
  }), rows.map((row, engine) => `${lines.engines[engine]}: ${key === 'role'
    ? ROLES.map(([name], role) => `${name} ${percent(row.filter((value) => value === role).length / row.length, 0)}`).join(', ')
    : `mean ${number(row.reduce((sum, value) => sum + value, 0) / row.length, 1)}${unit}, most ${Math.max(...row)}${unit}`}`).join('; '));
}

/** Sums over the engines: what is waiting, and how many engines' time goes where. */
function showFleet(chart, lines) {
  const sum = (rows, scale) => rows[0].map((_, at) => rows.reduce((total, row) => total + row[at], 0) / scale);
  const points = (values) => values.map((value, at) => [(at + 0.5) * lines.step, value]);
  const line = (name, color, values, yAxisIndex) => ({ name, type: 'line', showSymbol: false, yAxisIndex, itemStyle: { color }, lineStyle: { color, width: 1.5 }, data: points(values) });
  const sums = [
    ...(lines.prefill.length > 0 ? [['engines in steps with prefill', '#3b82d6', sum(lines.prefill, 100), 0], ['engines in steps with decodes only', '#2e9e5b', sum(lines.decode, 100), 0]] : []),
    ...(lines.kv.length > 0 ? [['KV caches in use, in engines', '#8a6fd1', sum(lines.kv, 100), 0]] : []),
    ['waiting requests', '#d6403b', sum(lines.waiting, 1), 1],
  ];
  chart.show(() => ({
    grid: { left: 12, right: 12, top: 66, bottom: 26, containLabel: true },
    legend: { top: 22, left: 0, itemHeight: 8, itemWidth: 16, textStyle: { color: themeColor('--text'), fontSize: 11 }, inactiveColor: themeColor('--text-muted') },
    tooltip: tooltip({ valueFormatter: (value) => number(value, 1) }),
    xAxis: axis('seconds from the start', undefined, { axisPointer: { label: { formatter: ({ value }) => `${number(value)} s` } } }),
    yAxis: [axis('', undefined, { min: 0, max: lines.engines.length }), axis('', undefined, { min: 0, minInterval: 1, splitLine: { show: false } })],
    series: sums.map(([name, color, values, at]) => line(name, color, values, at)),
  }), sums.map(([name, , values]) => `${name}: at most ${number(Math.max(...values), 1)}`).join('; '));
}

function showMigrations(chart, run) {
  const { engines } = run.timelines;
  const name = (engine) => engines[engine] ?? (engine < 0 ? '?' : `engine ${engine}`);
  const points = (at, shift) => run.migrations.filter((move) => move[at] >= 0).map((move) => [move[0], move[at] + shift, move[1], move[2]]);
  const left = run.migrationCount > run.migrations.length ? `, the first ${run.migrations.length} of ${run.migrationCount}` : '';
  chart.title = `Migrations by engine, counted from 0${left}`;
  chart.show(() => ({
    grid: { left: 12, right: 24, top: 66, bottom: 26, containLabel: true },
    legend: { top: 22, left: 0, textStyle: { color: themeColor('--text') }, inactiveColor: themeColor('--text-muted') },
    tooltip: tooltip({ trigger: 'item', formatter: ({ value }) => `${number(value[0], 1)} s: ${name(value[2])} to ${name(value[3])}` }),
    xAxis: axis('seconds from the start', undefined, { min: 0 }),
    yAxis: axis('', undefined, { min: 0, max: engines.length, interval: Math.max(1, Math.round(engines.length / 8)) }),
    series: [['from', 1, 0.2, '#e08a1e', 'circle'], ['to', 2, 0.6, '#3b82d6', 'triangle']].map(([title, at, shift, color, symbol]) =>
      ({ name: title, type: 'scatter', symbol, symbolSize: 6, itemStyle: { color }, data: points(at, shift) })).filter((series) => series.data.length > 0),
  }), `${run.migrationCount} requests moved`);
}
