/** Finds the files in what was dropped, and those that were shared with the app. */

export const SHARED = 'albumen-shared';

export async function filesIn(transfer: DataTransfer): Promise<File[]> {
  // The list of items dies with the event, so the entries are taken out before anything is awaited.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const loose = [...transfer.files];
  const found = await Promise.all(entries.map((entry) => (entry ? walk(entry) : [])));
  const files = found.flat();
  return files.length ? files : loose;
}

async function walk(entry: FileSystemEntry): Promise<File[]> {
  if (entry.name.startsWith('.')) return [];
  if (entry.isFile) return [await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (!some.length) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map(walk))).flat();
}

/** The files that the service worker kept for us when another app shared them; they are taken once. */
export async function takeShared(): Promise<File[]> {
  const kept = await caches.open(SHARED);
  const files: File[] = [];
  for (const request of await kept.keys()) {
    const answer = await kept.match(request);
    const name = decodeURIComponent(answer?.headers.get('X-Name') ?? 'shared');
    const blob = await answer?.blob();
    if (blob) files.push(new File([blob], name, { type: blob.type }));
    await kept.delete(request);
  }
  return files;
}
