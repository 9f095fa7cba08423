/*
 * The entry `arete`: everything an application is made of, whatever its host.
 */
export { defineApp, type AppDefinition, type AreteApp } from './define-app.ts'
export { requireAuth, requireSuperuser, type RequireAuthOptions } from './require-auth.ts'
export type { Arete, CallerAccount, RequestCaller } from './arete.ts'
export type { AreteEnv } from './arete-env.ts'
