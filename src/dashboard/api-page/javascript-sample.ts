import { javaScriptLiteral } from './literals.ts'
import { type SampleContext, sortOf } from './sample-context.ts'

/** A module that runs as it is, with the package `pocketbase`. */
export function javaScriptSample(context: SampleContext): string {
  const { origin, caller, operation } = context
  const isSignIn = ['password', 'oauth2', 'otp', 'verification', 'passwordReset'].includes(
    operation.key,
  )
  const signIn =
    caller === undefined || isSignIn
      ? []
      : [`await pb.collection('${caller}').authWithPassword('EMAIL', 'PASSWORD')`, '']
  return [
    "import PocketBase from 'pocketbase'",
    '',
    `const pb = new PocketBase('${origin}')`,
    ...signIn,
    ...call(context),
  ].join('\n')
}

function call({ operation, collection, body }: SampleContext): string[] {
  const target = `pb.collection('${collection.name}')`
  const content = javaScriptLiteral(body)
  switch (operation.key) {
    case 'list': {
      const sort = sortOf(collection)
      const options = sort === undefined ? '' : `, { sort: '${sort}' }`
      return [`const page = await ${target}.getList(1, 20${options})`, 'console.log(page.items)']
    }
    case 'view':
      return [`const record = await ${target}.getOne('RECORD_ID')`, 'console.log(record)']
    case 'create':
      return [`const record = await ${target}.create(${content})`, 'console.log(record.id)']
    case 'update':
      return [`await ${target}.update('RECORD_ID', ${content})`]
    case 'delete':
      return [`await ${target}.delete('RECORD_ID')`]
    case 'realtime':
      return [
        `await ${target}.subscribe('*', ({ action, record }) => {`,
        '  console.log(action, record)',
        '})',
      ]
    case 'batch':
      return [
        'const batch = pb.createBatch()',
        `batch.collection('${collection.name}').create(${content})`,
        `batch.collection('${collection.name}').delete('RECORD_ID')`,
        'await batch.send()',
      ]
    case 'password':
      return [
        `const { token, record } = await ${target}.authWithPassword('EMAIL', 'PASSWORD')`,
        'console.log(record.id)',
      ]
    case 'oauth2':
      return [`const { token, record } = await ${target}.authWithOAuth2({ provider: 'PROVIDER' })`]
    case 'otp':
      return [
        `const { otpId } = await ${target}.requestOTP('EMAIL')`,
        '// The code arrives by mail.',
        `const { token, record } = await ${target}.authWithOTP(otpId, 'CODE')`,
      ]
    case 'refresh':
      return [`const { token, record } = await ${target}.authRefresh()`]
    case 'verification':
      return [`await ${target}.requestVerification('EMAIL')`]
    case 'passwordReset':
      return [`await ${target}.requestPasswordReset('EMAIL')`]
    case 'emailChange':
      return [`await ${target}.requestEmailChange('NEW_EMAIL')`]
  }
}
