import { serve } from '@hono/node-server'
import { Hono } from 'hono'

/** A bare JSON echo on the HTTP stack that MCPbox's doors stand on: the floor of any call. */
const echo = new Hono().post('/', async (c) => c.json(await c.req.json()))

// Ends with the bench that started it, however that ends.
process.stdin.resume().on('end', () => process.exit())
serve({ fetch: echo.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(port))
