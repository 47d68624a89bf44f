import { element, setAttribute, setStyle, setText } from '../dom.js';
import { NONE } from '../format.js';

/** Height of a row in pixels, by the lines of text that it has room for. */
const ROW_HEIGHTS = { 1: 28, 3: 48 };
const SPARE_ROWS = 6;
const ID_TAIL = 12;

/**
 * @typedef {object} Column
 * @property {string} key Its name.
 * @property {string} title Its title.
 * @property {number} width Its smallest width in pixels.
 * @property {number} [grow] Its part of the width that is left; 0 without it.
 * @property {string} [hint] What it means, where the title does not say that.
 * @property {boolean} [numeric] Whether its cells are aligned to the right.
 * @property {boolean} [sortable] Whether a click on the title sorts by it.
 * @property {() => Node} [make] Makes what a cell contains, once per row element; without it a cell has a text.
 * @property {(cell: HTMLElement, row: any) => void} show Shows a row's value in a cell.
 */

/**
 * A column of texts, which are also the tooltips of their cells, for they may be cut off.
 * @param {string} key Its name.
 * @param {string} title Its title.
 * @param {number|[number, number]} width Its width in pixels, or its smallest width and its part of the width that is left.
 * @param {(item: any) => string|null} of An item's text.
 * @param {Partial<Column>} [more] What else it has.
 * @returns {Column}
 */
export function textColumn(key, title, width, of, more = {}) {
  const [smallest, grow] = Array.isArray(width) ? width : [width, 0];
  return { key, title, width: smallest, grow, textOf: of, ...more, show: (cell, item) => {
    const text = of(item) || NONE;
    setText(cell, text);
    setAttribute(cell, 'title', text);
  } };
}

/**
 * A column of ids. Those that do not fit are cut in the middle, for what differs among them is at their ends: a number, a port.
 * @param {string} key Its name.
 * @param {string} title Its title.
 * @param {[number, number]} width Its smallest width in pixels and its part of the width that is left.
 * @param {(item: any) => string|null} of An item's id.
 * @param {Partial<Column>} [more] What else it has.
 * @returns {Column}
 */
export function idColumn(key, title, [width, grow], of, more = {}) {
  return {
    key, title, width, grow, ...more,
    make: () => element('span', { class: 'id' }, element('span', {}), element('span', {})),
    show: (cell, item) => {
      const id = of(item) || NONE;
      const [head, tail] = cell.firstChild.children;
      setText(head, id.slice(0, -ID_TAIL));
      setText(tail, id.slice(-ID_TAIL));
      setAttribute(cell, 'title', id);
    },
  };
}

/**
 * A table of any length of which only the visible rows are elements. The rows are `{ id, heading }` for headings of groups, or `{ id, item }`.
 * Arrow keys, Page Up, Page Down, Home and End move the active row, Enter opens it, as does a click.
 */
export class VirtualTable {
  #columns;
  #onOpen;
  #onSort;
  #rows = [];
  #pool = [];
  #activeId = null;
  #prefix;
  #scroller;
  #body;
  #header;
  #rowHeight;
  #hidden = new Set();
  #frame = 0;
  #observer;

  /**
   * @param {string} label What the table is, for screen readers.
   * @param {Column[]} columns The columns.
   * @param {(item: any) => void} onOpen Called with the item that is opened.
   * @param {(key: string) => void} [onSort] Called with the column whose title is clicked.
   * @param {1|3} [lines] How many lines of text a row has room for: with 3, texts wrap.
   */
  constructor(label, columns, onOpen, onSort, lines = 1) {
    this.#rowHeight = ROW_HEIGHTS[lines];
    this.#columns = columns;
    this.#onOpen = onOpen;
    this.#onSort = onSort;
    this.#prefix = `row-${label.toLowerCase().replace(/\W+/g, '-')}`;
    this.#header = element('div', { role: 'row', class: 'virtual-row virtual-header', 'aria-rowindex': 1 }, ...columns.map((column, index) => this.#title(column, index)));
    this.#body = element('div', { role: 'rowgroup', class: 'virtual-body' });
    this.#scroller = element('div', {
      role: 'grid', class: lines > 1 ? 'virtual-table wrapping' : 'virtual-table', tabindex: 0, 'aria-label': label, 'aria-colcount': columns.length, 'aria-readonly': 'true',
      onkeydown: (event) => this.#move(event),
      onscroll: () => this.#schedule(),
    }, element('div', { role: 'rowgroup', class: 'virtual-head' }, this.#header), this.#body);
    this.#layOut();
    this.#scroller.style.setProperty('--row-height', `${this.#rowHeight}px`);
    this.#observer = new ResizeObserver(() => this.#schedule());
    this.#observer.observe(this.#scroller);
  }

  /** The element to be put into the page. */
  get node() {
    return this.#scroller;
  }

  /** Shows these rows; the place and the active row stay. */
  show(rows) {
    this.#rows = rows;
    setStyle(this.#body, 'height', `${rows.length * this.#rowHeight}px`);
    setStyle(this.#scroller, '--height', `${(rows.length + 2) * this.#rowHeight}px`);
    setAttribute(this.#scroller, 'aria-rowcount', String(rows.length + 1));
    this.#schedule();
  }

  /**
   * Hides columns, and shows all others.
   * @param {string[]} keys Their names.
   */
  hideColumns(keys) {
    if (keys.length === this.#hidden.size && keys.every((key) => this.#hidden.has(key))) {
      return;
    }

    this.#hidden = new Set(keys);
    this.#columns.forEach((column, index) => {
      this.#header.children[index].hidden = this.#hidden.has(column.key);
    });
    this.#keepReachable();
    this.#layOut();
    this.#schedule();
  }

  /** One of the titles can be reached by Tab; where that is hidden, the first one that is seen. */
  #keepReachable() {
    const buttons = [...this.#header.querySelectorAll('button.sort')];
    const reached = buttons.find((button) => button.tabIndex === 0);
    const first = buttons.find((button) => !button.parentElement.hidden);
    if (reached?.parentElement.hidden && first) {
      reached.tabIndex = -1;
      first.tabIndex = 0;
    }
  }

  /** Marks the column by which the rows are sorted. */
  showSort(key, isDescending) {
    this.#columns.forEach((column, index) => {
      if (column.sortable) {
        setAttribute(this.#header.children[index], 'aria-sort', column.key !== key ? 'none' : isDescending ? 'descending' : 'ascending');
      }
    });
  }

  /** Ends what the table has started. */
  dispose() {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /** Rows are grids of their own: only tracks that do not depend on the content make the same columns in each. */
  #layOut() {
    const shown = this.#columns.filter((column) => !this.#hidden.has(column.key));
    this.#scroller.style.setProperty('--tracks', shown.map(({ width, grow }) => (grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`)).join(' '));
    this.#scroller.style.setProperty('--width', `${shown.reduce((sum, column) => sum + column.width, 0)}px`);
  }

  #title(column, index) {
    const isSortable = column.sortable && this.#onSort;
    return element('div', {
      role: 'columnheader', class: column.numeric ? 'cell numeric' : 'cell', 'aria-colindex': index + 1, 'aria-sort': isSortable ? 'none' : null, title: column.hint,
    }, isSortable ? element('button', { type: 'button', class: 'sort', tabindex: index === 0 ? 0 : -1, onclick: () => this.#onSort(column.key),
      onkeydown: (event) => this.#moveTitle(event) }, column.title) : column.title);
  }

  /** Left and right move among the titles, so that the header is one stop of the tab key. */
  #moveTitle(event) {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (event.key === 'Enter' || event.key === ' ') {
      event.stopPropagation();
      return;
    }

    if (step === 0) {
      return;
    }

    event.stopPropagation();
    event.preventDefault();
    const titles = [...this.#header.querySelectorAll('[role=columnheader]:not([hidden]) button')];
    const next = titles[titles.indexOf(event.target) + step];
    if (next) {
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }

  #schedule() {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#render();
      });
    }
  }

  #render() {
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / this.#rowHeight) - SPARE_ROWS);
    const count = Math.min(this.#rows.length - first, Math.ceil(this.#scroller.clientHeight / this.#rowHeight) + 2 * SPARE_ROWS);
    while (this.#pool.length < count) {
      this.#pool.push(this.#makeRow());
    }

    let active = null;
    this.#pool.forEach((row, index) => {
      row.node.hidden = index >= count;
      if (index < count) {
        const isActive = this.#showRow(row, first + index);
        active = isActive ? row.node.id : active;
      } else {
        row.entry = null;
        row.node.removeAttribute('id');
      }
    });
    if (active === null) {
      this.#scroller.removeAttribute('aria-activedescendant');
    } else {
      setAttribute(this.#scroller, 'aria-activedescendant', active);
    }
  }

  #makeRow() {
    const cells = this.#columns.map((column, index) => element('div', {
      role: 'gridcell', class: column.numeric ? 'cell numeric' : 'cell', 'aria-colindex': index + 1,
    }, column.make?.()));
    const row = { node: null, cells, heading: null, entry: null };
    row.heading = element('div', { role: 'gridcell', class: 'group-heading', 'aria-colspan': this.#columns.length, 'aria-colindex': 1 });
    row.node = element('div', { role: 'row', class: 'virtual-row', onclick: () => this.#open(row.entry) }, ...cells, row.heading);
    this.#body.append(row.node);
    return row;
  }

  #showRow(row, index) {
    const entry = this.#rows[index];
    row.entry = entry;
    const isActive = entry.id === this.#activeId;
    setStyle(row.node, 'transform', `translateY(${index * this.#rowHeight}px)`);
    setAttribute(row.node, 'id', `${this.#prefix}-${index}`);
    setAttribute(row.node, 'aria-rowindex', String(index + 2));
    setAttribute(row.node, 'aria-selected', String(isActive));
    setAttribute(row.node, 'data-id', entry.id);
    const isHeading = entry.heading !== undefined;
    row.node.classList.toggle('is-heading', isHeading);
    row.heading.hidden = !isHeading;
    row.cells.forEach((cell, column) => {
      cell.hidden = isHeading || this.#hidden.has(this.#columns[column].key);
      if (!isHeading) {
        this.#columns[column].show(cell, entry.item);
      }
    });
    if (isHeading) {
      setText(row.heading, entry.heading);
    }

    return isActive;
  }

  #open(entry) {
    if (entry?.item) {
      this.#activeId = entry.id;
      this.#schedule();
      this.#onOpen(entry.item);
    }
  }

  #move(event) {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / this.#rowHeight) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const at = this.#rows.findIndex((entry) => entry.id === this.#activeId);
    if (event.key === 'Enter' && event.target === this.#scroller) {
      // Without this the rest of the key press would push the button that gets the focus: that which closes the dialog again.
      event.preventDefault();
      this.#open(this.#rows[at]);
    } else if (event.key in steps && this.#rows.length > 0) {
      event.preventDefault();
      this.#activate(at + steps[event.key], Math.sign(steps[event.key]));
    }
  }

  #activate(index, direction) {
    const nearest = Math.min(this.#rows.length - 1, Math.max(0, index));
    // Headings are passed over; beyond the first or the last item the way is back.
    const at = this.#findItem(nearest, direction) ?? this.#findItem(nearest, -direction);
    const entry = this.#rows[at];
    if (!entry) {
      return;
    }

    this.#activeId = entry.id;
    const top = at * this.#rowHeight;
    const visible = this.#scroller.clientHeight - this.#header.offsetHeight - this.#rowHeight;
    if (top < this.#scroller.scrollTop) {
      this.#scroller.scrollTop = top;
    } else if (top > this.#scroller.scrollTop + visible) {
      this.#scroller.scrollTop = top - visible;
    }

    this.#schedule();
  }

  #findItem(start, step) {
    for (let at = start; at >= 0 && at < this.#rows.length; at += step) {
      if (this.#rows[at].item) {
        return at;
      }
    }

    return null;
  }
}
