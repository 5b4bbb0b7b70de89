import packageJson from '../../package.json' with { type: 'json' }

/** Version of MCPbox, as clients and health checks see it. */
export const VERSION: string = packageJson.version
