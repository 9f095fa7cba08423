/*
 * The entry `arete`: everything an application is made of, whatever its host.
 */
export { defineApp, type AppDefinition, type AreteApp } from './define-app.ts'
export { requireAuth, requireSuperuser, type RequireAuthOptions } from './require-auth.ts'
export { ApiError as RecordError } from '#kernel/errors.ts'
export type { Arete, AreteCore, CallerAccount, RecordScope, RequestCaller } from './arete.ts'
export type { BatchWriter, Transaction } from './batch.ts'
export type { BoundFilter, FilterValue } from './filter-text.ts'
export type { RecordData } from './record-data.ts'
export type {
  AretePage,
  AreteRecord,
  ExpandOptions,
  ListOptions,
  Records,
  WriteOptions,
} from './records.ts'
export type { DataMigration, DataStep } from './data-migrations.ts'
export { EnvironmentError, type Env, type Register } from './environment.ts'
export type { AreteFile, FileOwner, Files } from './services/files.ts'
export type { MailAddress, Mails, NewMail } from './services/mail.ts'
export type { AreteSettings } from './services/settings.ts'
export type { Cron } from './crons.ts'
export type { AreteEnv } from './arete-env.ts'
export {
  type CollectionSpec,
  type DefinedCollection,
  defineCollection,
  index,
  type IndexOptions,
  type Rules,
} from '#schema/define/define-collection.ts'
export {
  autodate,
  bool,
  date,
  editor,
  email,
  type FieldOptions,
  type FieldSpec,
  file,
  geoPoint,
  json,
  number,
  password,
  relation,
  select,
  text,
  url,
} from '#schema/define/fields.ts'
export type { InferCreate, InferRecord, InferUpdate } from '#schema/define/infer.ts'
export { durable } from './hooks.ts'
export type {
  AfterEvent,
  AfterHook,
  BeforeChangeEvent,
  BeforeHook,
  BeforeWriteEvent,
  CollectionHooks,
  DurableHook,
  FurtherHooks,
  HookFile,
} from './hooks.ts'
export type { BeforeListEvent, BeforeViewEvent } from './reading/read-events.ts'
export type { BeforeDownloadEvent } from './downloading/download-hooks.ts'
export type { AppMail, Mail } from './mailing/app-mail.ts'
export { type Mailer, MailRefusedError } from '#platform/mailer.ts'
export type { SchemaChangeEvent } from './schema-changes/schema-changes.ts'
export type { BeforeSubscribeEvent } from './subscribing/subscribe-hooks.ts'
export type { EnrichEvent } from './showing/enrich.ts'
export type { AfterAuthEvent, BeforeAuthEvent } from './signing-in/sign-in-events.ts'
export { refuse, type RefuseOptions } from './refuse.ts'
export { task, type AnyTask, type Task, type TaskCall } from './tasks/task.ts'
export type { Enqueue, EnqueueArguments, EnqueueOptions } from './tasks/enqueue.ts'
export type { Tasks } from './tasks/create-tasks.ts'
export type {
  SchemaInput,
  SchemaIssue,
  SchemaOutput,
  SchemaResult,
  StandardSchema,
} from './tasks/standard-schema.ts'
