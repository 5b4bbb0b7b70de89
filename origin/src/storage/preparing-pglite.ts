import {
  PGlite,
  parse,
  protocol,
  type QueryOptions,
  type Results,
  type Transaction,
} from '@electric-sql/pglite'

const MOST_KEPT = 200
/** Tables grow, and nothing analyzes them here: a plan is not kept for longer than this. */
const PLAN_LASTS_MS = 10 * 60_000

const { serialize } = protocol

type Parsers = NonNullable<QueryOptions['parsers']>
const NONE: Parsers = {}
type Messages = Awaited<ReturnType<PGlite['execProtocolStream']>>

interface Prepared {
  name: string
  /** Type ids of its parameters, in order. */
  parameters: readonly number[]
  /** What the database said its rows are. */
  rows: Messages
  at: number
}

/**
 * The embedded PostgreSQL, keeping the statements that it has run prepared (PostgreSQL, "Extended
 * Query"). Planning costs this build several times what running does, and each message is a pass
 * through its main loop: a known statement takes one message and no planning.
 */
export class PreparingPglite extends PGlite {
  readonly #kept = new Map<string, Prepared>()
  /** Names to be closed. */
  #dropped: string[] = []
  #named = 0
  readonly #parsers = new WeakMap<Parsers, PGlite['parsers']>()

  override async query<T>(
    text: string,
    values: unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Results<T>> {
    await this._checkReady()
    return this._runExclusiveTransaction(() => this.#run<T>(text, values, options))
  }

  override transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return super.transaction((tx) => {
      tx.query = async <R>(text: string, values: unknown[] = [], options: QueryOptions = {}) => {
        if (tx.closed) throw new Error('the transaction is over')
        return this.#run<R>(text, values, options)
      }
      return work(tx)
    })
  }

  #run<T>(
    text: string,
    values: unknown[],
    { rowMode = 'object', parsers = NONE }: QueryOptions,
  ): Promise<Results<T>> {
    return this._runExclusiveQuery(async () => {
      try {
        const { name, parameters, rows } = this.#known(text) ?? (await this.#prepare(text))
        const written = values.map((value, n) => this.#written(value, parameters[n]))
        const messages = await this.execProtocolStream(
          Buffer.concat([
            serialize.bind({ statement: name, values: written }),
            serialize.execute({}),
            serialize.sync(),
          ]),
        )
        const [results] = parse.parseResults([...rows, ...messages], this.#parsersOf(parsers), {
          rowMode,
        })
        if (results === undefined) throw new Error('the database gave no answer')
        return results as Results<T>
      } catch (fault) {
        // What it was prepared for may not be there any more.
        this.#drop(text)
        throw fault
      }
    })
  }

  #known(text: string): Prepared | null {
    const known = this.#kept.get(text)
    if (known === undefined) return null
    if (Date.now() - known.at > PLAN_LASTS_MS) {
      this.#drop(text)
      return null
    }
    // Set again, so that the map's order is that of the last use.
    this.#kept.delete(text)
    this.#kept.set(text, known)
    return known
  }

  async #prepare(text: string): Promise<Prepared> {
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#drop(oldest)
    const closing = this.#dropped.map((name) => serialize.close({ type: 'S', name }))
    this.#dropped = []
    const name = `s${this.#named++}`
    const messages = await this.execProtocolStream(
      Buffer.concat([
        ...closing,
        serialize.parse({ name, text }),
        serialize.describe({ type: 'S', name }),
        serialize.sync(),
      ]),
    )
    const parameters = parse.parseDescribeStatementResults(messages)
    const rows = messages.filter((message) => message.name === 'rowDescription')
    const prepared = { name, parameters, rows, at: Date.now() }
    this.#kept.set(text, prepared)
    return prepared
  }

  #drop(text: string): void {
    const dropped = this.#kept.get(text)
    if (dropped === undefined) return
    this.#kept.delete(text)
    this.#dropped.push(dropped.name)
  }

  /** Ours, under theirs: hundreds of them, so they are joined once. */
  #parsersOf(theirs: Parsers): PGlite['parsers'] {
    const joined = this.#parsers.get(theirs) ?? { ...this.parsers, ...theirs }
    this.#parsers.set(theirs, joined)
    return joined
  }

  #written(value: unknown, type: number | undefined): string | null {
    if (value === null || value === undefined) return null
    const serializer = type === undefined ? undefined : this.serializers[type]
    if (serializer !== undefined) return serializer(value)
    if (typeof value === 'string') return value
    throw new TypeError(`a value of type ${type} must be given as text`)
  }
}
