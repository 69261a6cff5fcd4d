/** Paints the base map on a canvas. */
import type { Country, Ring, World } from './world';

/** What part of the world is shown: the middle in Mercator units and how many pixels the world is wide. */
export interface Camera {
  x: number;
  y: number;
  size: number;
}

export interface Colours {
  sea: string;
  land: string;
  line: string;
  text: string;
}

export interface Sheet {
  width: number;
  height: number;
  ratio: number;
}

const NEAREST = 0.5; // pixels; points closer than this to the last one are left out

export function draw(context: CanvasRenderingContext2D, world: World, camera: Camera, sheet: Sheet, colours: Colours): void {
  context.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
  context.fillStyle = colours.sea;
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = colours.land;
  context.strokeStyle = colours.line;
  context.lineWidth = 0.8;
  context.lineJoin = 'round';
  for (const turn of [-1, 0, 1]) paths(context, world.land, { ...camera, x: camera.x - turn }, sheet);
  names(context, world.countries, camera, sheet, colours);
}

function paths(context: CanvasRenderingContext2D, rings: readonly Ring[], camera: Camera, sheet: Sheet): void {
  const left = camera.x * camera.size - sheet.width / 2;
  const top = camera.y * camera.size - sheet.height / 2;
  const path = new Path2D();
  for (const { points, box } of rings) {
    if (box[2] * camera.size < left || box[0] * camera.size > left + sheet.width) continue;
    if (box[3] * camera.size < top || box[1] * camera.size > top + sheet.height) continue;
    trace(path, points, camera.size, left, top);
  }
  context.fill(path, 'evenodd');
  context.stroke(path);
}

function trace(path: Path2D, points: Float32Array, size: number, left: number, top: number): void {
  let [px, py] = [Infinity, Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const x = (points[i] ?? 0) * size - left;
    const y = (points[i + 1] ?? 0) * size - top;
    if (i && Math.abs(x - px) + Math.abs(y - py) < NEAREST) continue;
    if (i) path.lineTo(x, y);
    else path.moveTo(x, y);
    [px, py] = [x, y];
  }
  path.closePath();
}

function names(context: CanvasRenderingContext2D, countries: readonly Country[], camera: Camera, sheet: Sheet, colours: Colours): void {
  context.font = '500 11px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = colours.text;
  for (const country of countries) {
    const room = country.width * camera.size;
    if (room < 60) break; // they come widest first
    if (context.measureText(country.name).width > room) continue;
    const x = (country.x - camera.x) * camera.size + sheet.width / 2;
    const y = (country.y - camera.y) * camera.size + sheet.height / 2;
    if (x > 0 && y > 0 && x < sheet.width && y < sheet.height) context.fillText(country.name, x, y);
  }
}
