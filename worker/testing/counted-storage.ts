/** Rows as Cloudflare bills them for objects with SQLite. */
export interface Rows {
  read: number
  written: number
}

/**
 * The storage of an object, with its rows counted as Cloudflare says that it bills them (Durable
 * Objects, pricing): a key that is read is a row read, one that is put or deleted a row written, and
 * so is each alarm that is set. A way to storage that is not counted here throws.
 */
export function countedStorage(storage: DurableObjectStorage, rows: Rows): DurableObjectStorage {
  const kv: Partial<SyncKvStorage> = {
    get(key: string) {
      rows.read++
      return storage.kv.get(key)
    },
    put(key, value) {
      rows.written++
      storage.kv.put(key, value)
    },
    delete(key) {
      rows.written++
      return storage.kv.delete(key)
    },
  }
  const counted: Partial<DurableObjectStorage> = {
    kv: onlyWith(kv),
    getAlarm: () => storage.getAlarm(),
    setAlarm(at) {
      rows.written++
      return storage.setAlarm(at)
    },
    deleteAll() {
      rows.written += [...storage.kv.list()].length
      return storage.deleteAll()
    },
    transactionSync: (closure) => storage.transactionSync(closure),
  }
  return onlyWith(counted)
}

/** Counts, from now on, what a Durable Object reads and writes. */
export function countRowsOf(object: object, { storage }: DurableObjectState, rows: Rows): void {
  const ctx = onlyWith<DurableObjectState>({ storage: countedStorage(storage, rows) })
  Object.defineProperty(object, 'ctx', { value: ctx })
}

/** An object of which nothing else may be used. */
function onlyWith<T extends object>(part: Partial<T>): T {
  return new Proxy(part, {
    get(target, name) {
      if (!(name in target)) throw new Error(`${String(name)} is not counted`)
      return Reflect.get(target, name)
    },
  }) as T
}
