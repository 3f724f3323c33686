import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, inFolder, listening, stop } from './programs.ts';

/** Its quickest: with its default one (q_malloc) it does less than a third. */
export const ALLOCATOR = 'fm';

/** A stateful proxy that stays in the call. */
const config = (port: number) => `
listen=udp:127.0.0.1:${port}
auto_aliases=no
dns=no
rev_dns=no
children=2
disable_tcp=yes
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
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here");
    exit;
  }
  record_route();
  t_relay();
}
`;

/** Runs Kamailio while `work` runs. */
export async function withKamailio<T>(work: (port: number, pid: number) => Promise<T>): Promise<T> {
  return inFolder(async folder => {
    const port = await freePort();
    const file = join(folder, 'kamailio.cfg');
    writeFileSync(file, config(port));
    const modules = ['x86_64', 'aarch64']
      .map(machine => `/usr/lib/${machine}-linux-gnu/kamailio/modules/`)
      .find(existsSync);
    const child = spawn(
      'kamailio',
      [
        ...['-DD', '-E', '-f', file, '-x', ALLOCATOR, '-b', '4194304', '-m', '1024', '-M', '16'],
        ...['-L', modules ?? '', '-Y', folder, '-w', folder],
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    try {
      await listening(port);
      return await work(port, child.pid as number);
    } finally {
      await stop(child);
    }
  });
}
