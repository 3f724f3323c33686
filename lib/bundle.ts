/**
 * How a function's code is bundled by esbuild. The AWS SDK is bundled too: that imports faster than the
 * runtime's own copy, and pins its version. `module` before `main` takes the ES modules that can be tree-shaken.
 */
export const bundle = {
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  /** A CommonJS dependency that is bundled into an ES module still calls `require` for Node's own modules. */
  banner: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
} as const;
