/** The application's own server, to which Dialplane comes with its questions and its news. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came, what it says decoded. */
export interface Asked {
  /** As it was asked for, for whoever checks the signature. */
  url: string;
  method: string;
  headers: Record<string, string | string[] | undefined>;
  /** Of the query. */
  query: Record<string, string>;
  /** Of the body, which is a form. */
  form: Record<string, string>;
}

/** What a path answers with: a document, or nothing. */
export type Answer = (asked: Asked) => string | undefined;

export interface Application {
  url: string;
  close(): void;
}

/** Serves these paths on a free port of this machine. */
export async function startApplication(paths: Record<string, Answer>): Promise<Application> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', application.url);
    const document = paths[pathname]?.({
      url: application.url + request.url,
      method: request.method ?? 'GET',
      headers: request.headers,
      query: Object.fromEntries(searchParams),
      form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
    });
    if (document === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/xml' }).end(document);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const application: Application = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return application;
}
