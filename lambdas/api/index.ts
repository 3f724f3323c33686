import { deployed } from '../function-context.ts';
import { createApi } from './api.ts';

export const handler = createApi(deployed);
