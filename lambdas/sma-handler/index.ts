import middy from '@middy/core';
import { deployed } from '../function-context.ts';
import { createSmaHandler } from './sma-handler.ts';

export const handler = middy(createSmaHandler(deployed));
