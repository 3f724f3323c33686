/** Plivo's client speaks to api.plivo.com and nowhere else: here its connections are led to Dialplane. */
import { Agent } from 'node:https';
import { createRequire } from 'node:module';
import { connect } from 'node:net';

/** The client's own HTTP library. */
const axios: { defaults: { httpsAgent?: Agent } } = createRequire(import.meta.url)('axios');

/** Whatever host is asked for, the connection goes to this one, without TLS. */
class LedThere extends Agent {
  readonly #to: URL;

  constructor(to: URL) {
    super();
    this.#to = to;
  }

  override createConnection() {
    return connect(Number(this.#to.port), this.#to.hostname);
  }
}

/** From now on every Plivo client of this process speaks to the Dialplane at `url`, by HTTP. */
export function leadPlivoTo(url: string): void {
  axios.defaults.httpsAgent = new LedThere(new URL(url));
}
