/** What is dropped on the page: for whom it is meant, and the files in folders. */

/** Whether what is dropped on an element is meant for the pad. */
export function isStyleDrop(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("dn-style-panel") !== null;
}

/** All files, and of folders those that may be sound or MIDI. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // Both lists are empty as soon as the drop event is over: they are read at once.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  const folders = entries.filter((entry) => entry !== null).filter(isFolder);
  if (folders.length === 0) return files;
  const loose = entries
    .filter((entry) => entry !== null)
    .filter(isFile)
    .map(fileOf);
  const inside = await Promise.all(folders.map(soundsIn));
  return [...(await Promise.all(loose)), ...inside.flat()];
}

async function soundsIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((done, fail) =>
      reader.readEntries(done, fail),
    );
    if (entries.length === 0) return files.filter(maySound);
    files.push(...(await Promise.all(entries.filter(isFile).map(fileOf))));
    for (const inner of entries.filter(isFolder)) files.push(...(await soundsIn(inner)));
  }
}

function maySound({ name, type }: File): boolean {
  return !name.startsWith(".") && (/^(audio|video)\//.test(type) || /\.midi?$/i.test(name));
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((done, fail) => entry.file(done, fail));
}
