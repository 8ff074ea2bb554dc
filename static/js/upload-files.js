// Dropped, selected or pasted files, including those in folders: [{file, name}], where `name` contains the folders.
// Hidden files, sidecars, films and the like, and folders of systems are skipped: the list of
// albums/services/uploading/skipped_names.py.
const ENDINGS = /\.(xmp|json|aae|thm|ini|pp3|dop|db|lnk)$/i;
const NOT_PHOTOS = new RegExp(
  String.raw`\.(mov|mp4|m4v|avi|mpe?g|mts|m2ts|3gp|3g2|wmv|mkv|webm|flv|vob|insv|lrv|lrf|wav|mp3|m4a|aac`
  + String.raw`|srt|vtt|ass|ssa|sub|sqlite3?|(sqlite3?|db|lrcat)-(wal|shm|journal)|lrcat|lrprev|cos|cop|cot|cof|ctg|mrk`
  + String.raw`|gpx|kml|nmea|txt|nfo|log|url|csv)$`, "i");
const UNFINISHED =
  /(~|\.(part|partial|filepart|crdownload|download|opdownload|tmp|temp|aria2|!ut|!qb|bc!|swp))$/i;
const SYSTEM_FOLDERS = new RegExp(
  String.raw`^(__macosx|@eadir|#recycle|#snapshot|@recycle|@recently-snapshot|@__thumb|\$recycle\.bin|recycler|recycled`
  + String.raw`|system volume information|lost\+found|network trash folder|temporary items|.+\.lrdata)$`, "i");
const SYSTEM_FILES = new RegExp(
  String.raw`^(syno[a-z]+_(thumb|film|media)[^/]*|(eh)?thumbs\.db|desktop\.ini|zbthumbnail\.info|icon\r)$`, "i");
const LIBRARIES = /.\.(photoslibrary|photolibrary|migratedphotolibrary|aplibrary)$/i;
const INSIDE_LIBRARIES = /^(resources|database|private|scopes|thumbnails|previews|caches|data\.noindex)$/i;

// The first part of a name is the folder that was selected or dropped: it is not judged.
export function isPhotoName({ name }) {
  const folders = name.split("/");
  const file = folders.pop();
  if ([...folders.slice(1), file].some((part) => part.startsWith("."))) return false;
  const isSystem = (folder, i) => i > 0
    && (SYSTEM_FOLDERS.test(folder) || (LIBRARIES.test(folders[i - 1]) && INSIDE_LIBRARIES.test(folder)));
  if (folders.some(isSystem)) return false;
  const sidecar = file.lastIndexOf(".") > 0 && ENDINGS.test(file);
  return !sidecar && ![SYSTEM_FILES, NOT_PHOTOS, UNFINISHED].some((names) => names.test(file));
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
