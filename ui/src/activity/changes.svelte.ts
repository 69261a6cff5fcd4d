/** What the server tells us as it happens: jobs' progress and that the library has something new. */
import type { LibraryApi } from '../api/library';
import type { Job } from '../api/types';

const SETTLE_MS = 1500; // an import announces each batch; the timeline is read again at most this often

const LOST_MS = 4000; // a stream that ends is opened again; only one that stays shut is worth a word

class Changes {
  /** Grows when the library's pictures have changed. */
  library = $state(0);
  jobs = $state.raw<Job[]>([]);
  /** Whether the server has stopped answering; the browser goes on trying. */
  lost = $state(false);
  private doubt: ReturnType<typeof setTimeout> | undefined;
  private soon: ReturnType<typeof setTimeout> | undefined;

  get running(): Job[] {
    return this.jobs.filter((job) => job.state === 'running' || job.state === 'waiting');
  }

  watch(library: LibraryApi): () => void {
    const events = library.events();
    events.onopen = () => this.again();
    events.onerror = () => (this.doubt ??= setTimeout(() => (this.lost = true), LOST_MS));
    events.addEventListener('job', (event) => this.job(JSON.parse(event.data as string) as Job));
    events.addEventListener('library', () => {
      this.soon ??= setTimeout(() => this.announce(), SETTLE_MS);
    });
    void library.jobs().then((page) => (this.jobs = page.items), () => undefined);
    return () => events.close();
  }

  private again(): void {
    clearTimeout(this.doubt);
    this.doubt = undefined;
    if (this.lost) this.announce();
    this.lost = false;
  }

  announce(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    this.library++;
  }

  job(job: Job): void {
    const known = this.jobs.some((one) => one.id === job.id);
    this.jobs = known ? this.jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...this.jobs];
    if (job.state === 'done') this.soon ??= setTimeout(() => this.announce(), SETTLE_MS);
  }
}

export const changes = new Changes();
