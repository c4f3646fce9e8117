// The stream of changes: an import by somebody else shows without a reload.

/** What the server says of a change. */
export interface Change {
  collection: string;
  revision: number;
}

/** What a listener is told. */
export interface Listener {
  change(change: Change): void;
  /** The stream stands, or is lost and being taken up again. After a gap everything may have changed. */
  connected(yes: boolean): void;
}

/** The part of EventSource that is used; tests hand in their own. */
export interface Stream {
  readonly readyState: number;
  addEventListener(type: string, f: (e: {data?: string}) => void): void;
  close(): void;
}

const CLOSED = 2;
const AGAIN = 3000; // milliseconds

/** parseChange reads the data of a change event, or undefined. */
export function parseChange(data: string | undefined): Change | undefined {
  try {
    const doc = JSON.parse(data ?? '') as Partial<Change>;
    if (typeof doc.collection !== 'string' || doc.collection === '') return undefined;
    return {collection: doc.collection, revision: Number(doc.revision) || 0};
  } catch {
    return undefined;
  }
}

/**
 * listen follows the stream until stopped. The browser takes a cut stream up again by itself,
 * but gives up when the answer is an error, as from a proxy while the server restarts.
 */
export function listen(
  to: Listener,
  open: () => Stream,
  later: (f: () => void, ms: number) => void = (f, ms) => void setTimeout(f, ms),
): () => void {
  let stopped = false;
  let stream: Stream | undefined;
  const start = () => {
    if (stopped) return;
    const s = open();
    stream = s;
    s.addEventListener('hello', () => to.connected(true));
    s.addEventListener('change', (e) => {
      const change = parseChange(e.data);
      if (change) to.change(change);
    });
    s.addEventListener('error', () => {
      if (stopped) return;
      to.connected(false);
      if (s.readyState === CLOSED) later(start, AGAIN);
    });
  };
  start();
  return () => {
    stopped = true;
    stream?.close();
  };
}
