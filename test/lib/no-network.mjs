// Loaded before anything else in a process: whoever opens a connection ends it.
import { Socket } from 'node:net';

Socket.prototype.connect = function connect(...target) {
  console.error(`tried to connect to ${JSON.stringify(target[0])}`);
  process.exit(99);
};
