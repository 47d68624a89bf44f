import { element } from '../dom.js';

/**
 * Asks before something is done.
 * @param {string} title What is to be done, as a question.
 * @param {string} text What it means.
 * @param {string} action What the button that does it says.
 * @returns {Promise<boolean>} Whether it is to be done.
 */
export function confirmAction(title, text, action) {
  return new Promise((resolve) => {
    const dialog = element('dialog', { role: 'alertdialog', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      element('form', { method: 'dialog' },
        element('h2', { id: 'confirm-title' }, title),
        element('p', { id: 'confirm-text' }, text),
        element('button', { value: 'no', autofocus: true }, 'Cancel'), ' ', element('button', { value: 'yes', class: 'danger' }, action)));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
