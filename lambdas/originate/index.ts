import middy from '@middy/core';
import { deployed } from '../function-context.ts';
import { createOriginate } from './originate.ts';

export const handler = middy(createOriginate(deployed));
