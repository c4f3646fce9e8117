/** Busy counts work that is under way, so that tests can wait for its end. */
export class Busy {
  private count = 0;
  private waiting: (() => void)[] = [];

  /** during counts while f runs. */
  async during<T>(f: () => Promise<T>): Promise<T> {
    this.count++;
    try {
      return await f();
    } finally {
      this.count--;
      if (this.count === 0) this.waiting.splice(0).forEach((done) => done());
    }
  }

  /** now says whether anything is under way. */
  get now(): boolean {
    return this.count > 0;
  }

  /** over resolves when nothing is under way. */
  async over(): Promise<void> {
    while (this.count > 0) await new Promise<void>((done) => this.waiting.push(done));
  }
}
