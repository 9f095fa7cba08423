import type { MissingPart } from '#cli/deployment/worker-config.ts'

/** A wrangler.toml, and what a new version needs in it. */
export interface ConfigUpgrade {
  readonly text: string
  readonly missing: readonly MissingPart[]
  /** The sections of the new version, with the names of the project. */
  readonly sections: ReadonlyMap<string, string>
  /** The compatibility date that the new version is tested with. */
  readonly date: string
}

/** The changed wrangler.toml. */
export interface UpgradedConfig {
  readonly text: string
  /** The lines that go, with `-`, and those that come, with `+`. */
  readonly difference: readonly string[]
  /** Parts of sections that the project has in its own way. */
  readonly left: readonly MissingPart[]
}

/** Adds what a new version needs. Everything else of the text stays as it is. */
export function upgradeConfig({ text, missing, sections, date }: ConfigUpgrade): UpgradedConfig {
  const difference: string[] = []
  const dated = text.replace(/^compatibility_date\s*=\s*"([^"]*)"/m, (line, old: string) => {
    if (old >= date) return line
    const changed = `compatibility_date = "${date}"`
    difference.push(`- ${line}`, `+ ${changed}`)
    return changed
  })
  const isThere = (section: string): boolean =>
    !section.includes(' ') && new RegExp(`^\\s*\\[${escaped(section)}\\]`, 'm').test(text)
  const left = missing.filter(({ section }) => isThere(section) || !sections.has(section))
  const names = new Set(
    missing.filter((part) => !left.includes(part)).map(({ section }) => section),
  )
  const added = [...names].map((name) => sections.get(name) ?? '')
  for (const section of added) {
    difference.push(...['', ...section.split('\n')].map((line) => `+ ${line}`.trimEnd()))
  }
  return { text: `${[dated.trimEnd(), ...added].join('\n\n')}\n`, difference, left }
}

function escaped(text: string): string {
  return text.replaceAll('.', '\\.')
}
