/** Runs work one piece at a time, and within a time. It knows nothing of what the work does. */

/**
 * One piece of work that must not run twice at once. A request that comes while it runs makes it
 * run once more afterwards; further requests join that second run.
 */
export class SerialWork {
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  /** Returns when a run that began after this call has ended; rejects where that run did. */
  request(): Promise<void> {
    if (this.running === undefined) {
      return this.begin();
    }
    const next = (): Promise<void> => this.begin();
    this.queued ??= this.running.then(next, next);
    return this.queued;
  }

  private begin(): Promise<void> {
    this.queued = undefined;
    const run = this.work().finally(() => {
      // Where a run is queued it begins right after this, and `running` is then its own.
      if (this.running === run) {
        this.running = undefined;
      }
    });
    this.running = run;
    return run;
  }
}

/** Returns what `work` gives; rejects with `message` where it takes longer than `milliseconds`. */
export async function withinTime<T>(
  work: Promise<T>,
  milliseconds: number,
  message: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(message));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
