import { ApiError, get } from './api.js';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;
/** The server sends something at least every few seconds; a stream that is silent for longer is dead. */
const SILENCE_MS = 15_000;

/** Reads the server-sent events of the admin API, by `fetch`, since an `EventSource` sends no token. A stream that ends is followed by another one. */
export class EventStream {
  #onEvent;
  #onState;
  #stopped = new AbortController();
  #wake = () => {};
  /** Ends with `resume`; null while it is not suspended. @type {Promise<void>|null} */
  #suspended = null;
  #resume = () => {};
  #end = () => {};

  /**
   * @param {(name: string, data: any) => void} onEvent Called with each event.
   * @param {(state: 'connecting'|'live'|'lost'|'refused', error?: Error) => void} onState Called when the state of the connection changes.
   */
  constructor(onEvent, onState) {
    this.#onEvent = onEvent;
    this.#onState = onState;
  }

  /** Reads until `stop`. */
  async run() {
    let delay = FIRST_RETRY_MS;
    while (!this.#stopped.signal.aborted) {
      await this.#suspended;
      try {
        this.#onState('connecting');
        await this.#read(() => {
          delay = FIRST_RETRY_MS;
          this.#onState('live');
        });
        this.#onState('lost');
      } catch (error) {
        if (this.#suspended) {
          continue;
        }

        this.#onState(error instanceof ApiError && (error.status === 401 || error.status === 403) ? 'refused' : 'lost', error);
      }

      await this.#pause(delay);
      delay = Math.min(LONGEST_RETRY_MS, delay * 2);
    }
  }

  /** Connects at once instead of after the pause, for example with another token. */
  retry() {
    this.#wake();
  }

  /** Reads nothing until `resume`. */
  suspend() {
    this.#suspended ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
    this.#end();
  }

  /** Reads on after `suspend`. */
  resume() {
    if (this.#suspended) {
      this.#suspended = null;
      this.#resume();
      this.#wake();
    }
  }

  /** Ends the stream. */
  stop() {
    this.#stopped.abort();
    this.resume();
    this.#wake();
  }

  async #read(onOpen) {
    const connection = new AbortController();
    const end = () => connection.abort();
    this.#end = end;
    this.#stopped.signal.addEventListener('abort', end, { once: true });
    let silence = setTimeout(end, SILENCE_MS);
    try {
      const response = await get('events', connection.signal);
      onOpen();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) {
          return;
        }

        clearTimeout(silence);
        silence = setTimeout(end, SILENCE_MS);
        const messages = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
        rest = messages.pop();
        messages.forEach((message) => this.#dispatch(message));
      }
    } finally {
      clearTimeout(silence);
      this.#stopped.signal.removeEventListener('abort', end);
      end();
    }
  }

  #dispatch(message) {
    let name = 'message';
    const data = [];
    for (const line of message.split('\n')) {
      if (line.startsWith('event:')) {
        name = line.slice(6).trim();
      } else if (line.startsWith('data:')) {
        data.push(line.slice(5));
      }
    }

    if (data.length > 0) {
      this.#onEvent(name, JSON.parse(data.join('\n')));
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
