/**
 * Answers the read side of the REST API with a made-up library, for development and for measuring the web app alone.
 * Usage: node mock/server.mjs [PORT] [COUNT]; it also serves the built app.
 */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';

const PORT = Number(process.argv[2] ?? 8485);
const COUNT = Number(process.argv[3] ?? 100_000);
const STATIC = fileURLToPath(new URL('../../src/albumen/web/static/', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.png': 'image/png', '.webmanifest': 'application/manifest+json' };
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self'; script-src 'self'; connect-src 'self'; " +
  "worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const SHAPES = [[4032, 3024], [3024, 4032], [6000, 4000], [1920, 1080], [4000, 4000], [1080, 1920], [5000, 2100]];

/** A small generator of the same numbers every time (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function library(count) {
  const next = random(7);
  const months = new Map();
  for (let i = 0; i < count; i++) {
    const day = new Date(Date.UTC(2025, 11, 31) - Math.floor((i / count) * 18 * 365.25) * 86_400_000);
    const month = day.toISOString().slice(0, 7);
    const [w, h] = SHAPES[Math.floor(next() * SHAPES.length)];
    const hue = Math.floor(next() * 360);
    const row = { id: i.toString(16).padStart(16, '0'), w, h, taken: `${day.toISOString().slice(0, 10)}T12:00:00`, kind: next() < 0.06 ? 'video' : 'photo', ms: 12_400, colour: colour(hue), live: next() < 0.08 ? 1 : 0 };
    if (!months.has(month)) months.set(month, []);
    months.get(month).push(row);
  }
  return months;
}

function colour(hue) {
  const part = (n) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (0.5 - 0.18 * Math.max(-1, Math.min(k - 3, 9 - k, 1)))).toString(16).padStart(2, '0');
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  return Buffer.concat([size, body, crc]);
}

function crc32(data) {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A soft landscape of two colours as PNG. */
function picture(seed, width, height) {
  const next = random(seed);
  const [sky, ground] = [0, 1].map(() => [next(), next(), next()].map((v) => 60 + v * 150));
  const line = 0.35 + next() * 0.4;
  const pixels = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ridge = line + 0.08 * Math.sin((x / width) * 6 + seed) + 0.03 * Math.sin((x / width) * 17);
      const [base, shade] = y / height < ridge ? [sky, 1.25 - y / height / 2] : [ground, 1.2 - y / height / 1.6];
      base.forEach((v, i) => (pixels[y * (width * 3 + 1) + 1 + x * 3 + i] = Math.min(255, v * shade)));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
}

const months = library(COUNT);
const rows = new Map([...months.values()].flat().map((row) => [row.id, row]));
const pictures = Array.from({ length: 64 }, (_, i) => picture(i + 1, 250, 188));

function columns(month) {
  const all = months.get(month) ?? [];
  const column = (name) => all.map((row) => row[name]);
  return { version: 1, month, count: all.length, ...Object.fromEntries(['id', 'w', 'h', 'taken', 'kind', 'ms', 'colour', 'live'].map((name) => [name, column(name)])) };
}

function asset(id) {
  const row = rows.get(id);
  const facts = [
    { task: 'labels', card: 'made-up-labels', value: [['hill', 0.71], ['lakeside', 0.22]] },
    { task: 'objects', card: 'made-up-objects', value: [['bird', 0.8, [0.1, 0.2, 0.5, 0.6]]] },
  ];
  return { id, digest: id.repeat(4), version: 1, row, kind: row.kind, mime: 'image/png', bytes: 3_145_728, width: row.w, height: row.h, taken: row.taken, details: {}, files: [], facts, faces: [] };
}

function answer(path, query) {
  if (path === '/server') return { name: 'Albumen', version: '0', setup: false };
  if (path === '/session') return { account: { id: 1, name: 'ada', role: 'owner', disabled: false }, scopes: ['read', 'write'], libraries: [{ id: 1, title: 'ada', access: 'owner' }], preferences: {} };
  const [, own] = path.match(/^\/libraries\/1(\/.*)$/) ?? [];
  if (own === '/timeline/ratios') return { version: 1, months: [...months].map(([month, all]) => ({ month, ratios: all.map((row) => Math.round((row.w / row.h) * 100)) })) };
  if (own === '/timeline') return { version: 1, total: COUNT, months: [...months].map(([month, all]) => ({ month, count: all.length })) };
  if (own?.startsWith('/timeline/')) return columns(own.slice(10));
  if (own?.match(/^\/assets\/[0-9a-f]{16}$/)) return asset(own.slice(8));
  if (own === '/search') return found(query.get('q') ?? '');
  return { items: [], next: null };
}

function found(q) {
  const items = [...rows.values()].slice(0, 60).map((row, i) => ({ row, score: 1 - i / 60, verdict: i < 12 ? 'sure' : i < 40 ? 'maybe' : 'weak', reasons: [`shows ${q}`], at_ms: 0 }));
  return { query: q, content: q, parts: [], sure: 12, maybe: 28, items, next: null };
}

function events(response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(': here\n\n');
}

async function file(path, response) {
  const wanted = normalize(join(STATIC, path));
  const inside = wanted.startsWith(STATIC) && extname(wanted) ? wanted : join(STATIC, 'index.html');
  response.writeHead(200, { 'Content-Type': TYPES[extname(inside)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY });
  response.end(await readFile(inside));
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/api')) return void file(url.pathname, response).catch(() => response.writeHead(404).end());
  const path = url.pathname.slice(4);
  if (path.endsWith('/events')) return events(response);
  const media = path.match(/\/assets\/([0-9a-f]{16})\/(thumb|preview|original)$/);
  if (media) {
    response.writeHead(200, { 'Content-Type': 'image/png', 'Cache-Control': 'max-age=31536000, immutable' });
    return response.end(pictures[parseInt(media[1], 16) % pictures.length]);
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(answer(path, url.searchParams)));
});
server.listen(PORT, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`));
