import { element, setAttribute, setText } from '../dom.js';
import { themeColor } from './colors.js';

/** Sizes of a cell in pixels: the largest with which the map is not higher than wanted, or the smallest. */
const CELLS = [36, 24, 15, 11];
const WANTED_HEIGHT = 160;
const GAP = 2;
const LABEL = 18;
/** Width of a letter of a label, at most about. */
const LETTER = 7;

/**
 * A cell per instance, in one canvas, in groups. The table below it says the same in words, so that for the keyboard and for screen readers the map is one picture.
 */
export class HeatMap {
  #canvas;
  #area;
  #hint;
  #node;
  #groups = [];
  #places = [];
  #cell = 0;
  #color = () => '';
  #text = () => '';
  #observer;
  #frame = 0;
  #selectedId = null;
  /** What is drawn, so that the same is not drawn again. */
  #picture = '';

  /**
   * @param {(item: any) => void} onOpen Called with the item whose cell is clicked.
   */
  constructor(onOpen) {
    this.#canvas = element('canvas', {
      role: 'img',
      onmousemove: (event) => this.#showHint(event),
      onmouseleave: () => setText(this.#hint, '\u00a0'),
      onclick: (event) => {
        const item = this.#find(event);
        if (item) {
          onOpen(item);
        }
      },
    });
    this.#hint = element('p', { class: 'map-hint', 'aria-hidden': 'true' }, '\u00a0');
    this.#area = element('div', { class: 'map-area', role: 'group', 'aria-label': 'Map of the fleet', tabindex: 0 }, this.#canvas);
    this.#node = element('div', { class: 'heat-map' }, this.#area, this.#hint);
    this.#observer = new ResizeObserver(() => this.#schedule());
    this.#observer.observe(this.#node);
  }

  /** The element to be put into the page. */
  get node() {
    return this.#node;
  }

  /**
   * Shows the fleet.
   * @param {{ name: string, items: any[] }[]} groups The groups, in order; one without a name has no label.
   * @param {(item: any) => string} color Colour of an item.
   * @param {(item: any) => string} text What is said of an item under the pointer.
   * @param {string} summary What the picture shows, in a sentence.
   */
  show(groups, color, text, summary) {
    this.#groups = groups;
    this.#color = color;
    this.#text = text;
    setAttribute(this.#canvas, 'aria-label', summary);
    this.#schedule();
  }

  /** Marks the cell of an instance; null for none. */
  select(id) {
    this.#selectedId = id;
    this.#schedule();
  }

  /** Ends what the map has started. */
  dispose() {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #schedule() {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw();
      });
    }
  }

  #draw() {
    const width = this.#area.clientWidth;
    if (width === 0) {
      return;
    }

    const height = this.#placeWithin(width);
    const ratio = window.devicePixelRatio || 1;
    const textColor = themeColor('--text-muted');
    const colors = this.#places.map((place) => (place.label === undefined ? this.#color(place.item) : place.label));
    const picture = [width, height, ratio, textColor, this.#cell, this.#places.findIndex((place) => place.item?.id === this.#selectedId), ...colors,
      ...this.#places.filter((place) => place.label !== undefined).map((place) => `${place.x} ${place.y}`)].join();
    if (picture === this.#picture) {
      return;
    }

    this.#picture = picture;
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== size[0] || this.#canvas.height !== size[1]) {
      [this.#canvas.width, this.#canvas.height] = size;
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }

    const context = this.#canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = '12px system-ui, sans-serif';
    for (const [index, place] of this.#places.entries()) {
      if (place.label !== undefined) {
        context.fillStyle = textColor;
        context.fillText(place.label, place.x, place.y + 13, place.width);
      } else {
        context.fillStyle = colors[index];
        context.fillRect(place.x, place.y, this.#cell, this.#cell);
        if (place.item.id === this.#selectedId) {
          context.strokeStyle = themeColor('--text');
          context.lineWidth = 2;
          context.strokeRect(place.x + 1, place.y + 1, this.#cell - 2, this.#cell - 2);
        }
      }
    }
  }

  /** Finds the size and the place of every cell; returns the height of all. */
  #placeWithin(width) {
    for (const size of CELLS) {
      const height = this.#place(width, size);
      if (height <= WANTED_HEIGHT || size === CELLS.at(-1)) {
        return height;
      }
    }
  }

  #place(width, size) {
    const step = size + GAP;
    const columns = Math.max(1, Math.floor((width + GAP) / step));
    this.#places = [];
    this.#cell = size;
    let left = 0;
    let top = 0;
    let lineHeight = 0;
    for (const group of this.#groups) {
      const label = group.name ? `${group.name} (${group.items.length})` : '';
      const groupWidth = Math.max(Math.min(columns, group.items.length) * step, label.length * LETTER);
      // Small groups stand beside each other.
      if (left > 0 && left + groupWidth > width + GAP) {
        top += lineHeight;
        [left, lineHeight] = [0, 0];
      }

      const cellsTop = top + (label ? LABEL : 0);
      if (label) {
        this.#places.push({ label, x: left, y: top, width: groupWidth });
      }

      for (const [index, item] of group.items.entries()) {
        this.#places.push({ item, x: left + index % columns * step, y: cellsTop + Math.floor(index / columns) * step });
      }

      lineHeight = Math.max(lineHeight, cellsTop - top + Math.ceil(group.items.length / columns) * step + GAP);
      left += groupWidth + 4 * GAP;
    }

    return Math.max(size, top + lineHeight);
  }

  #find(event) {
    const { offsetX: x, offsetY: y } = event;
    const step = this.#cell + GAP;
    return this.#places.find((place) => place.item && x >= place.x && x < place.x + step && y >= place.y && y < place.y + step)?.item;
  }

  #showHint(event) {
    const item = this.#find(event);
    this.#canvas.style.cursor = item ? 'pointer' : 'default';
    setText(this.#hint, item ? this.#text(item) : '\u00a0');
  }
}
