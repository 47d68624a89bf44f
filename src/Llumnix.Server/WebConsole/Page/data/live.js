import { getJson } from './api.js';
import { EventStream } from './event-stream.js';
import { Fleet } from './fleet.js';

const KEPT_DECISIONS = 2000;
const KEPT_MIGRATIONS = 1000;
const KEPT_INTERVALS = 2000;
/** Ages grow while the server tells nothing. */
const QUIET_MS = 2000;
/** A tab that nobody has seen for so long reads nothing until it is seen again. */
const HIDDEN_MS = 30_000;

/**
 * What the event stream tells, for all views. Events: `connection`, `fleet`, `decisions`, `migrations`, `targets` and `status`, each after a change; in a hidden tab
 * when it is seen again.
 */
export class Live extends EventTarget {
  /** The fleet. */
  fleet = new Fleet();

  /** The newest decisions, newest first. */
  decisions = [];

  /** Whether the last event left decisions out, because there were too many. */
  isThinned = false;

  /** The newest migrations, newest first. */
  migrations = [];

  /** The drains now. */
  drains = [];

  /** The intervals of the targets, oldest first. */
  intervals = [];

  /** Readiness and leadership; null before they are known. */
  status = null;

  /** `connecting`, `live`, `lost` or `refused`. */
  connection = 'connecting';

  /** The last error of the connection; null without one. */
  error = null;

  /** The events of this connection that have not come yet: the first of each replaces what an earlier connection has told. */
  #awaited = new Set();

  /** The events that nobody has seen, as the tab is hidden. */
  #unseen = new Set();

  #fleetAt = 0;

  #hiding = 0;

  #stream = new EventStream((name, data) => this.#take(name, data), (state, error) => this.#connect(state, error));

  /** Starts reading. */
  start() {
    void this.#stream.run();
    document.addEventListener('visibilitychange', () => this.#see());
    this.#see();
    setInterval(() => {
      if (this.connection === 'live' && performance.now() - this.#fleetAt >= QUIET_MS) {
        this.#tellFleet();
      }
    }, QUIET_MS);
  }

  /** Takes decisions as the API tells them now, with what has been observed since. */
  mergeDecisions(decisions) {
    this.decisions = mergeNewest(decisions, this.decisions, KEPT_DECISIONS);
    this.#tell('decisions');
  }

  /** Asks for the drains now, after a change of them, which events tell only later. */
  async refreshDrains() {
    const { drains } = await getJson('migrations');
    this.drains = drains;
    this.#tell('migrations');
  }

  /** Connects at once instead of after a pause. */
  reconnect() {
    this.#stream.retry();
  }

  #connect(state, error) {
    this.connection = state;
    if (state === 'live') {
      this.#awaited = new Set(['decisions', 'migrations', 'targets']);
    }

    this.error = error ?? null;
    this.#tell('connection');
  }

  /** Lines begin with what the server has seen before this page. Without it they begin now. */
  async #backfill() {
    try {
      this.fleet.backfill(await getJson('fleet/recent'));
      this.#tell('fleet');
    } catch {
      // A server that does not tell it, or a connection that is gone, which its stream notices too.
    }
  }

  #take(name, data) {
    const isFirst = this.#awaited.delete(name);
    switch (name) {
      case 'fleet':
        this.fleet.reset(data);
        this.#tellFleet();
        void this.#backfill();
        break;
      case 'fleet_delta':
        this.fleet.apply(data);
        this.#tellFleet();
        break;
      case 'decisions':
        this.isThinned = data.skipped > 0;
        this.decisions = isFirst ? [] : this.decisions;
        this.mergeDecisions(data.decisions);
        break;
      case 'migrations':
        this.migrations = mergeNewest(data.migrations, isFirst ? [] : this.migrations, KEPT_MIGRATIONS);
        this.drains = data.drains;
        this.#tell('migrations');
        break;
      case 'targets':
        this.intervals = mergeInterval(isFirst ? [] : this.intervals, data);
        this.#tell('targets');
        break;
      case 'status':
        this.status = data;
        this.#tell('status');
        break;
      default:
        // An event of a newer server.
        break;
    }
  }

  #tellFleet() {
    this.#fleetAt = performance.now();
    this.fleet.sample();
    this.#tell('fleet');
  }

  #tell(name) {
    if (document.hidden) {
      this.#unseen.add(name);
    } else {
      this.dispatchEvent(new Event(name));
    }
  }

  /** Takes over whether the tab is seen. */
  #see() {
    clearTimeout(this.#hiding);
    if (document.hidden) {
      this.#hiding = setTimeout(() => this.#stream.suspend(), HIDDEN_MS);
      return;
    }

    this.#stream.resume();
    const unseen = [...this.#unseen];
    this.#unseen.clear();
    unseen.forEach((name) => this.#tell(name));
  }
}

/** Both lists are newest first; of two entries with one sequence the first list's stays. */
export function mergeNewest(newer, known, limit) {
  const sequences = new Set(newer.map((entry) => entry.sequence));
  return [...newer, ...known.filter((entry) => !sequences.has(entry.sequence))]
    .sort((left, right) => right.sequence - left.sequence)
    .slice(0, limit);
}

/** The list with an interval appended, or replaced where one has its start. */
export function mergeInterval(intervals, interval) {
  return [...intervals.filter((known) => known.start_ms !== interval.start_ms), interval]
    .sort((left, right) => left.start_ms - right.start_ms)
    .slice(-KEPT_INTERVALS);
}
