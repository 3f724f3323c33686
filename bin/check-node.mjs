// Runs before every script, on whatever Node the machine has: plain JavaScript on purpose.
const WANTED_MAJOR = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < WANTED_MAJOR) {
  console.error(
    `Dialplane needs Node ${WANTED_MAJOR} or newer and this is Node ${process.versions.node}. ` +
      '`npm ci` brings Node 24 along on Linux (do not use --omit=optional); elsewhere install it from https://nodejs.org.',
  );
  process.exit(1);
}
