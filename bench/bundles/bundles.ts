/**
 * What each function is as it deploys: how large its bundle is, and how long a process takes to import it beside an
 * import of its AWS clients alone. The budget is in `bench/budget.json`; what is over it fails the benchmark.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { bundle } from '../../lib/bundle.ts';
import { type Figure, median, type Suite } from '../suite.ts';
import { importMs } from './import-time.ts';

/** Processes that import each bundle; the median counts. */
const IMPORTS = 11;
const ROOT = join(import.meta.dirname, '../..');

interface Budget {
  kilobytes: number;
  /** The import's time, in times of that of its AWS clients. */
  importOverClients: number;
}

export const bundles: Suite = async () => {
  const budgets: { functions: Record<string, Budget> } = JSON.parse(
    await readFile(join(import.meta.dirname, '../budget.json'), 'utf8'),
  );
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-'));
  try {
    const figures: Figure[] = [];
    for (const name of await functionNames()) {
      const budget = budgets.functions[name];
      if (budget === undefined) throw new Error(`bench/budget.json has no budget for the function ${name}.`);
      figures.push(...(await measure(name, budget, folder)));
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function functionNames(): Promise<string[]> {
  const entries = await readdir(join(ROOT, 'lambdas'), { recursive: true });
  return entries
    .filter(path => /^[^/]+\/index\.ts$/.test(path))
    .map(path => path.slice(0, -'/index.ts'.length))
    .sort();
}

async function measure(name: string, budget: Budget, folder: string): Promise<Figure[]> {
  const own = join(folder, name, 'index.mjs');
  const clients = join(folder, name, 'clients.mjs');
  const { bytes, inputs } = await bundled(join(ROOT, `lambdas/${name}/index.ts`), own);
  const clientsEntry = join(folder, name, 'clients.ts');
  await writeFile(clientsEntry, await clientImports(inputs));
  await bundled(clientsEntry, clients);

  const times: Record<'own' | 'clients', number[]> = { own: [], clients: [] };
  for (let n = 0; n < IMPORTS; n++) {
    times.own.push(await importMs(own));
    times.clients.push(await importMs(clients));
  }
  return [
    {
      what: `${name}: bundle`,
      value: bytes / 1_000,
      unit: 'kB',
      target: { atMost: budget.kilobytes },
    },
    {
      what: `${name}: cold import`,
      value: median(times.own),
      unit: 'ms CPU',
      target: { timesAtMost: budget.importOverClients },
      beside: { what: 'its AWS clients alone', value: median(times.clients) },
    },
  ];
}

async function bundled(entry: string, outfile: string): Promise<{ bytes: number; inputs: string[] }> {
  const { banner, mainFields, ...options } = bundle;
  const settings: BuildOptions = {
    ...options,
    mainFields: [...mainFields],
    banner: { js: banner },
    absWorkingDir: ROOT,
    nodePaths: [join(ROOT, 'node_modules')],
    entryPoints: [entry],
    outfile,
    bundle: true,
    metafile: true,
    logLevel: 'warning',
  };
  const { metafile } = await build(settings);
  const [output] = Object.values(metafile?.outputs ?? {});
  return { bytes: output?.bytes ?? 0, inputs: loadedAtOnce(metafile?.inputs ?? {}, output?.entryPoint) };
}

/** The modules that an import of the entry evaluates; what is imported dynamically waits in the bundle. */
function loadedAtOnce(inputs: Metafile['inputs'], entry: string | undefined): string[] {
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind, external } of inputs[path]?.imports ?? []) {
      if (!external && kind !== 'dynamic-import') load(next);
    }
  };
  if (entry !== undefined) load(entry);
  return [...loaded];
}

const AWS_IMPORT = /^import \{([^}]*)\} from '(@aws-sdk\/client-[^']+)';$/gms;

/** A module that has from the AWS clients exactly what the function's own modules have from them. */
async function clientImports(inputs: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const input of inputs) {
    if (input.includes('node_modules')) continue;
    const source = await readFile(join(ROOT, input), 'utf8');
    for (const [, names = '', from] of source.matchAll(AWS_IMPORT)) {
      const values = names
        .split(',')
        .map(name => name.trim())
        .filter(name => name !== '' && !name.startsWith('type '));
      lines.push(
        `export { ${values.map(value => `${value} as ${value}_${lines.length}`).join(', ')} } from '${from}';`,
      );
    }
  }
  return lines.join('\n');
}
