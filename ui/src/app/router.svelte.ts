/** Knows where we are: the address bar as state, and links that do not reload the page. */

class Router {
  path = $state('/');
  params = $state.raw(new URLSearchParams());
  private depth = 0;

  constructor() {
    this.read();
    window.addEventListener('popstate', () => this.read());
    document.addEventListener('click', (event) => this.follow(event));
  }

  /** Go to one of our own addresses. */
  go(to: string, { replace = false } = {}): void {
    if (replace) history.replaceState(history.state, '', to);
    else history.pushState({ depth: ++this.depth }, '', to);
    this.read();
  }

  /** The present address with some parameters changed; null takes one away. */
  with(changes: Record<string, string | null>): string {
    const params = new URLSearchParams(this.params);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) params.delete(name);
      else params.set(name, value);
    }
    const tail = params.toString();
    return this.path + (tail ? `?${tail}` : '');
  }

  /** Close what `?name=` opened: step back where we opened it ourselves, else take the parameter away. */
  close(name: string): void {
    const depth = (history.state as { depth?: number } | null)?.depth;
    if (depth && depth === this.depth) history.back();
    else this.go(this.with({ [name]: null }), { replace: true });
  }

  private read(): void {
    this.depth = (history.state as { depth?: number } | null)?.depth ?? 0;
    this.path = location.pathname;
    this.params = new URLSearchParams(location.search);
  }

  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const router = new Router();
