import type { JsonObject } from '#contract/json.ts'
import { isFinal, type OpId, type OperationEvent } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Stores } from '../../domain/stores.ts'
import { openOrigin, setUpAdmin, signedInAs } from '../admin.ts'
import { openMemory, sql, type Opened } from '../databases.ts'
import { ask, type Asked } from '../doors.ts'
import { callOf } from '../engines.ts'
import { Died } from './fuse.ts'
import { Ledger } from './ledger.ts'
import { bury, startProcess, type Process } from './process.ts'
import { rowsOf } from './rows-of.ts'
import { StandInSandbox } from './stand-in-sandbox.ts'
import { readStandings, type Standing } from './standing.ts'

export const ADMINS = ['alice', 'bob'] as const
export type AdminName = (typeof ADMINS)[number]

/** What all sequences of one test share: a database with two admins, who are signed in. */
export interface Ground extends AsyncDisposable {
  opened: Opened
  /** All its tables. */
  tables: readonly string[]
  /** Empties it, but for the admins; no policy is set. */
  clear(): Promise<void>
  cookies: Record<AdminName, Record<string, string>>
}

const KEPT = new Set(['admins', 'sign_ins', 'settings'])

export async function openGround(): Promise<Ground> {
  const opened = await openMemory()
  const origin = openOrigin(opened, new StandInSandbox(async () => []))
  await setUpAdmin(origin.door, opened)
  const alice = await opened.stores.admins.byName('alice')
  await opened.stores.admins.add('bob', alice?.passwordHash ?? '')
  const cookies = {
    alice: (await signedInAs(origin.door, 'alice')).cookie,
    bob: (await signedInAs(origin.door, 'bob')).cookie,
  }
  await origin[Symbol.asyncDispose]()
  let cleared = 0
  const found = await rowsOf<{ name: string }>(
    opened,
    sql`select table_name name from information_schema.tables where table_schema = 'public'`,
  )
  const tables = found.map(({ name }) => name)
  return {
    opened,
    tables,
    cookies,
    async clear() {
      await opened.db.transaction(async (tx) => {
        // Activity cannot be emptied otherwise.
        await tx.execute(sql`set local session_replication_role = replica`)
        for (const table of tables)
          if (!KEPT.has(table)) await tx.execute(sql`delete from ${sql.identifier(table)}`)
        await tx.execute(sql`delete from settings where key = 'approval_policy'`)
      })
      // It is all in memory, also what was deleted.
      if (++cleared % 50 === 0) await opened.db.execute(sql`vacuum`)
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

/** What a machine is built with, beside its database. */
export interface Build {
  /** The stores as the processes see them: a test puts faults in. */
  seen?: (stores: Stores) => Stores
  Sandbox?: typeof StandInSandbox
}

/**
 * MCPbox as its users meet it, over a real database: the admin door as HTTP, operations as its doors
 * hand them to the engine. Whenever its process has died, the next who asks meets a new one.
 */
export class World implements AsyncDisposable {
  readonly ground: Ground
  readonly ledger = new Ledger()
  readonly sandbox: StandInSandbox
  /** Everything that anybody was told or that was logged, since the invariants were last looked at. */
  shown: string[] = []
  readonly #faults: unknown[] = []
  readonly #seen: (stores: Stores) => Stores
  #process: Process | null = null
  #starting: Promise<Process> | null = null
  #requests = 0
  /** All versions as they were before what happens now. */
  before: readonly Standing[] = []
  /** How many processes died. */
  deaths = 0

  constructor(ground: Ground, { seen = (stores) => stores, Sandbox = StandInSandbox }: Build) {
    this.ground = ground
    this.#seen = seen
    this.sandbox = new Sandbox(() => readStandings(ground.opened))
  }

  /** The process that serves now. */
  async process(): Promise<Process> {
    if (this.#process !== null && !this.#process.fuse.isDead) return this.#process
    this.#starting ??= this.#start()
    return this.#starting
  }

  async #start(): Promise<Process> {
    await this.#end()
    this.#process = startProcess(this.ground.opened, this.sandbox, this.#seen)
    this.#starting = null
    return this.#process
  }

  async #end(): Promise<void> {
    if (this.#process === null) return
    if (this.#process.fuse.isDead) this.deaths += 1
    await bury(this.#process, this.ground.opened)
    this.shown.push(...this.#process.lines)
    this.#faults.push(...this.#process.faults)
  }

  /** Has the admin ask the admin door. @returns null when the process died before it answered */
  async admin(who: AdminName, path: string, asked: Asked = {}): Promise<Heard | null> {
    return this.stranger(path, {
      ...asked,
      headers: { ...this.ground.cookies[who], ...asked.headers },
    })
  }

  /** Asks the admin door as somebody who has not signed in. */
  async stranger(path: string, asked: Asked = {}): Promise<Heard | null> {
    const process = await this.process()
    const response = await ask(process.door, path, asked)
    const body = await response.text()
    this.#hear(process)
    if (process.fuse.isDead) return null
    this.shown.push(body)
    return { status: response.status, body }
  }

  /** Has an assistant call a tool, and come back for the answer until there is one. */
  async agent(as: Principal, tool: string, args: JsonObject): Promise<Final> {
    const request = callOf(tool, args)
    const requestId = `request-${++this.#requests}`
    for (;;) {
      const process = await this.process()
      try {
        const opId = await process.engine.submit(as, request, requestId)
        const end = await this.again(as, opId)
        if (end === null) continue
        this.ledger.ends.set(opId, { as, end })
        return end
      } catch (fault) {
        if (fault instanceof Refusal)
          return { type: 'problem', seq: 0, problem: fault.problem, opId: request.op_id }
        if (!process.fuse.isDead) throw fault
      }
    }
  }

  /** Asks once more how an operation ended. @returns null when the process died meanwhile */
  async again(as: Principal, opId: OpId): Promise<Final | null> {
    const process = await this.process()
    try {
      const end = await this.#follow(process, as, opId)
      return end === null ? null : { ...end, opId }
    } catch (fault) {
      if (fault instanceof Died) return null
      throw fault
    }
  }

  /** Names of the tools that clients are offered now; undefined when the process died meanwhile. */
  async listed(): Promise<string[] | undefined> {
    const { catalog, fuse } = await this.process()
    try {
      const { tools } = await catalog.read()
      this.shown.push(JSON.stringify(tools))
      return tools.map(({ name }) => name)
    } catch (fault) {
      if (fuse.isDead) return undefined
      throw fault
    }
  }

  /** What went wrong unexpectedly since the last time. */
  takeFaults(): unknown[] {
    return [...this.#faults.splice(0), ...(this.#process?.faults.splice(0) ?? [])]
  }

  async #follow(process: Process, as: Principal, opId: OpId): Promise<FinalEvent | null> {
    try {
      for await (const event of process.engine.follow(as, opId, 0, process.fuse.signal)) {
        this.shown.push(JSON.stringify(event))
        if (isFinal(event)) return event
      }
      return null
    } finally {
      this.#hear(process)
    }
  }

  #hear({ lines }: Process): void {
    this.shown.push(...lines.splice(0))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }
}

export interface Heard {
  status: number
  body: string
}

type FinalEvent = Extract<OperationEvent, { type: 'result' | 'problem' }>
export type Final = FinalEvent & { opId: OpId }
