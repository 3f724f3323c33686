import { bestCode } from './best-code.ts';
import { Branch, type BranchParts, type BranchUser, type Dialled, type Joined } from './branch.ts';
import { type BranchEnd, ENDS } from './branch-end.ts';
import { waysTo } from './clients/client-ways.ts';
import { EarlyMedia } from './early-media.ts';
import { errorFields } from './log.ts';

/**
 * A client that is called: one INVITE to each contact under which it is registered at this moment, and one call of all of them.
 * The first that answers is the call; the others are cancelled.
 */
export class ClientBranch implements Dialled, BranchUser {
  readonly index: number;
  readonly #parts: BranchParts;
  readonly #client: string;
  #branches: readonly Branch[] = [];
  readonly #callIds = new Map<Dialled, string>();
  readonly #ends: BranchEnd[] = [];
  readonly #early: EarlyMedia;
  #over = false;

  constructor(parts: BranchParts, client: string) {
    this.#parts = parts;
    this.#client = client;
    this.index = parts.index;
    this.#early = new EarlyMedia(sdp => parts.user.early(this, sdp));
  }

  start(): void {
    this.#dial().catch(error => {
      const { surroundings } = this.#parts;
      surroundings.log('error', 'Where a client is could not be read.', errorFields(error));
      this.#end(ENDS.invalidTarget);
    });
  }

  cancel(end: BranchEnd): void {
    this.#early.clear();
    if (this.#branches.length === 0) this.#end(end);
    for (const branch of this.#branches) branch.cancel(end);
  }

  async #dial(): Promise<void> {
    const { surroundings, plan } = this.#parts;
    const { clients, clock } = surroundings;
    const ways = clients ? await waysTo(clients, plan.accountSid, this.#client, clock.now()) : [];
    if (this.#over) return;
    if (ways.length === 0) {
      this.#end(ENDS.notRegistered);
      return;
    }
    this.#branches = ways.map(way => new Branch({ ...this.#parts, way, user: this }));
    for (const branch of this.#branches) branch.start();
  }

  sent(branch: Dialled, callId: string): void {
    if (this.#callIds.size === 0) this.#parts.user.sent(this, callId);
    this.#callIds.set(branch, callId);
  }

  ringing(_branch: Dialled, status: number, early: boolean): void {
    if (!this.#over) this.#parts.user.ringing(this, status, early);
  }

  early(branch: Dialled, sdp: string): void {
    if (!this.#over) this.#early.heard(branch, sdp);
  }

  answered(branch: Dialled, joined: Joined): void {
    const { user } = this.#parts;
    this.#over = true;
    for (const other of this.#branches) if (other !== branch) other.cancel(ENDS.elsewhere);
    user.sent(this, this.#callIds.get(branch) ?? '');
    user.answered(this, joined);
  }

  ended(branch: Dialled, end: BranchEnd): void {
    this.#ends.push(end);
    if (!this.#over) this.#early.ended(branch);
    if (this.#ends.length < this.#branches.length || this.#over) return;
    const code = bestCode(this.#ends.map(({ sipCode }) => sipCode));
    this.#end(this.#ends.find(({ sipCode }) => sipCode === code) ?? end);
  }

  #end(end: BranchEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts.user.ended(this, end);
  }
}
