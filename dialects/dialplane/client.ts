/** SIP clients in this API's JSON. */
import * as z from 'zod';
import {
  CLIENT_NAME,
  type Client,
  MAX_PASSWORD_CHARACTERS,
  MIN_PASSWORD_CHARACTERS,
  realmOf,
} from '../../core/client.ts';
import { DATES, READ_ONLY, text, time } from './body.ts';

const NAME_WORDS =
  'must have 1 to 64 letters, digits, dots, hyphens or underscores, and begin with a letter or digit';
const name = z.string(NAME_WORDS).regex(CLIENT_NAME, NAME_WORDS);
const password = text(MAX_PASSWORD_CHARACTERS).min(
  MIN_PASSWORD_CHARACTERS,
  `must have at least ${MIN_PASSWORD_CHARACTERS} characters`,
);

export const newClient = z.strictObject({ name, password });
export const changedClient = z.strictObject({
  name: z.string('must be a text').optional(),
  password,
  realm: z.unknown().optional(),
  ...READ_ONLY,
});

export const clientAnswer = z
  .object({
    name: z.string(),
    realm: z.string().describe('What the client is asked its password for.'),
    ...DATES,
  })
  .meta({ id: 'Client' });

export function clientJson({
  name,
  accountSid,
  createdAtMs,
  updatedAtMs,
}: Client): z.input<typeof clientAnswer> {
  return { name, realm: realmOf(accountSid), createdAt: time(createdAtMs), updatedAt: time(updatedAtMs) };
}
