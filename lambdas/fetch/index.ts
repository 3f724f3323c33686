import middy from '@middy/core';
import { deployed } from '../function-context.ts';
import { createFetch } from './fetch.ts';

export const handler = middy(createFetch(deployed));
