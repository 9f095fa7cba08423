import { requestBody } from './request-body.ts'
import { type SampleContext, sortOf } from './sample-context.ts'

/** Commands for a shell. */
export function curlSample(context: SampleContext): string {
  const { operation, origin, collection, caller } = context
  if (operation.key === 'realtime') return realtime(context)
  const sort = sortOf(collection)
  const list = `?page=1&perPage=20${sort === undefined ? '' : `&sort=${sort}`}`
  const address = `${origin}${operation.path}${operation.key === 'list' ? list : ''}`
  const isSignedIn = caller !== undefined && !operation.path.includes('auth-with')
  const body = requestBody(context)
  return [
    `curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}'${address}'`,
    ...(isSignedIn || operation.key === 'refresh' ? ["  -H 'Authorization: TOKEN'"] : []),
    ...(body === undefined
      ? []
      : ["  -H 'Content-Type: application/json'", `  -d ${inShell(body)}`]),
  ].join(' \\\n')
}

/** The stream says a client id, which a second request subscribes. */
function realtime({ origin, collection }: SampleContext): string {
  const body = { clientId: 'CLIENT_ID', subscriptions: [`${collection.name}/*`] }
  return [
    '# Stays open, and says its client id first.',
    `curl -N '${origin}/api/realtime'`,
    '',
    '# In another shell:',
    `curl -X POST '${origin}/api/realtime' \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d ${inShell(body)}`,
  ].join('\n')
}

function inShell(body: object): string {
  return `'${JSON.stringify(body, null, 2).replaceAll("'", String.raw`'\''`)}'`
}
