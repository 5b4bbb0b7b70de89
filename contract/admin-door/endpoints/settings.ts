import { z } from 'zod'
import { JsonObject } from '../../json.ts'
import { Name } from '../../names.ts'
import { pageQuery } from '../page.ts'
import { ServerPolicyChange, ServerPolicyView } from '../policies.ts'
import { SettingChange, SettingList, SettingName, SettingView } from '../settings.ts'
import { endpoint } from '../endpoint.ts'

const paged = z.strictObject(pageQuery)

/** What an admin may set, and what can be asked at all. */
export const SETTING_ENDPOINTS = {
  listSettings: endpoint({
    method: 'get',
    path: '/api/settings',
    summary: 'What an admin may set',
    query: paged,
    answer: SettingList,
  }),
  getSetting: endpoint({
    method: 'get',
    path: '/api/settings/{name}',
    summary: 'One setting',
    params: { name: SettingName },
    answer: SettingView,
    etag: true,
  }),
  changeSetting: endpoint({
    method: 'put',
    path: '/api/settings/{name}',
    summary: 'Changes a setting, at every replica and at once',
    params: { name: SettingName },
    body: SettingChange,
    answer: SettingView,
    etag: true,
    ifMatch: true,
  }),
  getServerPolicy: endpoint({
    method: 'get',
    path: '/api/servers/{server}/approval-policy',
    summary: 'By which policy versions of a server are approved',
    params: { server: Name },
    answer: ServerPolicyView,
    etag: true,
  }),
  changeServerPolicy: endpoint({
    method: 'put',
    path: '/api/servers/{server}/approval-policy',
    summary: 'Gives a server a policy of its own, for what is asked from now on',
    params: { server: Name },
    body: ServerPolicyChange,
    answer: ServerPolicyView,
    etag: true,
    ifMatch: true,
  }),
  getOpenApi: endpoint({
    method: 'get',
    path: '/api/openapi.json',
    summary: 'This document (OpenAPI 3.1)',
    answer: JsonObject,
  }),
}
