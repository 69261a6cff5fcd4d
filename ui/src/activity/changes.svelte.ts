/** What the server tells us as it happens: jobs' progress and that the library has something new. */
import type { LibraryApi } from '../api/library';
import type { Job } from '../api/types';

const SETTLE_MS = 1500; // an import announces each batch; the timeline is read again at most this often

class Changes {
  /** Grows when the library's pictures have changed. */
  library = $state(0);
  jobs = $state.raw<Job[]>([]);
  private soon: ReturnType<typeof setTimeout> | undefined;

  get running(): Job[] {
    return this.jobs.filter((job) => job.state === 'running' || job.state === 'waiting');
  }

  watch(library: LibraryApi): () => void {
    const events = library.events();
    events.addEventListener('job', (event) => this.job(JSON.parse(event.data as string) as Job));
    events.addEventListener('library', () => {
      this.soon ??= setTimeout(() => this.announce(), SETTLE_MS);
    });
    void library.jobs().then((page) => (this.jobs = page.items), () => undefined);
    return () => events.close();
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
