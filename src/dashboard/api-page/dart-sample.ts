import { dartLiteral } from './literals.ts'
import { type SampleContext, sortOf } from './sample-context.ts'

/** A Dart program, with the package `pocketbase`. */
export function dartSample(context: SampleContext): string {
  const { origin, caller, operation } = context
  const isSignIn = ['password', 'oauth2', 'otp', 'verification', 'passwordReset'].includes(
    operation.key,
  )
  const signIn =
    caller === undefined || isSignIn
      ? []
      : [`  await pb.collection('${caller}').authWithPassword('EMAIL', 'PASSWORD');`]
  return [
    "import 'package:pocketbase/pocketbase.dart';",
    '',
    'Future<void> main() async {',
    `  final pb = PocketBase('${origin}');`,
    ...signIn,
    ...call(context).map((line) => `  ${line}`),
    '}',
  ].join('\n')
}

function call({ operation, collection, body }: SampleContext): string[] {
  const target = `pb.collection('${collection.name}')`
  const content = dartLiteral(body, 1)
  switch (operation.key) {
    case 'list': {
      const sort = sortOf(collection)
      const options = sort === undefined ? '' : `, sort: '${sort}'`
      return [
        `final page = await ${target}.getList(page: 1, perPage: 20${options});`,
        'print(page.items);',
      ]
    }
    case 'view':
      return [`final record = await ${target}.getOne('RECORD_ID');`, 'print(record);']
    case 'create':
      return [`final record = await ${target}.create(body: ${content});`, 'print(record.id);']
    case 'update':
      return [`await ${target}.update('RECORD_ID', body: ${content});`]
    case 'delete':
      return [`await ${target}.delete('RECORD_ID');`]
    case 'realtime':
      return [
        `await ${target}.subscribe('*', (event) {`,
        "  print('${event.action} ${event.record}');",
        '});',
      ]
    case 'batch':
      return [
        'final batch = pb.createBatch();',
        `batch.collection('${collection.name}').create(body: ${content});`,
        `batch.collection('${collection.name}').delete('RECORD_ID');`,
        'await batch.send();',
      ]
    case 'password':
      return [
        `final auth = await ${target}.authWithPassword('EMAIL', 'PASSWORD');`,
        'print(auth.record.id);',
      ]
    case 'oauth2':
      return [`await ${target}.authWithOAuth2('PROVIDER', (url) async => launchUrl(url));`]
    case 'otp':
      return [
        `final request = await ${target}.requestOTP('EMAIL');`,
        '// The code arrives by mail.',
        `await ${target}.authWithOTP(request.otpId, 'CODE');`,
      ]
    case 'refresh':
      return [`await ${target}.authRefresh();`]
    case 'verification':
      return [`await ${target}.requestVerification('EMAIL');`]
    case 'passwordReset':
      return [`await ${target}.requestPasswordReset('EMAIL');`]
    case 'emailChange':
      return [`await ${target}.requestEmailChange('NEW_EMAIL');`]
  }
}
