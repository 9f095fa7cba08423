/*
 * Writes docs/errors.md from the error catalogues: npm run docs:errors
 */
import { globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import type { ErrorSpec } from '#kernel/errors.ts'

const source = join(import.meta.dirname, '../src')

/** The file of the list. */
export const errorListFile = join(import.meta.dirname, '../docs/errors.md')

const catalogue = z.record(
  z.string(),
  z.strictObject({ code: z.string(), status: z.number(), message: z.string() }),
)

const introduction = `# Errors

Every error has this shape. \`data\` holds the issues by field and is empty if there are none.

\`\`\`json
{
  "status": 400,
  "message": "Failed to create record.",
  "data": { "title": { "code": "validation_required", "message": "Cannot be blank." } }
}
\`\`\`

The codes below name errors in the code and in logs. A client distinguishes them by status and
message, which are PocketBase's. If an error has several messages, the list shows the default.
This file is generated from the catalogues (\`errors.ts\` in the folders of \`src\`) by
\`npm run docs:errors\`.
`

/** Renders the list as Markdown: one section per folder of `src` with a catalogue. */
export async function renderErrorList(): Promise<string> {
  const files = globSync('*/errors.ts', { cwd: source }).toSorted()
  const sections = await Promise.all(files.map(section))
  return [introduction, ...sections].join('\n')
}

async function section(file: string): Promise<string> {
  const module: unknown = await import(pathToFileURL(join(source, file)).href)
  const errors = Object.values(z.record(z.string(), z.unknown()).parse(module))
    .map((value) => catalogue.safeParse(value).data)
    .flatMap((found) => Object.values(found ?? {}))
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
  const rows = errors.map(row)
  return [`## ${file.split(/[/\\]/)[0]}`, '', header, ...rows, ''].join('\n')
}

const header = '| Code | Status | Message |\n| --- | --- | --- |'

function row({
  code,
  status,
  message,
}: Pick<ErrorSpec, 'code' | 'message'> & { status: number }): string {
  return `| \`${code}\` | ${status} | ${message.replaceAll('|', '\\|')} |`
}

const help = `Writes docs/errors.md from the error catalogues.

  npm run docs:errors
`

async function main(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    { args: [...args], options: { help: { type: 'boolean', short: 'h' } } },
    'npm run docs:errors -- --help',
  )
  if (values.help) process.stdout.write(help)
  else writeFileSync(errorListFile, await renderErrorList())
  return 0
}

if (import.meta.main) await runCommand(main)
