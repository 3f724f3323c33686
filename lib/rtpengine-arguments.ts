/** How the rtpengine beside the edge is started, after what its image says by itself. */
const CONTROL_PORT = 22_222;

/** Where it takes commands: the containers of a task share one loopback, so nobody else reaches it. */
export const RTPENGINE_ADDRESS = `127.0.0.1:${CONTROL_PORT}`;
/** Eight for each call that it carries, RTCP among them: a thousand calls. Those of the edge's own relay follow. */
export const RTPENGINE_PORTS = { least: 12_000, most: 19_999 };

export const RTPENGINE_ARGUMENTS = [
  `--listen-ng=${RTPENGINE_ADDRESS}`,
  `--port-min=${RTPENGINE_PORTS.least}`,
  `--port-max=${RTPENGINE_PORTS.most}`,
  // Notices. Below them are whole descriptions, with the keys of encrypted calls.
  '--log-level=5',
];
