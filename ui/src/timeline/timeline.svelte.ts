/** A timeline's data: the ratios of everything at once, the rows of a month when it comes near. */
import type { LibraryApi } from '../api/library';
import type { Row, TimelineColumns } from '../api/types';
import type { Sequence } from '../grid/sequence';
import type { MonthRatios } from './layout';

const KEPT_MONTHS = 60;

export class Timeline implements Sequence {
  total = $state(0);
  months = $state.raw<MonthRatios[]>([]);
  ready = $state(false);
  /** Grows whenever a month's rows have arrived. */
  arrived = $state(0);
  private opened: () => void = () => undefined;
  /** Done when the months are known. */
  private readonly opening = new Promise<void>((done) => (this.opened = done));
  private starts: number[] = [];
  private rows = new Map<string, Row[]>();
  private asked = new Map<string, Promise<Row[]>>();

  constructor(
    private readonly library: LibraryApi,
    private readonly trashed: boolean,
  ) {}

  get size(): number {
    return this.total;
  }

  async load(): Promise<void> {
    const { months } = await this.library.ratios(this.trashed);
    this.forget(months);
    this.starts = [];
    let total = 0;
    for (const { ratios } of months) {
      this.starts.push(total);
      total += ratios.length;
    }
    this.months = months.map(({ month, ratios }) => ({ month, ratios: Uint16Array.from(ratios) }));
    this.total = total;
    this.ready = true;
    this.opened();
    this.arrived++;
  }

  /** The row at an index of a month, if it is here already. */
  peek(month: number, index: number): Row | undefined {
    return this.rows.get(this.months[month]?.month ?? '')?.[index];
  }

  want(month: number): Promise<Row[]> {
    const name = this.months[month]?.month ?? 'undated';
    const before = this.asked.get(name);
    if (before) return before;
    const asked = this.library.month(name, this.trashed).then((columns) => {
      const rows = rowsOf(columns);
      this.keep(name, rows);
      return rows;
    });
    asked.catch(() => this.asked.delete(name));
    this.asked.set(name, asked);
    return asked;
  }

  async place(id: string): Promise<number> {
    await this.opening;
    for (const [name, rows] of this.rows) {
      const found = rows.findIndex((row) => row.id === id);
      if (found >= 0) return this.startOf(name) + found;
    }
    const { row } = await this.library.asset(id);
    const name = row.taken?.slice(0, 7) ?? 'undated';
    const month = this.months.findIndex((one) => one.month === name);
    if (month < 0) return -1;
    const found = (await this.want(month)).findIndex((one) => one.id === id);
    return found < 0 ? -1 : this.startOf(name) + found;
  }

  async row(index: number): Promise<Row | undefined> {
    if (index < 0 || index >= this.total) return undefined;
    let month = this.starts.findLastIndex((start) => start <= index);
    month = Math.max(0, month);
    return (await this.want(month))[index - (this.starts[month] ?? 0)];
  }

  /** Keep the rows of months that are as they were, so that a refresh does not flicker. */
  private forget(months: readonly MonthRatios[]): void {
    const before = new Map(this.months.map(({ month, ratios }) => [month, ratios]));
    for (const { month, ratios } of months) {
      const old = before.get(month);
      if (old?.length === ratios.length && Array.prototype.every.call(ratios, (ratio, i) => ratio === old[i])) continue;
      this.rows.delete(month);
      this.asked.delete(month);
    }
  }

  private startOf(name: string): number {
    return this.starts[this.months.findIndex((one) => one.month === name)] ?? 0;
  }

  private keep(name: string, rows: Row[]): void {
    this.rows.set(name, rows);
    for (const old of [...this.rows.keys()].slice(0, -KEPT_MONTHS)) {
      this.rows.delete(old);
      this.asked.delete(old);
    }
    this.arrived++;
  }
}

function rowsOf(columns: TimelineColumns): Row[] {
  return columns.id.map((id, i) => ({
    id,
    w: columns.w[i] ?? 0,
    h: columns.h[i] ?? 0,
    taken: columns.taken[i] ?? null,
    kind: columns.kind[i] ?? 'photo',
    ms: columns.ms[i] ?? 0,
    colour: columns.colour[i] ?? '',
    live: columns.live[i] ?? 0,
    alt: columns.alt?.[i] ?? null,
  }));
}
