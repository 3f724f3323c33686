/** The edges of a deployment: each is one task, with a name and ports of its own, so that all that belongs to a call comes back to it. */

/** Each has two routes of the Voice Connector's ten. */
export const MOST_TASKS = 5;
export const HEALTH_PORT = 8080;

const SIP_PORT = 5060;
const TLS_PORT = 5061;
/** From one edge's ports to the next one's. */
const STRIDE = 10;

export interface EdgeTask {
  /** Its bridges are written down under it, and its calls counted. */
  readonly name: string;
  /** 1 for the edge that is always there. */
  readonly place: number;
  /** UDP and TCP: of its listeners, and of the load balancer's. */
  readonly sipPort: number;
  readonly tlsPort: number;
}

/** The first of them has the ports that everybody knows. */
export const edgeTasks = (count: number): EdgeTask[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `edge-${index + 1}`,
    place: index + 1,
    sipPort: SIP_PORT + STRIDE * index,
    tlsPort: TLS_PORT + STRIDE * index,
  }));

/** What the constructs of an edge are called: the first ones as if there were no other. */
export const idOf = (id: string, { place }: EdgeTask): string => (place === 1 ? id : `${id}${place}`);
