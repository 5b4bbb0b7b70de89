import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { SettingName, type SettingView } from '#contract/admin-door/settings.ts'
import {
  changeSetting,
  settingValue,
  type SettingDefaults,
} from '../../../domain/admin-settings.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { byAdmin } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { assertMatch, tagged } from './etags.ts'
import { cursorOf, page } from './pages.ts'
import { serve } from './serve.ts'

const byName = cursorOf(z.object({ name: SettingName }))

/** What admins may set. */
export function settingRoutes(
  routes: Hono<AdminEnv>,
  parts: { stores: Stores; within: Within; settingDefaults: SettingDefaults },
): void {
  const { stores, within, settingDefaults } = parts
  const view = async (
    { settings }: Pick<Stores, 'settings'>,
    name: SettingName,
  ): Promise<SettingView> => ({
    name,
    default: settingDefaults[name],
    ...(await settingValue(settings, settingDefaults, name)),
  })

  serve(routes, ENDPOINTS.listSettings, async ({ query: { limit, cursor } }) => {
    const after = byName.read(cursor)?.name ?? ''
    const names = SettingName.options.filter((name) => name > after)
    const views = await Promise.all(names.map((name) => view(stores, name)))
    const key = ({ name }: SettingView) => ({ name })
    return page(views, limit, { view: (setting) => setting, cursor: byName, key })
  })

  serve(routes, ENDPOINTS.getSetting, async ({ params: { name }, c }) =>
    tagged(c, await view(stores, name)),
  )

  serve(routes, ENDPOINTS.changeSetting, async ({ params: { name }, body: { value }, c }) => {
    const changed = await within(async (inside) => {
      await inside.settings.lock(name)
      assertMatch(c, await view(inside, name))
      await changeSetting(inside, byAdmin(c), name, value)
      return view(inside, name)
    })
    return tagged(c, changed)
  })
}
