// The selected files, in the browser's own database: uploads continue on the next page, and after a restart.
const FILES = "files";
// The database copies each file: a larger one must be selected again after the page is left.
const MOST_BYTES = 2 ** 30;

const databaseOf = (account) => `trombine-uploads-${account}`;

const promised = (request) => new Promise((resolve, reject) => {
  request.addEventListener("success", () => resolve(request.result));
  request.addEventListener("error", () => reject(request.error));
});

/** Delete what is left of an account's files from this device. */
export const storeDelete = (account) => globalThis.indexedDB?.deleteDatabase(databaseOf(account));

// Rows: {key, name, size, album, file, sha256, begun}, and after the end without `file`: {status, label, counts, image}.
export class Store {
  #database;
  #saving = Promise.resolve();
  /** The number of files that would be lost with the page. */
  unsaved = 0;

  constructor(account) {
    this.#database = this.#open(databaseOf(account));
  }

  async #open(name) {
    try {
      const request = indexedDB.open(name, 1);
      request.addEventListener("upgradeneeded", () => {
        request.result.createObjectStore(FILES, { keyPath: "key", autoIncrement: true });
      });
      return await promised(request);
    } catch (error) {
      // Private windows of some browsers have no database: the files last as long as the page.
      console.warn(error);
      return null;
    }
  }

  async rows() {
    const files = await this.#files("readonly");
    return files ? promised(files.getAll()) : [];
  }

  async count() {
    const files = await this.#files("readonly");
    return files ? promised(files.count()) : 0;
  }

  async row(key) {
    const files = await this.#files("readonly");
    return files && key ? promised(files.get(key)) : undefined;
  }

  /** Add items at once, and their content one after the other. */
  async add(items) {
    const files = await this.#files("readwrite");
    if (!files) {
      this.unsaved += items.length;
      return;
    }
    await Promise.all(items.map(async (item) => {
      const { name, album, file: { size } } = item;
      item.key = await promised(files.add({ name, size, album }));
    }));
    this.unsaved += items.length;
    for (const item of items) {
      this.#saving = this.#saving.then(() => this.#saveContent(item));
    }
  }

  async change(item, changes) {
    const files = await this.#files("readwrite");
    if (!files || !item.key) return;
    const row = await promised(files.get(item.key));
    if (row) await promised(files.put({ ...row, ...changes }));
  }

  async clear(keep = () => false) {
    for (const row of await this.rows()) {
      if (!keep(row)) await promised((await this.#files("readwrite")).delete(row.key));
    }
  }

  async #saveContent(item) {
    try {
      // Meanwhile it may have been sent.
      if (!item.ended && item.file.size <= MOST_BYTES) await this.change(item, { file: item.file });
    } catch (error) {
      // The disk is full, or the file can no longer be read.
      console.warn(error);
    }
    this.unsaved -= 1;
  }

  async #files(mode) {
    const database = await this.#database;
    return database?.transaction(FILES, mode).objectStore(FILES) ?? null;
  }
}
