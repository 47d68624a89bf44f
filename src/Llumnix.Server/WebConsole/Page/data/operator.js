import { getJson } from './api.js';

/**
 * What this tab may change.
 * @param {AbortSignal} [signal] Ends the question.
 * @returns {Promise<{ isOperator: boolean, hasOperators: boolean }>} Whether the token in use is the operator's, and whether there is one.
 */
export async function askWhatIsAllowed(signal) {
  const settings = await getJson('settings', signal);
  return {
    isOperator: settings.is_operator,
    hasOperators: settings.is_operator || settings.options.some((option) => option.flag.startsWith('console-operator-token') && option.value !== ''),
  };
}
