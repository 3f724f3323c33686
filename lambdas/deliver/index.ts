import middy from '@middy/core';
import { deployed } from '../function-context.ts';
import { createDeliver } from './deliver.ts';

export const handler = middy(createDeliver(deployed));
