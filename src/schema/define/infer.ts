/*
 * The types of a collection's records, without generated code.
 */
import type { DefinedCollection, DefinedType, Fields } from './define-collection.ts'
import type { FieldSpec, FieldTypes } from './fields.ts'

type TypesOf<Field> = Field extends FieldSpec<infer Types> ? Types : FieldTypes

type FieldsOf<C> = C extends DefinedCollection<string, DefinedType, infer Own> ? Own : never

type TypeOf<C> = C extends DefinedCollection<string, infer Type> ? Type : never

type Simplified<T> = { [K in keyof T]: T[K] }

interface AuthRecord {
  email: string
  emailVisibility: boolean
  verified: boolean
}

interface AuthInput {
  email?: string
  emailVisibility?: boolean
  verified?: boolean
}

type ReadKeys<Own extends Fields> = {
  [K in keyof Own]: TypesOf<Own[K]>['isRead'] extends true ? K : never
}[keyof Own]

type KeysOf<Own extends Fields, Input extends FieldTypes['input']> = {
  [K in keyof Own]: TypesOf<Own[K]>['input'] extends Input ? K : never
}[keyof Own]

type Modifiers<Own extends Fields> = {
  [
    K in keyof Own & string as TypesOf<Own[K]>['modifiers'] extends 'number'
      ? `${K}+` | `${K}-`
      : never
  ]?: number
} & {
  [
    K in keyof Own & string as TypesOf<Own[K]>['modifiers'] extends 'list'
      ? `${K}+` | `+${K}` | `${K}-`
      : never
  ]?: TypesOf<Own[K]>['write'] | TypesOf<Own[K]>['read']
}

/** A record as it is read. */
export type InferRecord<C> = Simplified<
  { id: string; collectionId: string; collectionName: C extends { name: infer N } ? N : string } & {
    [K in ReadKeys<FieldsOf<C>>]: TypesOf<FieldsOf<C>[K]>['read']
  } & (TypeOf<C> extends 'auth' ? Omit<AuthRecord, keyof FieldsOf<C>> : unknown)
>

/** The body that creates a record. */
export type InferCreate<C> = Simplified<
  { id?: string } & {
    [K in KeysOf<FieldsOf<C>, 'required'>]: TypesOf<FieldsOf<C>[K]>['write']
  } & {
    [K in KeysOf<FieldsOf<C>, 'optional'>]?: TypesOf<FieldsOf<C>[K]>['write']
  } & (TypeOf<C> extends 'auth'
      ? Omit<AuthInput, keyof FieldsOf<C>> & { password: string; passwordConfirm: string }
      : unknown)
>

/** The body that updates a record. */
export type InferUpdate<C> = Simplified<
  {
    [K in KeysOf<FieldsOf<C>, 'required' | 'optional'>]?: TypesOf<FieldsOf<C>[K]>['write']
  } & Modifiers<FieldsOf<C>> &
    (TypeOf<C> extends 'auth'
      ? Omit<AuthInput, keyof FieldsOf<C>> & {
          oldPassword?: string
          password?: string
          passwordConfirm?: string
        }
      : unknown)
>
