import type { Random } from '../random.ts';

/** Where a Voice Connector sends calls (`OriginationRoute` of the service's API). */
export interface OriginationRoute {
  /** An address, or a name that resolves to one. */
  host: string;
  port: number;
  protocol: 'UDP' | 'TCP';
  /** 1 is tried first. */
  priority: number;
  /** Its share among the routes of one priority. */
  weight: number;
}

/** The order in which one call tries the routes: by priority, and by lot within one. */
export function routeOrder(routes: readonly OriginationRoute[], random: Random): OriginationRoute[] {
  const left = [...routes].sort((one, other) => one.priority - other.priority);
  const order: OriginationRoute[] = [];
  while (left.length > 0) {
    const best = left.filter(({ priority }) => priority === left[0]?.priority);
    const drawn = draw(best, random);
    order.push(...left.splice(left.indexOf(drawn), 1));
  }
  return order;
}

/** One of them, each as likely as its weight has it. */
function draw(routes: readonly OriginationRoute[], random: Random): OriginationRoute {
  let lot = random() * routes.reduce((sum, { weight }) => sum + weight, 0);
  for (const route of routes) {
    lot -= route.weight;
    if (lot < 0) return route;
  }
  return routes[0] as OriginationRoute;
}
