import type { Webhooks } from '../dialect.ts';
import { callback } from './callbacks.ts';

export const webhooks: Webhooks = { name: 'datatechlabs', callback };
