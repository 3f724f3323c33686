import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**', 'node_modules/**'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Much of it waits for real sockets: on two cores two workers take 165 s, one takes 294.
    maxWorkers: 2,
    // Nothing here keeps state in its modules, so they are loaded once a worker: half the time.
    isolate: false,
  },
});
