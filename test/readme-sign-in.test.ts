import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'vitest'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { programOf, readme } from './support/readme-program.ts'
import { serveWorkers } from './support/serve-workers.ts'

const documentedOrigin = 'http://127.0.0.1:8787'
const newPassword = 'another long password'

/** A reader who follows links in the inbox of a deployment. */
class Reader {
  readonly #origin: string
  #read = 0

  constructor(origin: string) {
    this.#origin = origin
  }

  /** The HTML of the next mail, which is sent after the response. */
  async nextMail(): Promise<string> {
    const number = ++this.#read
    const deadline = Date.now() + 10_000
    while (Date.now() < deadline) {
      const response = await fetch(`${this.#origin}/_/inbox/${number}/body`)
      if (response.ok) return await response.text()
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`Mail ${number} has not arrived.`)
  }

  /** Submits the form on the page of the next mail's link. */
  async follow(form: Readonly<Record<string, string>>): Promise<void> {
    const path = /\/_\/auth\/confirm-[\w./-]+/.exec(await this.nextMail())?.[0] ?? ''
    const body = new URLSearchParams(form)
    const { url } = await fetch(this.#origin + path, { method: 'POST', body })
    if (url.includes('/confirm-')) throw new Error(`${path} was refused.`)
  }

  /** The code in the next mail. */
  async code(): Promise<string> {
    return /<strong>(\d+)<\/strong>/.exec(await this.nextMail())?.[1] ?? ''
  }
}

/** The input for each prompt of the program. */
function answersOf(reader: Reader): readonly [question: string, answer: () => Promise<string>][] {
  return [
    ['follow its link, confirm.', async () => (await reader.follow({}), '')],
    [
      'type it here:',
      async () => {
        await reader.follow({ password: newPassword, passwordConfirm: newPassword })
        return newPassword
      },
    ],
    ['to the new address.', async () => (await reader.follow({ password: newPassword }), '')],
    ['The code in the mail:', () => reader.code()],
    ['The second code:', () => reader.code()],
  ]
}

/** Answers the prompts of a program and returns everything it printed. */
async function converse(child: ChildProcess, reader: Reader): Promise<string> {
  const answers = [...answersOf(reader)]
  let printed = ''
  const closed = once(child, 'close')
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
    const [next] = answers
    if (next === undefined || !printed.includes(next[0])) return
    answers.shift()
    next[1]().then(
      (line) => child.stdin?.write(`${line}\n`),
      (error: unknown) => {
        printed += String(error)
        child.kill()
      },
    )
  })
  await closed
  return printed
}

it('leads through every way to sign in', { timeout: 60_000 }, async ({ expect }) => {
  const [, email = '', password = ''] = /superuser -- upsert (\S+) '(.+)'/.exec(readme) ?? []
  const variables = { LOCAL_INBOX: '1', PASSWORD_COST: 'test' }
  const { origins, database, stop } = await serveWorkers({ 'sign-in': 'src/worker.ts' }, variables)

  try {
    const statements = await superuserWithPassword(email, password)
    await database.batch(statements.map((text) => database.prepare(text)))
    const file = join(projectFolder, 'dist/readme/sign-in.mjs')
    await mkdir(join(file, '..'), { recursive: true })
    const program = programOf('Sign-in')
    await writeFile(file, program.replaceAll(documentedOrigin, origins['sign-in']))
    const child = spawn(process.execPath, [file], { stdio: 'pipe' })

    const printed = await converse(child, new Reader(origins['sign-in']))

    expect(printed.match(/(Signed in|Verified)[^:]*: \w+/g)).toEqual([
      'Signed in: true',
      'Verified: true',
      'Signed in with the new password: true',
      'Signed in with the new address: true',
      'Signed in with a code: true',
      'Signed in with two factors: true',
    ])
    expect(child.exitCode).toBe(0)
  } finally {
    await stop()
  }
})
