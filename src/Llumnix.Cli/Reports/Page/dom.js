/** Makes an element; texts become text nodes, and `on...` attributes listeners. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      made.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== null && value !== false) {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }

  made.append(...children);
  return made;
}

/** A `<select>` with a visible label; the values of its options are their indices. */
function labelledSelect(label, texts, selected, onChange) {
  const select = element('select', { onchange: () => onChange(Number(select.value)) },
    ...texts.map((text, index) => element('option', { value: index, selected: index === selected }, text)));
  return element('label', {}, `${label} `, select);
}

/** Reads what is compressed in the page: gzip in base64. */
async function unpack(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

/** A number with at most this many decimals. */
function number(value, decimals = 0) {
  return value === null || value === undefined ? '–' : value.toLocaleString('en', { maximumFractionDigits: decimals, useGrouping: false });
}

function percent(share, decimals = 1) {
  return share === null || share === undefined ? '–' : `${number(100 * share, decimals)}%`;
}
