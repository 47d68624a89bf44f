/** The charts that compare all contestants: attainment over rate, and at one rate the distributions and the time to first token over time. */
class Comparison {
  #data;
  #hidden = new Set();
  #rate = 0;
  #attainment = new Chart('Requests within both targets, by rate');
  #distributions = [
    ['ttft', new Chart('Distribution of the time to first token (TTFT), ms'), 'ttft'],
    ['tpot', new Chart('Distribution of the time per output token (TPOT), ms'), 'tpot'],
    ['endToEnd', new Chart('Distribution of the time from end to end, ms'), null],
  ];
  #byArrival = new Chart('Time to first token by time of arrival, p90 in ms');

  constructor(data) {
    this.#data = data;
    document.getElementById('filter').append(element('fieldset', {},
      element('legend', {}, 'Contestants in the charts'),
      ...data.contestants.map((name, index) => element('button', { type: 'button', 'aria-pressed': 'true', onclick: (event) => this.#toggle(index, event.currentTarget) },
        swatch(index), name))));
    if (data.attainment.some((row) => row.some(([mean]) => mean !== null))) {
      document.getElementById('attainment').append(element('h2', {}, 'Attainment over rate'), this.#attainment.node);
    }

    document.getElementById('distributions').append(
      ...this.#distributions.filter(([key]) => data.runs.some((run) => run[key]?.values.length > 0)).map(([, chart]) => chart.node),
      ...(data.runs.some((run) => run.ttftByArrival.length > 0) ? [this.#byArrival.node] : []));
    this.#render();
  }

  /** Shows the distributions at another rate. */
  showRate(rate) {
    this.#rate = rate;
    this.#render();
  }

  #toggle(contestant, button) {
    const isShown = this.#hidden.delete(contestant);
    if (!isShown) {
      this.#hidden.add(contestant);
    }

    button.setAttribute('aria-pressed', String(isShown));
    this.#render();
  }

  #render() {
    this.#renderAttainment();
    const runs = this.#data.runs.filter((run) => run.rate === this.#rate && !this.#hidden.has(run.contestant));
    for (const [key, chart, target] of this.#distributions) {
      this.#renderDistribution(chart, runs.filter((run) => run[key]?.values.length > 0), key, target === null ? null : this.#data.targets[target]);
    }

    this.#renderByArrival(runs.filter((run) => run.ttftByArrival.length > 0));
  }

  #renderAttainment() {
    const { contestants, rates, attainment } = this.#data;
    const shown = contestants.map((name, index) => ({ name, index })).filter(({ index }) => !this.#hidden.has(index));
    const write = ([mean, half]) => (half ? `${percent(mean)} ± ${percent(half)}` : percent(mean));
    this.#attainment.show(() => ({
      tooltip: tooltip({
        formatter: (points) => [`${number(points[0].value[0], 2)} req/s`,
          ...points.filter((point) => point.seriesType === 'line').map((point) => `${point.marker}${point.seriesName}: ${write([point.value[1], point.value[2]])}`)].join('\n'),
      }),
      xAxis: axis('requests per second', undefined, { scale: true }),
      yAxis: axis('', (value) => percent(value, 0), { min: 0, max: 1 }),
      series: shown.flatMap(({ name, index }) => {
        const points = rates.map((rate, at) => [rate, ...attainment[index][at]]).filter((point) => point[1] !== null).sort((one, other) => one[0] - other[0]);
        const line = { ...contestantLine(index, name, points), showSymbol: true };
        return points.some((point) => point[2]) ? [line, intervalBars(index, name, points)] : [line];
      }),
    }), shown.map(({ name, index }) => `${name}: ${rates.map((rate, at) => `${write(attainment[index][at])} at ${number(rate, 2)}`).join(', ')}`).join('; '));
  }

  #renderDistribution(chart, runs, key, target) {
    const { contestants, quantiles } = this.#data;
    const longest = Math.max(0, ...runs.map((run) => quantileOf(run[key], quantiles, 0.99)));
    chart.show(() => ({
      tooltip: tooltip({
        formatter: ([{ axisValue }]) => [`Requests within ${number(axisValue, 2)} ms`,
          ...runs.map((run) => `${contestants[run.contestant]}: ${percent(shareWithin(run[key], quantiles, axisValue))}`)].join('\n'),
      }),
      dataZoom: [{ type: 'inside', filterMode: 'none' }],
      xAxis: axis('ms', undefined, { min: 0, max: niceCeiling(target ? Math.min(Math.max(longest, 1.2 * target), 3 * target) : longest) }),
      yAxis: axis('', (value) => percent(value, 0), { min: 0, max: 1 }),
      series: [
        ...runs.map((run) =>
          contestantLine(run.contestant, contestants[run.contestant], run[key].values.map((value, index) => [value / run[key].parts, quantiles[index] * run[key].share]))),
        ...(target ? [targetLine(target, `target ${number(target, 1)} ms`, true)] : []),
      ],
    }), runs.map((run) => `${contestants[run.contestant]}: median ${number(quantileOf(run[key], quantiles, 0.5), 1)}, p99 ${number(quantileOf(run[key], quantiles, 0.99), 1)} ms`).join('; '));
  }

  #renderByArrival(runs) {
    const { contestants, targets } = this.#data;
    this.#byArrival.show(() => ({
      tooltip: tooltip({
        formatter: (points) => [`${number(points[0].value[0])} s`, ...points.map((point) => `${point.marker}${point.seriesName}: ${number(point.value[1])} ms`)].join('\n'),
      }),
      xAxis: axis('seconds from the start'),
      yAxis: axis('', undefined, { min: 0 }),
      series: [
        ...runs.map((run) => contestantLine(run.contestant, contestants[run.contestant], run.ttftByArrival.map((value, index) => [(index + 0.5) * run.arrivalStep, value]))),
        ...(targets.ttft ? [targetLine(targets.ttft, `target ${number(targets.ttft)} ms`, false)] : []),
      ],
    }), runs.map((run) => `${contestants[run.contestant]}: at most ${number(Math.max(...run.ttftByArrival))} ms`).join('; '));
  }
}

/** Upright bars from the lower to the upper end of 95% intervals. */
function intervalBars(contestant, name, points) {
  const { color } = lookOf(contestant);
  return {
    name, type: 'custom', silent: true, z: 3, tooltip: { show: false },
    data: points.filter((point) => point[2]).map(([rate, mean, half]) => [rate, mean, half]),
    renderItem: (_, api) => {
      const [x, low] = api.coord([api.value(0), Math.max(0, api.value(1) - api.value(2))]);
      const [, high] = api.coord([api.value(0), Math.min(1, api.value(1) + api.value(2))]);
      const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 1.5 } });
      return { type: 'group', children: [line(x, low, x, high), line(x - 4, low, x + 4, low), line(x - 4, high, x + 4, high)] };
    },
  };
}

/** The value at the last quantile that is not above the share. */
function quantileOf(distribution, quantiles, share) {
  return distribution.values[quantiles.findLastIndex((quantile) => quantile <= share)] / distribution.parts;
}

/** The share of all requests with at most this latency. */
function shareWithin(distribution, quantiles, latency) {
  const last = distribution.values.findLastIndex((value) => value <= latency * distribution.parts);
  return last < 0 ? 0 : quantiles[last] * distribution.share;
}

/** The next number of the form 1, 2, 3, 4, 5, 6 or 8 times a power of ten. */
function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)));
  return [1, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value) * power;
}
