import {expect, test} from 'vitest';

import {listen, parseChange} from './live';
import type {Change, Stream} from './live';

class Fake implements Stream {
  readyState = 1;
  closed = false;
  private handlers = new Map<string, (e: {data?: string}) => void>();
  addEventListener(type: string, f: (e: {data?: string}) => void): void {
    this.handlers.set(type, f);
  }
  close(): void {
    this.closed = true;
  }
  say(type: string, data?: string): void {
    this.handlers.get(type)?.(data === undefined ? {} : {data});
  }
}

function setup() {
  const streams: Fake[] = [];
  const later: (() => void)[] = [];
  const heard: (Change | boolean)[] = [];
  const stop = listen({change: (c) => heard.push(c), connected: (yes) => heard.push(yes)}, () => {
    streams.push(new Fake());
    return streams.at(-1) as Fake;
  }, (f) => later.push(f));
  return {streams, later, heard, stop};
}

test('changes are told, garbage is not', () => {
  const {streams, heard} = setup();
  streams[0]?.say('hello');
  streams[0]?.say('change', '{"collection":"buildings","revision":7,"bbox":[1,2,3,4]}');
  streams[0]?.say('change', '{"collection":');
  streams[0]?.say('change', '{"revision":7}');
  expect(heard).toEqual([true, {collection: 'buildings', revision: 7}]);
});

test('a stream that the browser takes up again is left to it', () => {
  const {streams, later, heard} = setup();
  const s = streams[0] as Fake;
  s.readyState = 0;
  s.say('error');
  s.say('hello');
  expect(heard).toEqual([false, true]);
  expect(later).toHaveLength(0);
});

test('a stream that the browser gave up is opened anew', () => {
  const {streams, later, heard} = setup();
  const s = streams[0] as Fake;
  s.readyState = 2;
  s.say('error');
  expect(streams).toHaveLength(1);
  later[0]?.();
  streams[1]?.say('hello');
  expect(heard).toEqual([false, true]);
});

test('nothing is told or opened after the end', () => {
  const {streams, later, heard, stop} = setup();
  const s = streams[0] as Fake;
  s.readyState = 2;
  s.say('error');
  stop();
  later[0]?.();
  s.say('error');
  expect(s.closed).toBe(true);
  expect(streams).toHaveLength(1);
  expect(heard).toEqual([false]);
});

test.each([undefined, '', 'null', '[]', '{"collection":5}'])('%o is no change', (data) => expect(parseChange(data)).toBeUndefined());
