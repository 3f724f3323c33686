import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listening } from './ports.ts';
import { inFolder, Program } from './program.ts';

/** A stateful proxy that stays in every dialog (RFC 3261 §16.6 step 4) and passes requests on to their Request-URI. */
const config = (port: number): string => `
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
auto_aliases=no
dns=no
rev_dns=no
children=1
tcp_children=1
log_stderror=yes
debug=1
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"

request_route {
  if (!mf_process_maxfwd_header("10")) {
    sl_send_reply("483", "Too Many Hops");
    exit;
  }
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  if (has_totag()) {
    if (loose_route()) {
      t_relay();
      exit;
    }
    if (is_method("ACK")) {
      if (t_check_trans()) t_relay();
      exit;
    }
    sl_send_reply("404", "Not here");
    exit;
  }
  remove_hf("Route");
  record_route();
  t_relay();
}
`;

/** Runs Kamailio while `work` runs. */
export async function withKamailio<T>(work: (port: number) => Promise<T>): Promise<T> {
  return inFolder(async folder => {
    const port = await freePort();
    const file = join(folder, 'kamailio.cfg');
    const modules = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].find(path =>
      existsSync(`${path}/kamailio`),
    );
    writeFileSync(file, config(port));
    const program = new Program(
      'kamailio',
      [
        '-DD',
        '-E',
        '-f',
        file,
        '-L',
        `${modules}/kamailio/modules/`,
        '-m',
        '64',
        '-M',
        '8',
        '-Y',
        folder,
        '-w',
        folder,
      ],
      folder,
    );
    try {
      await listening('tcp', port);
      return await work(port);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n--- kamailio\n${program.output}`, { cause: error });
    } finally {
      await program.stop();
    }
  });
}
