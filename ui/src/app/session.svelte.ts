/** Who is signed in, and which library they look at. */
import { ApiError, ask, onSignedOut } from '../api/client';
import { LibraryApi } from '../api/library';
import type { Server, Session } from '../api/types';

export type Stage = 'loading' | 'offline' | 'setup' | 'sign-in' | 'ready';

class SessionState {
  stage = $state<Stage>('loading');
  who = $state.raw<Session | null>(null);
  library = $state.raw<LibraryApi>(new LibraryApi(0, false));

  constructor() {
    onSignedOut(() => {
      if (this.stage === 'ready') this.stage = 'sign-in';
    });
  }

  get owner(): boolean {
    return this.who?.account.role === 'owner';
  }

  async start(): Promise<void> {
    try {
      const server = await ask<Server>('/server');
      if (server.setup) this.stage = 'setup';
      else this.enter(await ask<Session>('/session'));
    } catch (error) {
      this.stage = error instanceof ApiError && error.status === 401 ? 'sign-in' : 'offline';
    }
  }

  async signIn(name: string, password: string): Promise<void> {
    await ask('/session', { method: 'POST', json: { name, password } });
    this.enter(await ask<Session>('/session'));
  }

  async setUp(code: string, name: string, password: string): Promise<void> {
    await ask('/setup', { method: 'POST', json: { code, name, password } });
    this.enter(await ask<Session>('/session'));
  }

  async signOut(): Promise<void> {
    await ask('/session', { method: 'DELETE' });
    for (const name of await caches.keys()) await caches.delete(name);
    this.who = null;
    this.stage = 'sign-in';
  }

  look(id: number): void {
    const one = this.who?.libraries.find((library) => library.id === id);
    if (!one) return;
    this.library = new LibraryApi(one.id, one.access === 'owner' && (this.who?.scopes.includes('write') ?? false));
  }

  private enter(who: Session): void {
    this.who = who;
    const first = who.libraries[0];
    if (first) this.look(first.id);
    this.stage = 'ready';
  }
}

export const session = new SessionState();
