import { element } from '../dom.js';

let made = 0;

/** Closes every open panel, for another view. */
export function closePanels() {
  document.querySelectorAll('dialog.panel').forEach((dialog) => dialog.close());
}

/**
 * A dialog over the page and over panels that are open, closed by its button, by Escape or by a click beside it; the focus returns to where it was.
 */
export class Panel {
  #dialog;
  #onClose;

  /**
   * @param {string} title What it shows.
   * @param {Node} content The content.
   * @param {() => void} [onClose] Called once when it closes.
   */
  constructor(title, content, onClose) {
    this.#onClose = onClose;
    const id = `panel-${++made}`;
    const heading = element('h2', { id }, title);
    this.#dialog = element('dialog', { class: 'panel', 'aria-labelledby': id },
      element('header', {}, heading, element('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => this.close() }, '✕')),
      element('div', { class: 'panel-content' }, content));
    this.#dialog.addEventListener('close', () => {
      this.#dialog.remove();
      this.#onClose?.();
    });
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) {
        this.close();
      }
    });
    document.body.append(this.#dialog);
    this.#dialog.showModal();
  }

  /** Closes it. */
  close() {
    this.#dialog.close();
  }
}
