import middy from '@middy/core';
import { deployed } from '../function-context.ts';
import { createTimer } from './timer.ts';

export const handler = middy(createTimer(deployed));
