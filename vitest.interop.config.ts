import { defineConfig } from 'vitest/config';

/** Calls with real SIP programs on loopback: `npm run test:interop`. */
export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/interop/support/programs.ts'],
    // Timers are real here: one call at a time keeps them true on a small machine.
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
  },
});
