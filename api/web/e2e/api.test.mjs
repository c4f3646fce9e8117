import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Validator} from '@seriousme/openapi-schema-validator';

import {PATIENCE} from './browser.mjs';
import {start} from './server.mjs';

let server;

before(async () => {
  server = await start();
}, {timeout: PATIENCE * 3});

after(() => server?.stop());

// The Go tests hold the document with another validator: this one has OpenAPI's own JSON Schemas.
test('the interface is an OpenAPI 3.0 document', async () => {
  const document = await (await fetch(`${server.url}api?f=json`)).json();
  const validator = new Validator();
  const {valid, errors} = await validator.validate(document);
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.equal(validator.version, '3.0');
  assert.ok(Object.keys(document.paths).length > 30);
});

test('every reference in it leads somewhere, and every operation has a name of its own', async () => {
  const document = await (await fetch(`${server.url}api?f=json`)).json();
  const validator = new Validator();
  await validator.validate(document);
  assert.doesNotThrow(() => validator.resolveRefs());
  const names = Object.values(document.paths).flatMap((item) => Object.values(item).map((o) => o.operationId));
  assert.equal(new Set(names).size, names.length);
});
