import { describe, it } from 'vitest'
import { sectionsOf } from '#cli/deployment/worker-config.ts'
import { olderTools } from '#cli/upgrade/older-tools.ts'
import { upgradeConfig } from '#cli/upgrade/upgrade-config.ts'

const sections = sectionsOf(`name = "app"

# Sessions.
[[kv_namespaces]]
binding = "SESSIONS"

[triggers]
crons = ["* * * * *"]

[[migrations]]
tag = "backups"
new_sqlite_classes = ["BackupObject"]
`)

const missing = (section: string) => ({ section, message: 'It is missing.', isRequired: true })

describe('the upgrade of a wrangler.toml', () => {
  it('adds what is missing, and keeps every other line', ({ expect }) => {
    const text = '# Mine.\nname = "app"\ncompatibility_date = "2025-01-01" # old\n'

    const upgraded = upgradeConfig({
      text,
      missing: [missing('kv_namespaces SESSIONS'), missing('migrations backups')],
      sections,
      date: '2026-11-01',
    })

    expect(upgraded).toEqual({
      text: `# Mine.
name = "app"
compatibility_date = "2026-11-01" # old

# Sessions.
[[kv_namespaces]]
binding = "SESSIONS"

[[migrations]]
tag = "backups"
new_sqlite_classes = ["BackupObject"]
`,
      difference: [
        '- compatibility_date = "2025-01-01"',
        '+ compatibility_date = "2026-11-01"',
        '+',
        '+ # Sessions.',
        '+ [[kv_namespaces]]',
        '+ binding = "SESSIONS"',
        '+',
        '+ [[migrations]]',
        '+ tag = "backups"',
        '+ new_sqlite_classes = ["BackupObject"]',
      ],
      left: [],
    })
  })

  it('leaves a section that the project has in its own way', ({ expect }) => {
    const text = 'name = "app"\n\n[triggers]\ncrons = ["0 0 * * *"]\n'
    const parts = [missing('triggers')]

    const upgraded = upgradeConfig({ text, missing: parts, sections, date: '2026-11-01' })

    expect(upgraded).toEqual({ text, difference: [], left: parts })
  })

  it('keeps a later date', ({ expect }) => {
    const text = 'compatibility_date = "2027-01-01"\n'

    expect(upgradeConfig({ text, missing: [], sections, date: '2026-11-01' }).text).toBe(text)
  })
})

describe('the tools of a project', () => {
  it.for([
    { installed: '4.9.0', isOlder: true },
    { installed: '4.155.9', isOlder: true },
    { installed: '4.156.2', isOlder: false },
    { installed: '4.156.10', isOlder: false },
    { installed: '5.0.0-beta.1', isOlder: false },
  ])('are older with $installed: $isOlder', ({ installed, isOlder }, { expect }) => {
    const older = olderTools({ wrangler: installed }, { wrangler: '4.156.2', vitest: '5.1.1' })

    expect(older.map(({ name }) => name)).toEqual(isOlder ? ['wrangler'] : [])
  })
})
