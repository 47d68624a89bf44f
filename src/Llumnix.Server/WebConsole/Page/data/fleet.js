import { isNumber } from '../format.js';

/** Time between two samples of the page, in milliseconds. */
export const SAMPLE_MS = 1000;

const SAMPLES = 90;

/** The server tells a large fleet no oftener than once in so many samples. */
const TOLD_PLACES = 3;

/**
 * A number of an instance that the console shows.
 * @typedef {object} Metric
 * @property {string} key Its name.
 * @property {string} title What it is called.
 * @property {'number'|'share'|'milliseconds'} kind How it is written.
 * @property {string} [hint] What it means, where the title does not say that.
 * @property {(instance: any) => number|null} of Its value; null where it is not known.
 */

/** The numbers of an instance, by which the fleet is coloured and sorted. @type {Metric[]} */
export const METRICS = [
  { key: 'running', title: 'Running', kind: 'number', hint: 'Requests that the engine computes, by its last status', of: (instance) => instance.running },
  { key: 'waiting', title: 'Waiting', kind: 'number', hint: 'Requests in the engine’s own queue, by its last status', of: (instance) => instance.waiting },
  { key: 'kv', title: 'KV used', kind: 'share', of: (instance) => (instance.kv_total_tokens > 0 ? instance.kv_used_tokens / instance.kv_total_tokens : null) },
  { key: 'kv_projected', title: 'KV projected', kind: 'share', hint: 'KV cache in use once the requests in flight and the waiting ones are in it', of: (instance) => instance.kv_projected },
  { key: 'in_flight', title: 'In flight', kind: 'number', hint: 'Requests placed there that its status does not show yet and that have not ended', of: (instance) => instance.in_flight },
  { key: 'decode_batch', title: 'Decode batch', kind: 'number', of: (instance) => instance.decode_batch },
  { key: 'prefill_tokens', title: 'Prefill tokens', kind: 'number', of: (instance) => instance.prefill_tokens },
  { key: 'decode_tokens', title: 'Decode tokens', kind: 'number', of: (instance) => instance.decode_tokens },
  { key: 'tracked_tokens', title: 'Tracked tokens', kind: 'number', of: (instance) => instance.tracked_tokens },
  { key: 'signal_age', title: 'Signal age', kind: 'milliseconds', hint: 'Time since its status changed last', of: (instance) => signalAge(instance) },
];

/** The metrics whose last minutes are kept, for sparklines. */
export const SAMPLED = ['running', 'waiting', 'kv', 'in_flight'];

/** The members of an instance that a sampled metric is made of. */
const SAMPLE_COLUMNS = { running: ['running'], waiting: ['waiting'], kv: ['kv_used_tokens'], in_flight: ['in_flight'] };

const sampledMetrics = SAMPLED.map((key) => METRICS.find((metric) => metric.key === key));

/** Age of an instance's status now, in milliseconds; null where it is not known. The server's clock is not compared with ours: the age grows on from when it came. */
export function signalAge(instance) {
  return isNumber(instance.signal_age_ms) ? instance.signal_age_ms + performance.now() - instance.agedAt : null;
}

/** The fleet as the event stream tells it. */
export class Fleet {
  #columns = [];
  #healthNames = [];
  #healthReasons = [];

  /** The instances, by index. @type {Map<number, any>} */
  instances = new Map();

  /** The scheduler's mode, `full` or `lite`; empty before the first event. */
  mode = '';

  /** The scheduler's policy. */
  policy = '';

  /** Placements in the account. */
  inFlight = 0;

  /** Grows when samples are added. */
  sampleVersion = 0;

  #sampledAt = performance.now();

  /** Takes the event `fleet`. */
  reset(answer) {
    this.#columns = answer.row_columns;
    this.#healthNames = answer.health_names;
    this.#healthReasons = answer.health_reasons;
    this.mode = answer.mode;
    this.policy = answer.policy;
    this.inFlight = answer.in_flight;
    const known = new Map([...this.instances.values()].map((instance) => [instance.id, instance.samples]));
    this.instances = new Map();
    answer.instances.forEach((instance) => this.#put(instance, known.get(instance.id)));
  }

  /** Takes the event `fleet_delta`. */
  apply(delta) {
    this.inFlight = delta.in_flight;
    delta.left.forEach((index) => this.instances.delete(index));
    delta.joined.forEach((instance) => this.#put(instance, this.instances.get(instance.index)?.samples));
    delta.rows.forEach((row) => this.#update(row));
  }

  /** Appends the present numbers to the samples of every instance, once their time has come. A time in which nothing was told leaves a gap. */
  sample() {
    const places = Math.min(SAMPLES, Math.floor((performance.now() - this.#sampledAt) / SAMPLE_MS));
    if (places === 0) {
      return;
    }

    this.#sampledAt = places === SAMPLES ? performance.now() : this.#sampledAt + places * SAMPLE_MS;
    const shown = places > TOLD_PLACES ? 1 : places;
    for (const instance of this.instances.values()) {
      instance.samples.forEach((values, index) => {
        values.copyWithin(0, places);
        values.fill(NaN, SAMPLES - places, SAMPLES - shown);
        values.fill(sampledMetrics[index].of(instance) ?? NaN, SAMPLES - shown);
      });
    }

    this.sampleVersion++;
  }

  /**
   * Takes the samples that the server has of the last minutes into the places that are empty, since the page was not there yet.
   * @param {any} recent The answer of `fleet/recent`.
   */
  backfill(recent) {
    this.sampleVersion++;
    const newest = recent.times_ms.at(-1);
    const places = Math.max(1, Math.round(recent.interval_ms / SAMPLE_MS));
    const placeOf = (time) => SAMPLES - 1 - Math.round((newest - time) / SAMPLE_MS);
    const byId = new Map([...this.instances.values()].map((instance) => [instance.id, instance]));
    for (const { id, values } of recent.instances) {
      const instance = byId.get(id);
      if (!instance) {
        continue;
      }

      recent.times_ms.forEach((time, at) => {
        const then = { ...instance, ...Object.fromEntries(recent.columns.map((column, index) => [column, values[index][at]])) };
        const last = placeOf(time);
        // A sample stands for the time since the one before, which may come somewhat late; beyond twice the interval there is a gap.
        const isNear = at > 0 && time - recent.times_ms[at - 1] <= 2 * recent.interval_ms;
        const first = isNear ? placeOf(recent.times_ms[at - 1]) + 1 : last - places + 1;
        SAMPLED.forEach((key, index) => {
          // A number that the server has no samples of must not become a line of its present value.
          const value = SAMPLE_COLUMNS[key].every((column) => recent.columns.includes(column)) ? sampledMetrics[index].of(then) : null;
          for (let place = Math.max(0, first); place <= last; place++) {
            if (Number.isNaN(instance.samples[index][place])) {
              instance.samples[index][place] = value ?? NaN;
            }
          }
        });
      });
    }
  }

  /** The last values of a sampled metric, oldest first; NaN where there is none. */
  samplesOf(instance, key) {
    return instance.samples[SAMPLED.indexOf(key)];
  }

  /** The instance with an id; undefined where there is none. */
  find(id) {
    for (const instance of this.instances.values()) {
      if (instance.id === id) {
        return instance;
      }
    }

    return undefined;
  }

  #put(instance, samples) {
    instance.agedAt = performance.now();
    instance.samples = samples ?? SAMPLED.map(() => new Float32Array(SAMPLES).fill(NaN));
    this.instances.set(instance.index, instance);
  }

  #update(row) {
    const instance = this.instances.get(row[0]);
    if (instance) {
      this.#columns.forEach((column, at) => {
        instance[column] = row[at];
      });
      instance.health_reason = this.#healthReasons[instance.health];
      instance.health = this.#healthNames[instance.health];
      instance.agedAt = performance.now();
    }
  }
}
