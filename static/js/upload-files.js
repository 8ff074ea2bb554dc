// Dropped, selected or pasted files, including those in folders: [{file, name}], where `name` contains the folders.
// Hidden files and sidecar files of cameras and systems are skipped.
const SKIPPED = /(^|\/)(\.[^/]*|__MACOSX|thumbs\.db|desktop\.ini)(\/|$)|\.(xmp|json|aae|thm|ini|pp3|dop|db|lnk)$/i;

function isPhotoName({ name }) {
  return !SKIPPED.test(name);
}

export function selectedFiles(input) {
  const files = [...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
  // A file that was selected by itself is never skipped, so that its outcome is shown.
  return input.webkitdirectory ? files.filter(isPhotoName) : files;
}

export function pastedFiles(clipboard) {
  const time = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return [...clipboard.files].map((file, number) => {
    const ending = file.name.split(".").pop();
    // Every picture on the clipboard has the same name.
    const pasted = /^image\.\w+$/.test(file.name);
    return { file, name: pasted ? `${time}${number ? ` ${number + 1}` : ""}.${ending}` : file.name };
  });
}

// The entries must be read before the first await: after the event they are gone.
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === "file");
  const roots = entries.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
  const found = [];
  for (const root of roots) {
    if (root instanceof File) found.push({ file: root, name: root.name });
    else await walk(root, "", found);
  }
  return found;
}

async function walk(entry, folder, found) {
  const name = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve) => {
      entry.file(resolve, () => resolve(null));
    });
    if (file && (!folder || isPhotoName({ name }))) found.push({ file, name });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A folder is read in parts of some hundred entries, until a part is empty.
    const part = await new Promise((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (!part.length) return;
    for (const inner of part) await walk(inner, `${name}/`, found);
  }
}
