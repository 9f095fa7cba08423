import { describe, it } from 'vitest'
import { targetFault } from '#webhooks/target.ts'

const context = { isLocal: false, ownHosts: ['api.example.com'] }

describe('the URL of a webhook', () => {
  it.for([
    'https://receiver.example.org/hook?key=1',
    'https://receiver.example.org:8443/',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1::1]/',
  ])('may be %s', (url, { expect }) => {
    expect(targetFault(url, context)).toBeUndefined()
  })

  it.for([
    'http://receiver.example.org/',
    'ftp://receiver.example.org/',
    'https://user:pass@receiver.example.org/',
    'https://receiver.example.org/#top',
    'https://receiver.example.org:25/',
    'https://receiver.example.org:444/',
    'https://api.example.com/api/collections/posts/records',
    'https://API.example.com./',
    'https://localhost/',
    'https://a.localhost/',
    'https://intranet/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.1.2.3/',
    'https://100.64.0.1/',
    'https://192.168.0.1/',
    'https://172.31.255.255/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[ff02::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:db8::1]/',
    'not a url',
    '',
  ])('is never %s', (url, { expect }) => {
    expect(targetFault(url, context)?.code).toBe('webhook_url_refused')
  })

  it('may be this machine in local development only', ({ expect }) => {
    const local = { ...context, isLocal: true }

    expect(targetFault('http://127.0.0.1:9000/hook', local)).toBeUndefined()
    expect(targetFault('http://localhost:9000/hook', local)).toBeUndefined()
    expect(targetFault('http://10.0.0.1/', local)?.code).toBe('webhook_url_refused')
  })
})
