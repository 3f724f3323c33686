import fc from 'fast-check';
import { Params } from '../../../sip/grammar/params.ts';
import { NameAddr } from '../../../sip/header/name-addr.ts';
import { Via } from '../../../sip/header/via.ts';
import { createRequest, createResponse } from '../../../sip/message/create.ts';
import type { SipRequest } from '../../../sip/message/message.ts';
import { SipUri } from '../../../sip/uri/sip-uri.ts';

const tokenCharacters = "abcXYZ019-.!%*_+`'~";

export const token = fc.string({ unit: fc.constantFrom(...tokenCharacters), minLength: 1, maxLength: 12 });
/** Text that may stand in a header: any character but CR, LF and NUL. */
export const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map(value => value.replace(/[\r\n\0]/g, ' '));
/** Text as a user writes it, any script, nothing forbidden. */
const plainText = text.filter(value => value.isWellFormed());

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
export const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 3 }).map(labels => labels.join('.')),
  fc.ipV4(),
  fc.ipV6().map(address => `[${address}]`),
);
const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined });

const record = (names: fc.Arbitrary<string>, values: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(fc.tuple(names, fc.option(values, { nil: undefined })), {
      maxLength: 4,
      selector: ([name]) => name.toLowerCase(),
    })
    .map(pairs => Object.fromEntries(pairs));

const nonEmpty = plainText.filter(value => value !== '');

export const sipUri: fc.Arbitrary<SipUri> = fc
  .record({
    scheme: fc.constantFrom('sip' as const, 'sips' as const),
    user: fc.option(nonEmpty, { nil: undefined }),
    host,
    port,
    params: record(nonEmpty, nonEmpty).map(Params.ofUri),
    headers: fc.array(fc.tuple(nonEmpty, plainText), { maxLength: 2 }),
  })
  .map(parts => new SipUri(parts));

const headerParams = record(token, plainText).map(Params.of);

export const nameAddr: fc.Arbitrary<NameAddr> = fc
  .record({ displayName: fc.option(plainText, { nil: undefined }), uri: sipUri, params: headerParams })
  .map(parts => new NameAddr(parts));

export const via: fc.Arbitrary<Via> = fc
  .record({ transport: token, host, port, params: headerParams })
  .map(parts => new Via(parts));

const unknownHeader = fc.tuple(
  token.map(name => `X-${name}`),
  text.map(value => value.trim()),
);

const body = fc.uint8Array({ maxLength: 40 });

export const request: fc.Arbitrary<SipRequest> = fc
  .record({
    method: token,
    uri: sipUri.map(uri => uri.with({ headers: [] })),
    via: fc.array(via, { minLength: 1, maxLength: 3 }),
    from: nameAddr,
    to: nameAddr,
    callId: token,
    cseq: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    contact: fc.array(nameAddr, { maxLength: 2 }),
    routes: fc.array(nameAddr, { maxLength: 2 }),
    headers: fc.array(unknownHeader, { maxLength: 4 }),
    body,
  })
  .map(createRequest);

export const response = fc
  .record({ request, status: fc.integer({ min: 100, max: 699 }), reason: plainText, toTag: token, body })
  .map(({ request: answered, status, reason, toTag, body: content }) =>
    createResponse(answered, status, reason, { toTag, body: content }),
  );
