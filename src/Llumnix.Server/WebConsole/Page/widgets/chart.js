import { element, setAttribute } from '../dom.js';
import { timeOfDay } from '../format.js';
import { SERIES, themeColor } from './colors.js';

let library = null;

/** Loads the chart library once, when the first chart is shown. */
function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = element('script', { src: new URL('lib/echarts.js', document.baseURI) });
    script.onload = () => resolve(window.echarts);
    script.onerror = () => {
      library = null;
      reject(new Error('the chart library could not be loaded'));
    };
    document.head.append(script);
  });
  return library;
}

/**
 * A chart over time with a legend that switches its series on and off and values under the pointer.
 */
export class TimeChart {
  #node;
  #chart = null;
  #option;
  #observer;
  #isDisposed = false;
  #format;

  /**
   * @param {string} title What the chart shows, with the unit.
   * @param {(value: number) => string} format Writes a value.
   * @param {{ max?: number, isStacked?: boolean }} [shape] Top of the axis; whether the series are bars that stand on each other.
   */
  constructor(title, format, shape = {}) {
    this.#format = format;
    this.#node = element('div', { class: 'chart', role: 'img', 'aria-label': title });
    this.#option = { title, shape, series: [] };
    this.#observer = new ResizeObserver(() => this.#chart?.resize());
    this.#observer.observe(this.#node);
    loadLibrary().then((echarts) => {
      if (!this.#isDisposed) {
        this.#chart = echarts.init(this.#node, null, { renderer: 'canvas' });
        this.#render();
      }
    }, () => this.#node.replaceChildren('The chart library could not be loaded.'));
  }

  /** The element to be put into the page. */
  get node() {
    return this.#node;
  }

  /**
   * Shows series.
   * @param {{ name: string, points: [number, number|null][], isTarget?: boolean, isApart?: boolean }[]} series Points are Unix times in milliseconds with values; null is a
   * gap. A target is a dashed line; a series apart is a line in a chart of bars.
   */
  show(series) {
    this.#option.series = series;
    const last = series.map((line) => [line.name, line.points.findLast((point) => point[1] !== null)?.[1]])
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${this.#format(value)}`);
    setAttribute(this.#node, 'aria-label', `${this.#option.title}. ${last.length > 0 ? `Newest values: ${last.join(', ')}.` : 'No values yet.'}`);
    this.#render();
  }

  /** Frees the chart. */
  dispose() {
    this.#isDisposed = true;
    this.#observer.disconnect();
    this.#chart?.dispose();
  }

  #render() {
    if (this.#chart === null) {
      return;
    }

    const { title, shape, series } = this.#option;
    const text = themeColor('--text');
    const muted = themeColor('--text-muted');
    const line = themeColor('--line');
    this.#chart.setOption({
      animation: false,
      color: SERIES,
      textStyle: { color: text },
      title: { text: title, left: 0, top: 0, textStyle: { fontSize: 13, fontWeight: 600, color: text } },
      legend: { top: 20, left: 0, itemHeight: 8, itemWidth: 16, itemGap: 8, textStyle: { color: text, fontSize: 11 }, inactiveColor: muted },
      grid: { left: 8, right: 28, top: series.length > 4 ? 68 : 52, bottom: 4, containLabel: true },
      // Texts drawn into the canvas: the page's policy allows no styles in markup.
      tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, valueFormatter: (value) => (value === null || value === undefined ? '–' : this.#format(value)) },
      axisPointer: { label: { formatter: ({ value }) => timeOfDay(value) } },
      xAxis: { type: 'time', axisLabel: { color: muted, hideOverlap: true }, axisLine: { lineStyle: { color: line } } },
      yAxis: { type: 'value', min: 0, max: shape.max, axisLabel: { color: muted, formatter: (value) => this.#format(value) }, splitLine: { lineStyle: { color: line } } },
      series: series.map((one, index) => ({
        name: one.name,
        type: shape.isStacked && !one.isApart ? 'bar' : 'line',
        stack: shape.isStacked && !one.isApart ? 'all' : undefined,
        showSymbol: one.points.length < 3 && !one.isTarget,
        barMaxWidth: 14,
        lineStyle: one.isTarget ? { type: 'dashed', width: 1 } : { width: 1.5 },
        itemStyle: { color: SERIES[index % SERIES.length] },
        data: one.points,
      })),
    }, { replaceMerge: ['series'] });
  }
}
