/** An ordered set of pictures that the viewer leafs through, wherever it comes from. */
import type { Row } from '../api/types';

export interface Sequence {
  readonly size: number;
  /** Where an id stands, or -1. */
  place(id: string): Promise<number>;
  row(index: number): Promise<Row | undefined>;
}

export class RowSequence implements Sequence {
  constructor(private readonly rows: readonly Row[]) {}

  get size(): number {
    return this.rows.length;
  }

  place(id: string): Promise<number> {
    return Promise.resolve(this.rows.findIndex((row) => row.id === id));
  }

  row(index: number): Promise<Row | undefined> {
    return Promise.resolve(this.rows[index]);
  }
}
