const EVERY_MS = 50;
const FOR_SECONDS = 30;

/** Waits until something is so. @throws Error when it is not after 30 s */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await isSo()); waitedMs += EVERY_MS) {
    if (waitedMs > FOR_SECONDS * 1000) throw new Error(`After ${FOR_SECONDS} s still not: ${what}`);
    await new Promise(resolve => setTimeout(resolve, EVERY_MS));
  }
}
