import { element } from '../dom.js';

let isOpen = false;

/**
 * Asks for a token, in one dialog at a time.
 * @param {(token: string) => void} onToken Called with the token.
 */
export function askForToken(onToken) {
  if (isOpen) {
    return;
  }

  isOpen = true;
  const input = element('input', { type: 'password', autocomplete: 'off', required: true });
  const form = element('form', { method: 'dialog' },
    element('h2', { id: 'token-title' }, 'Access'),
    element('p', {}, 'This console asks for a token or a key. It is kept until this tab is closed.'),
    element('label', {}, 'Token ', input), ' ', element('button', {}, 'Use'));
  const dialog = element('dialog', { 'aria-labelledby': 'token-title' }, form);
  dialog.addEventListener('close', () => {
    isOpen = false;
    dialog.remove();
    if (input.value) {
      onToken(input.value);
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}
