/** Colours of contestants, told apart by people with the common colour deficiencies; the ones after them are dashed. */
const SERIES = ['#3b82d6', '#e08a1e', '#2e9e5b', '#c0549c', '#8a6fd1', '#d6403b', '#5b8a9a', '#a08a2a'];

/** The look of a contestant's lines. */
function lookOf(contestant) {
  return { color: SERIES[contestant % SERIES.length], type: ['solid', 'dashed', 'dotted'][Math.floor(contestant / SERIES.length) % 3] };
}

/** A line as a contestant has it in the charts. */
function swatch(contestant) {
  const { color, type } = lookOf(contestant);
  const canvas = element('canvas', { class: 'swatch', width: 22, height: 10, 'aria-hidden': 'true' });
  const pen = canvas.getContext('2d');
  pen.strokeStyle = color;
  pen.lineWidth = 3;
  pen.setLineDash({ solid: [], dashed: [6, 3], dotted: [2, 2] }[type]);
  pen.beginPath();
  pen.moveTo(0, 5);
  pen.lineTo(22, 5);
  pen.stroke();
  return canvas;
}

/** A chart that follows the theme and the size of the page, and is first drawn when it is about to be seen. Values show under the pointer. */
class Chart {
  #chart;
  #isNear = false;
  #make = null;

  /** @param {string} title What it shows, with the unit. */
  constructor(title) {
    this.title = title;
    this.node = element('div', { class: 'chart', role: 'img', 'aria-label': title });
    window.addEventListener('themechange', () => this.#render());
    const nearness = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        nearness.disconnect();
        this.#isNear = true;
        this.#render();
      }
    }, { rootMargin: '200px' });
    nearness.observe(this.node);
    new ResizeObserver(() => this.#chart?.resize()).observe(this.node);
  }

  /**
   * Shows something else.
   * @param {() => object} make Makes ECharts options; called again when the theme changes.
   * @param {string} summary The values in words.
   */
  show(make, summary) {
    this.#make = make;
    this.node.setAttribute('aria-label', summary ? `${this.title}. ${summary}` : this.title);
    this.#render();
  }

  #render() {
    if (this.#make === null || !this.#isNear) {
      return;
    }

    this.#chart ??= window.echarts.init(this.node, null, { renderer: 'canvas' });
    const text = themeColor('--text');
    const option = this.#make();
    this.#chart.setOption({
      animation: false,
      textStyle: { color: text },
      title: { text: this.title, left: 0, top: 0, textStyle: { fontSize: 13, fontWeight: 600, color: text } },
      grid: { left: 12, right: 24, top: 40, bottom: 26, containLabel: true },
      ...option,
    }, { notMerge: true });
  }
}

/** An axis of numbers in the colours of the theme. */
function axis(name, format, more = {}) {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: 26,
    nameTextStyle: { color: themeColor('--text-muted') },
    axisLabel: { color: themeColor('--text-muted'), formatter: format, hideOverlap: true },
    axisLine: { lineStyle: { color: themeColor('--line') } },
    splitLine: { lineStyle: { color: themeColor('--line') } },
    ...more,
  };
}

/** The box under the pointer: one line for each series. Drawn into the canvas, for the page's policy allows no styles in markup. */
function tooltip(more) {
  return {
    trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: themeColor('--surface'), borderColor: themeColor('--line'),
    textStyle: { color: themeColor('--text'), fontSize: 12 }, ...more,
  };
}

/** A contestant's line. */
function contestantLine(contestant, name, data) {
  const { color, type } = lookOf(contestant);
  return { name, type: 'line', showSymbol: false, symbolSize: 7, itemStyle: { color }, lineStyle: { color, type, width: 2 }, emphasis: { focus: 'series' }, data };
}

/** A dashed line at a target, as part of a series that has no points of its own. */
function targetLine(at, text, isVertical) {
  return {
    name: text, type: 'line', data: [], silent: true, tooltip: { show: false },
    markLine: {
      symbol: 'none', silent: true, lineStyle: { color: themeColor('--warn'), type: 'dashed' }, label: { formatter: text, color: themeColor('--warn'), position: 'insideEndTop' },
      data: [isVertical ? { xAxis: at } : { yAxis: at }],
    },
  };
}
