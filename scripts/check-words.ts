/*
 * Finds words and phrases that the glossary forbids (docs/glossary.md), with what to write instead.
 * Prints `file:line: "found" → replacement` for each and fails if there are any.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments } from '#cli/terminal/usage.ts'

interface ForbiddenPhrase {
  /** A space stands for any white space, including a line break inside a comment. */
  readonly pattern: string
  readonly instead: string
}

/** Add only what is wrong wherever it occurs: there is no way to allow a single use. */
const forbiddenPhrases: readonly ForbiddenPhrase[] = [
  { pattern: String.raw`\/\*\*\s+(?:\* )?What\b`, instead: 'The …, or a verb' },
  { pattern: String.raw`\/\*\*\s+(?:\* )?Whether\b`, instead: 'True if …, or Returns true if …' },
  {
    pattern: String.raw`\/\*\*\s+(?:\* )?(?:Whom?|Whose)\b`,
    instead: 'The caller, client, account …',
  },
  {
    pattern: String.raw`\/\*\*\s+(?:\* )?How\b`,
    instead: 'The number, length, interval of …, or a verb',
  },
  { pattern: String.raw`\/\*\*\s+(?:\* )?Which\b`, instead: 'The … that …' },
  { pattern: String.raw`nobody(?:'s)?`, instead: 'no caller, client, user, subscriber' },
  { pattern: String.raw`somebody(?:'s)?`, instead: 'a caller, client, user' },
  { pattern: String.raw`everybody(?:'s)?`, instead: 'all callers, clients, users' },
  { pattern: String.raw`who(?:m|so)?ever`, instead: 'a caller, client, user who' },
  { pattern: String.raw`anew`, instead: 'again' },
  { pattern: String.raw`so many`, instead: 'at most N, the number of' },
  { pattern: String.raw`so often`, instead: 'at most N times' },
  { pattern: String.raw`so long(?! as\b)`, instead: 'for N seconds, the maximum length' },
  { pattern: String.raw`those of`, instead: 'name the thing again' },
  { pattern: String.raw`(?:see|sees|saw|seen) to it`, instead: 'makes sure, ensures' },
  { pattern: String.raw`told to end`, instead: 'stopped, aborted' },
  { pattern: String.raw`(?:un)?foreseen`, instead: 'expected, supported, known' },
  { pattern: String.raw`untold`, instead: 'not delivered' },
  { pattern: String.raw`gives whether`, instead: 'returns true if' },
  { pattern: String.raw`tells? whether`, instead: 'returns true if' },
  { pattern: String.raw`, save (?:for|where|when|that|in)`, instead: 'except' },
  { pattern: String.raw`but for (?:a|an|the|its|one|those|what|that)`, instead: 'except for' },
  { pattern: String.raw`(?:whatever|as) \w+ means it`, instead: 'as … defines it' },
  { pattern: String.raw`be it`, instead: 'whether' },
  { pattern: String.raw`of which`, instead: 'whose, or two sentences' },
]

/** Text of others, or text about these words. */
const exempt = [
  // Names the words.
  'docs/glossary.md',
  'scripts/check-words.ts',
]

const patterns = forbiddenPhrases.map(({ pattern, instead }) => ({
  regExp: new RegExp(
    (/^\\?\//.test(pattern) ? pattern : String.raw`\b${pattern}(?![\w@-])`).replaceAll(
      ' ',
      String.raw`\s+(?:(?:\*|//)\s+)?`,
    ),
    'gi',
  ),
  instead,
}))

function findForbidden(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return patterns.flatMap(({ regExp, instead }) =>
    [...text.matchAll(regExp)].map(({ 0: found, index }) => {
      const line = text.slice(0, index).split('\n').length
      return `${file}:${line}: "${found.replaceAll(/[\s/*]+/g, ' ').trim()}" → ${instead}`
    }),
  )
}

const root = join(import.meta.dirname, '..')

function checkedFiles(): string[] {
  return globSync('{src,scripts,test,docs}/**/*.{ts,tsx,mjs,md}', { cwd: root })
    .concat(globSync('*.md', { cwd: root }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !exempt.includes(file))
    .toSorted()
}

const help = `Finds words and phrases that docs/glossary.md forbids.

  npm run check:words
`

await runCommand((args) => {
  const { values } = readArguments(
    { args: [...args], options: { help: { type: 'boolean', short: 'h' } } },
    'npm run check:words -- --help',
  )
  if (values.help) {
    process.stdout.write(help)
    return Promise.resolve(0)
  }
  const found = checkedFiles().flatMap(findForbidden)
  for (const line of found) process.stdout.write(`${line}\n`)
  if (found.length === 0) return Promise.resolve(0)
  process.stderr.write(`${found.length} forbidden words. See docs/glossary.md.\n`)
  return Promise.resolve(1)
})
