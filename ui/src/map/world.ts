/** Decodes the base map (Natural Earth as TopoJSON) into lines that are ready to draw. */

interface Geometry {
  type: string;
  arcs?: unknown;
  properties?: { name?: string };
}

export interface Topology {
  arcs: [number, number][][];
  transform: { scale: [number, number]; translate: [number, number] };
  objects: Record<string, { geometries: Geometry[] }>;
}

/** A closed line: x and y in turn, in Mercator units of 0 to 1. */
export interface Ring {
  points: Float32Array;
  box: [number, number, number, number];
}

export interface Country {
  name: string;
  x: number;
  y: number;
  /** How wide its largest part is, in Mercator units. */
  width: number;
}

export interface World {
  land: Ring[];
  countries: Country[];
}

const POLE = 85.0511;
const SOUTH = 0.97; // Mercator units; what lies lower is the edge of the map

export function mercatorX(lon: number): number {
  return (lon + 180) / 360;
}

export function mercatorY(lat: number): number {
  const sine = Math.sin((Math.min(POLE, Math.max(-POLE, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

export function longitude(x: number): number {
  return x * 360 - 180;
}

export function latitude(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/** Absolute Mercator points of every arc: they are stored as differences of whole numbers. */
function arcsOf({ arcs, transform }: Topology): Float32Array[] {
  const [sx, sy] = transform.scale;
  const [tx, ty] = transform.translate;
  return arcs.map((arc) => {
    const points = new Float32Array(arc.length * 2);
    let [x, y] = [0, 0];
    arc.forEach(([dx, dy], i) => {
      x += dx;
      y += dy;
      points[2 * i] = mercatorX(x * sx + tx);
      points[2 * i + 1] = mercatorY(y * sy + ty);
    });
    return points;
  });
}

/** One ring of arcs; a negative index means the arc backwards. What crosses the date line goes on beyond the edge. */
function ringOf(indices: readonly number[], arcs: readonly Float32Array[]): Ring {
  const points: number[] = [];
  let turns = 0;
  for (const index of indices) {
    const arc = arcs[index < 0 ? ~index : index] ?? new Float32Array();
    const count = arc.length / 2;
    for (let i = points.length ? 1 : 0; i < count; i++) {
      const at = index < 0 ? count - 1 - i : i;
      const [x, y] = [arc[2 * at] ?? 0, arc[2 * at + 1] ?? 0];
      const step = points.length ? x + turns - (points.at(-2) ?? 0) : 0;
      if (Math.abs(step) > 0.5 && y < SOUTH) turns -= Math.sign(step); // Antarctica closes along the pole instead
      points.push(x + turns, y);
    }
  }
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  return { points: Float32Array.from(points), box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
}

function ringsOf(geometry: Geometry, arcs: readonly Float32Array[]): Ring[] {
  const polygons = (geometry.type === 'MultiPolygon' ? geometry.arcs : [geometry.arcs]) as number[][][] | undefined[];
  return polygons.flatMap((polygon) => (polygon ?? []).map((ring) => ringOf(ring, arcs)));
}

export function decode(topology: Topology): World {
  const arcs = arcsOf(topology);
  const geometries = topology.objects['countries']?.geometries ?? [];
  const land: Ring[] = [];
  const countries: Country[] = [];
  for (const geometry of geometries) {
    const rings = ringsOf(geometry, arcs);
    land.push(...rings);
    const widest = rings.reduce<Ring | undefined>((best, ring) => (!best || area(ring) > area(best) ? ring : best), undefined);
    if (!widest || !geometry.properties?.name) continue;
    const [left, top, right, bottom] = widest.box;
    countries.push({ name: geometry.properties.name, x: (left + right) / 2, y: (top + bottom) / 2, width: right - left });
  }
  return { land, countries: countries.sort((a, b) => b.width - a.width) };
}

function area({ box: [left, top, right, bottom] }: Ring): number {
  return (right - left) * (bottom - top);
}
