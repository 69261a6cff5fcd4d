/** Short messages at the bottom of the window. */
import { ApiError } from '../api/client';
import { english, filled, t } from '../i18n/text.svelte';

export interface Notice {
  id: number;
  text: string;
  bad: boolean;
  action?: { name: string; run: () => void };
}

class Notices {
  list = $state.raw<Notice[]>([]);
  private last = 0;

  say(text: string, action?: Notice['action']): void {
    this.add({ id: ++this.last, text, bad: false, ...(action ? { action } : {}) }, 6000);
  }

  /** Tell what went wrong, in the server's words where it has some. */
  fail(error: unknown): void {
    this.add({ id: ++this.last, text: explain(error), bad: true }, 10000);
  }

  close(id: number): void {
    this.list = this.list.filter((one) => one.id !== id);
  }

  private add(notice: Notice, ms: number): void {
    this.list = [...this.list.slice(-2), notice];
    setTimeout(() => this.close(notice.id), ms);
  }
}

export const notices = new Notices();

/** One sentence for people about any error. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  if (error.kind === 'offline') return t('errorOffline');
  if (error.kind === 'too_many_tries') return t('errorTries', { n: Math.max(1, error.retryAfter) });
  if (error.kind === 'wrong_password') return t('errorPassword');
  if (error.kind === 'changed_meanwhile') return t('errorChanged');
  return (english() ? null : filled(`error_${error.kind}`)) ?? error.message;
}
