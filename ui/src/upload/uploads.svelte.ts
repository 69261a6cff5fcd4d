/** Sends files in parts, a few at a time, and goes on where a lost connection left off. */
import { ApiError } from '../api/client';
import type { LibraryApi } from '../api/library';
import type { Upload } from '../api/types';
import { session } from '../app/session.svelte';
import { explain } from '../parts/notices.svelte';
import { filesIn } from './files';

const AT_ONCE = 2;
const HASHED = 64 * 1024 * 1024; // larger files are sent without being hashed here first
const TRIES = 5;

export type State = 'waiting' | 'sending' | 'done' | 'known' | 'failed' | 'stopped';

export class Sending {
  state = $state<State>('waiting');
  sent = $state(0);
  failure = $state('');
  private readonly stopper = new AbortController();
  private id = '';

  constructor(
    readonly file: File,
    private readonly library: LibraryApi,
  ) {}

  async run(): Promise<void> {
    if (this.state !== 'waiting') return;
    this.state = 'sending';
    try {
      const { signal } = this.stopper;
      let upload = await this.library.openUpload(this.file, await sha256(this.file), signal);
      this.id = upload.id;
      while (upload.state === 'open') {
        this.sent = upload.offset;
        upload = await this.part(upload);
      }
      this.sent = this.file.size;
      this.state = upload.state;
    } catch (error) {
      if (this.stopper.signal.aborted) return;
      this.state = 'failed';
      this.failure = explain(error);
    }
  }

  stop(): void {
    this.state = 'stopped';
    this.stopper.abort();
    if (this.id) this.library.giveUp(this.id).catch(() => undefined);
  }

  again(): Sending {
    return new Sending(this.file, this.library);
  }

  private async part(upload: Upload): Promise<Upload> {
    const { signal } = this.stopper;
    for (let tried = 1; ; tried++) {
      try {
        const piece = this.file.slice(upload.offset, upload.offset + upload.chunk);
        return await this.library.sendPart(upload.id, upload.offset, piece, signal);
      } catch (error) {
        if (!(error instanceof ApiError) || tried >= TRIES || (error.status && error.kind !== 'offset')) throw error;
        await new Promise((done) => setTimeout(done, 400 * 2 ** tried));
        upload = { ...upload, ...(await this.library.uploadState(upload.id, signal)) };
      }
    }
  }
}

class Uploads {
  list = $state.raw<Sending[]>([]);
  private running = 0;

  get left(): number {
    return this.list.filter((one) => one.state === 'waiting' || one.state === 'sending').length;
  }

  add(files: readonly File[]): void {
    this.list = [...files.filter((file) => file.size).map((file) => new Sending(file, session.library)), ...this.list];
    this.fill();
  }

  again(one: Sending): void {
    this.list = this.list.map((other) => (other === one ? one.again() : other));
    this.fill();
  }

  clear(): void {
    this.list = this.list.filter((one) => one.state === 'waiting' || one.state === 'sending');
  }

  private fill(): void {
    while (this.running < AT_ONCE) {
      const next = this.list.findLast((one) => one.state === 'waiting');
      if (!next) return;
      this.running++;
      void next.run().finally(() => {
        this.running--;
        this.fill();
      });
    }
  }
}

export const uploads = new Uploads();

/** Take what was dropped, folders with all that is in them. */
export async function dropped(transfer: DataTransfer): Promise<void> {
  uploads.add(await filesIn(transfer));
}

async function sha256(file: File): Promise<string | undefined> {
  if (file.size > HASHED || !globalThis.crypto.subtle) return undefined; // only secure addresses have it
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
