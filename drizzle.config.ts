import { defineConfig } from 'drizzle-kit'

/** `npm run migrations:generate -- --name <what>` writes the next folder; a person reads it. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './origin/src/storage/*schema.ts',
  out: './migrations',
})
