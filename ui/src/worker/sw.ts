/** The service worker: opens the app without a network, and takes files that other apps share. Media and API answers are never kept here. */

const SHELL = 'albumen-shell';
const SHARED = 'albumen-shared';
const worker = self as unknown as ServiceWorkerGlobalScope;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((kept) => kept.addAll(['/', '/icon.svg'])).then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin || url.pathname.startsWith('/api/')) return;
  if (request.method === 'POST' && url.pathname === '/share') event.respondWith(share(request));
  else if (request.method !== 'GET') return;
  else if (request.mode === 'navigate') event.respondWith(page(request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(hashed(request));
});

/** The newest page where there is a network, else the one that was kept. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.open(SHELL);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await kept.put('/', fresh.clone());
    return fresh;
  } catch {
    return (await kept.match('/')) ?? Response.error();
  }
}

/** Files whose names change with their content are asked for once. */
async function hashed(request: Request): Promise<Response> {
  const kept = await caches.open(SHELL);
  const known = await kept.match(request);
  if (known) return known;
  const fresh = await fetch(request);
  if (fresh.ok) await kept.put(request, fresh.clone());
  return fresh;
}

/** Keep what was shared until the upload page takes it. */
async function share(request: Request): Promise<Response> {
  const kept = await caches.open(SHARED);
  const files = (await request.formData()).getAll('files').filter((entry) => entry instanceof File);
  for (const [i, file] of files.entries()) {
    const headers = { 'X-Name': encodeURIComponent(file.name), 'Content-Type': file.type };
    await kept.put(`/shared/${Date.now()}-${i}`, new Response(file, { headers }));
  }
  return Response.redirect('/upload?shared=1', 303);
}
