import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that was started; what it says is kept for when it goes wrong. */
export class Program {
  readonly #child: ChildProcess;
  readonly #name: string;
  #output = '';
  /** How it ended: its exit code, or -1 when it was killed. */
  readonly ended: Promise<number>;

  constructor(name: string, options: readonly string[], cwd: string) {
    this.#name = name;
    this.#child = spawn(name, options, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#output += data.toString();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', code => resolve(code ?? -1));
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Writes to its standard input. */
  say(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until it has said something that matches. */
  async says(pattern: RegExp, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!pattern.test(this.#output)) {
      if (Date.now() > deadline) throw new Error(`${this.#name} never said ${pattern}:\n${this.#output}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  /** Ends it, at once where asking does not help. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    await this.ended;
    clearTimeout(force);
  }
}

/** Gives a folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-interop-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
