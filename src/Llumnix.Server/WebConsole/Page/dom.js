/**
 * Makes an element. Texts become text nodes, so that no value of the API is ever read as markup.
 * @param {string} tag Name of the element; "svg" elements are not made here.
 * @param {Record<string, unknown>} [attributes] Attributes; `on...` are listeners, `true` is an empty attribute, and null, undefined or false none.
 * @param {...(Node|string|number|null|undefined|false)} children What it contains.
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }

    if (name.startsWith('on')) {
      made.addEventListener(name.slice(2), value);
    } else {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }

  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(toNode));
  return made;
}

/** Sets a text only where it differs, so that a live table costs no layout for what has not changed. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Sets an attribute only where it differs. */
export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}

/** The styles that were set last, by element: the browser writes them differently. @type {WeakMap<HTMLElement, Map<string, string>>} */
const styles = new WeakMap();

/** Sets a style only where it differs from what was set last. */
export function setStyle(node, name, value) {
  let known = styles.get(node);
  if (!known) {
    styles.set(node, known = new Map());
  }

  if (known.get(name) !== value) {
    known.set(name, value);
    node.style.setProperty(name, value);
  }
}

/** A `<select>` with a visible label. */
export function labelledSelect(label, options, selected, onChange) {
  const select = element('select', { onchange: () => onChange(select.value) },
    ...options.map(([value, text]) => element('option', { value, selected: value === selected }, text)));
  return element('label', {}, `${label} `, select);
}

/** A `<table>` of texts or nodes with a caption that names it. */
export function simpleTable(caption, titles, rows, emptyText) {
  return element('table', {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title)))),
    element('tbody', {},
      ...rows.map((cells) => element('tr', {}, ...cells.map((cell, index) =>
        (index === 0 ? element('th', { scope: 'row' }, cell) : element('td', {}, cell))))),
      rows.length === 0 ? element('tr', {}, element('td', { colspan: titles.length, class: 'empty' }, emptyText)) : null));
}

function toNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}
