import { z } from 'zod'
import { ActivityView } from '#contract/admin-door/activity.ts'
import type { Endpoint } from '#contract/admin-door/endpoint.ts'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { SecretView } from '#contract/admin-door/secrets.ts'
import { SettingView } from '#contract/admin-door/settings.ts'
import { SignInView } from '#contract/admin-door/sign-ins.ts'
import { ServerView, ToolView } from '#contract/admin-door/tools.ts'
import { VersionDiff } from '#contract/admin-door/version-diff.ts'
import { ApprovalView, ExecutionView, VersionView } from '#contract/admin-api.ts'
import { Json, type JsonObject } from '#contract/json.ts'
import { PROBLEM_TYPE, ProblemBody } from '#contract/problem.ts'
import { VERSION } from '#contract/version.ts'

/** Schemas of answers that have a name of their own in the document. */
const NAMED: Record<string, z.ZodType> = {
  Json,
  Problem: ProblemBody,
  Activity: ActivityView,
  Approval: ApprovalView,
  Execution: ExecutionView,
  Secret: SecretView,
  Server: ServerView,
  Setting: SettingView,
  SignIn: SignInView,
  Tool: ToolView,
  Version: VersionView,
  VersionDiff,
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** The OpenAPI 3.1 document of the admin door, made from what validates its requests. */
export function openApi(): JsonObject {
  const endpoints: [string, Endpoint][] = Object.entries(ENDPOINTS)
  const paths: Record<string, JsonObject> = {}
  for (const [id, endpoint] of endpoints) {
    const operations = paths[endpoint.path] ?? {}
    operations[endpoint.method] = operation(id, endpoint)
    paths[endpoint.path] = operations
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'MCPbox',
      version: VERSION,
      description: 'The admin door. Errors are problems of RFC 9457 with a stable `code`.',
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    paths,
    components: {
      schemas: answerSchemas(endpoints),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'From `POST /auth/login`.' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'mcpbox_sign_in' },
      },
    },
  }
}

function operation(id: string, endpoint: Endpoint): JsonObject {
  const { summary, access, body } = endpoint
  const parameters = [
    ...parametersIn('path', endpoint.params),
    ...parametersIn('query', endpoint.query),
    ...(endpoint.ifMatch ? [IF_MATCH] : []),
  ]
  return {
    operationId: id,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: { required: true, content: json(inputSchema(body)) } }),
    responses: {
      [endpoint.status]: success(id, endpoint),
      default: {
        description: 'A refusal',
        content: { [PROBLEM_TYPE]: { schema: ref('Problem') } },
      },
    },
    security: access === 'admin' ? [{ bearer: [] }, { cookie: [] }] : [],
  }
}

function success(id: string, { status, type, answer, etag }: Endpoint): JsonObject {
  return {
    description: DESCRIPTIONS[status],
    ...(etag ? { headers: { ETag: { schema: { type: 'string' } } } } : {}),
    ...(answer !== null && { content: json(ref(`${id}Answer`)) }),
    ...(type !== null && { content: { [type]: { schema: { type: 'string' } } } }),
  }
}

const DESCRIPTIONS = { 101: 'The WebSocket is open', 200: 'Done', 201: 'Made', 204: 'Done' }

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of what is changed',
  schema: { type: 'string' },
}

function parametersIn(place: 'path' | 'query', schema: z.ZodType): JsonObject[] {
  const { properties = {}, required = [] } = inputSchema(schema) as {
    properties?: Record<string, JsonObject>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}

/** What clients send: before defaults are put in. */
function inputSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest as JsonObject
}

/**
 * What they get, each under its name, one pointing at the other. On the wire stands what a schema
 * reads, before it makes something of that.
 */
function answerSchemas(endpoints: readonly [string, Endpoint][]): JsonObject {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id })
  for (const [id, { answer }] of endpoints)
    if (answer !== null && !registry.has(answer)) registry.add(answer, { id: `${id}Answer` })
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => ref(id).$ref })
  const named: Record<string, object> = Object.fromEntries(
    Object.entries(schemas).map(([id, given]) => {
      const { $schema: _, $id: __, ...schema } = given
      return [id, schema]
    }),
  )
  for (const [id, { answer }] of endpoints) {
    const name = answer === null ? undefined : registry.get(answer)?.id
    if (name !== undefined && name !== `${id}Answer`) named[`${id}Answer`] = ref(name)
  }
  return named as JsonObject
}

function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } }
}
