import { globSync } from 'node:fs';

/**
 * Runs the benchmarks: each `bench/<part>/<name>.bench.ts` exports a function that measures and prints. With words
 * after `npm run bench --`, only those whose path contains one of them.
 */
const words = process.argv.slice(2);
const files = globSync('*/*.bench.ts', { cwd: import.meta.dirname }).sort();

for (const file of files.filter(path => words.length === 0 || words.some(word => path.includes(word)))) {
  console.log(`\n# ${file.replace('.bench.ts', '')}`);
  const { default: run } = (await import(`./${file}`)) as { default: () => void | Promise<void> };
  await run();
}
