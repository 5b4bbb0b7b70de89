/** Version of MCPbox, as clients and health checks see it; the same as in package.json. */
export const VERSION = '0.1.0'

/** As whom MCPbox answers MCP clients (`serverInfo`). */
export const IDENTITY = { name: 'mcpbox', version: VERSION }
