import type { RequestInfo } from '#filter/schema.ts'
import type { Field } from '#fields/definition/field-type.ts'
import type { Upload } from '#http/body/upload.ts'
import type { RecordCreate } from '#records/write/create-record.ts'
import { planCreate } from '#records/write/create-record.ts'
import type { WriteContext } from '#records/write/record-write.ts'
import { randomString } from '#kernel/random.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import type { Lookup } from './find-oauth2-account.ts'
import type { ProviderUser } from '#auth/oauth2/providers/provider-user.ts'

/** An account to create for a provider's user. */
export interface NewAccount {
  readonly collection: AuthCollection
  readonly info: RequestInfo
  /** The client's values, which have precedence over the provider's. */
  readonly createData: Readonly<Record<string, unknown>>
  readonly user: ProviderUser
  readonly isUsernameTaken: Lookup['isUsernameTaken']
  /** The user's avatar, if there is one and a field for it. */
  readonly avatar: Upload | undefined
}

const randomPasswordLength = 30

/**
 * Plans the creation of an account for a provider's user as by any client: the create rule applies,
 * with `oauth2` as `@request.context`, hidden fields are dropped, every value is validated. Without
 * a password in `createData` the account gets a random one.
 *
 * @throws {ApiError} As `planCreate`
 */
export async function planNewAccount(
  context: WriteContext,
  account: NewAccount,
): Promise<RecordCreate> {
  const { collection, info, createData } = account
  const hasRandomPassword = !Object.hasOwn(createData, 'password')
  const password = randomString(randomPasswordLength)
  const data = {
    ...createData,
    ...submittedEmail(account),
    ...mappedValues(account),
    ...(hasRandomPassword ? { password, passwordConfirm: password } : {}),
  }
  return await planCreate(context, {
    collection,
    info: { ...info, method: 'POST', query: {} },
    body: { data, files: mappedFiles(account) },
    position: 0,
    hasRandomPassword,
  })
}

function submittedEmail({ createData, user }: NewAccount): Record<string, unknown> {
  const { email } = createData
  return typeof email === 'string' && email !== '' ? {} : { email: user.email }
}

/** The values of mapped fields, unless the client has set them. */
function mappedValues(account: NewAccount): Record<string, unknown> {
  const { collection, createData, user } = account
  const { id, name, username, avatarURL } = collection.auth.oauth2.mappedFields
  const mapped = [
    [id, user.id],
    [name, user.name],
    [isAcceptable(account) ? username : '', user.username],
    [takesText(collection, avatarURL) ? avatarURL : '', user.avatarURL],
  ] as const
  return Object.fromEntries(
    mapped.filter(([field]) => field !== '' && !Object.hasOwn(createData, field)),
  )
}

/** A username that is taken or invalid is left out, which is better than failing. */
function isAcceptable({ collection, user, isUsernameTaken }: NewAccount): boolean {
  const field = collection.field(collection.auth.oauth2.mappedFields.username)
  if (field === undefined || isUsernameTaken || user.username === '') return false
  return field.validate(user.username, { isNew: true, recordId: undefined }) === undefined
}

/** An avatar's URL is text; the avatar itself is a file. */
function takesText(collection: AuthCollection, name: string): boolean {
  return collection.field(name)?.isFile === false
}

/** The file field for the avatar, unless the client has set it. */
export function avatarField(
  collection: AuthCollection,
  createData: NewAccount['createData'],
): Field | undefined {
  const field = collection.field(collection.auth.oauth2.mappedFields.avatarURL)
  const isWanted = field?.isFile === true && !Object.hasOwn(createData, field.name)
  return isWanted ? field : undefined
}

function mappedFiles({
  collection,
  createData,
  avatar,
}: NewAccount): ReadonlyMap<string, readonly Upload[]> {
  const field = avatarField(collection, createData)
  return new Map(field === undefined || avatar === undefined ? [] : [[field.name, [avatar]]])
}
