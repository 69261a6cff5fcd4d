/** What a person prefers on this device, and on the server so that other devices know it too. */
import { ask } from '../api/client';
import { LANGUAGES, type Language, setLanguage } from '../i18n/text.svelte';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'albumen';

interface Kept {
  theme: Theme;
  language: Language | 'system';
  rowHeight: number;
}

function read(found: unknown): Partial<Kept> {
  const given = (typeof found === 'object' && found !== null ? found : {}) as Record<string, unknown>;
  const kept: Partial<Kept> = {};
  if (given['theme'] === 'light' || given['theme'] === 'dark' || given['theme'] === 'system') kept.theme = given['theme'];
  const language = given['language'];
  if (language === 'system' || LANGUAGES.includes(language as Language)) kept.language = language as Language;
  if (typeof given['rowHeight'] === 'number') kept.rowHeight = Math.min(400, Math.max(80, given['rowHeight']));
  return kept;
}

class Preferences {
  theme = $state<Theme>('system');
  language = $state<Language | 'system'>('system');
  rowHeight = $state(200);

  constructor() {
    try {
      Object.assign(this, read(JSON.parse(localStorage.getItem(KEY) ?? '{}')));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    this.apply();
  }

  /** Take over what the server remembers of this account. */
  adopt(found: Record<string, unknown>): void {
    Object.assign(this, read(found));
    this.apply();
  }

  change(changes: Partial<Kept>): void {
    Object.assign(this, changes);
    this.apply();
    const kept: Kept = { theme: this.theme, language: this.language, rowHeight: this.rowHeight };
    localStorage.setItem(KEY, JSON.stringify(kept));
    ask('/account/preferences', { method: 'PUT', json: kept }).catch(() => undefined);
  }

  private apply(): void {
    const root = document.documentElement;
    if (this.theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = this.theme;
    setLanguage(this.language);
  }
}

export const preferences = new Preferences();
