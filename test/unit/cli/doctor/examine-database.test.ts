import { describe, it } from 'vitest'
import type { DeploymentState } from '#cli/doctor/deployment-facts.ts'
import { type ExaminedDatabase, examineDatabase } from '#cli/doctor/examine-database.ts'

const now = new Date('2026-11-30T12:00:00Z')
const seconds = now.getTime() / 1000

const settings = {
  meta: { appURL: 'https://app.example.org', senderAddress: 'app@example.org' },
  smtp: { enabled: true, host: 'smtp.example.org' },
  backups: { cron: '0 3 * * *' },
}

const state: DeploymentState = {
  superusers: 1,
  unprotected: [],
  settings: JSON.stringify(settings),
  lastRun: seconds - 60,
  now: seconds,
}

const good: ExaminedDatabase = {
  facts: { applied: ['0000.sql', '0001.sql'], state },
  known: ['0000.sql', '0001.sql'],
  isPublic: true,
  hasScheduler: true,
  hasMailBinding: false,
  migrate: 'npm run deploy',
  target: ' --remote',
  now,
}

function faults(change: Partial<ExaminedDatabase>) {
  return examineDatabase({ ...good, ...change })
    .filter(({ level }) => level !== 'ok')
    .map(({ level, id }) => `${level} ${id}`)
}

const withState = (change: Partial<DeploymentState>) => ({
  facts: { ...good.facts, state: { ...state, ...change } },
})

const withSettings = (change: object) =>
  withState({ settings: JSON.stringify({ ...settings, ...change }) })

describe('the check of a database', () => {
  it('finds nothing in one that is well kept', ({ expect }) => {
    expect(faults({})).toEqual([])
  })

  it.for([
    {
      name: 'no tables',
      change: { facts: { applied: [], state: undefined } },
      fault: 'problem migrations',
    },
    {
      name: 'a missing migration',
      change: { facts: { applied: ['0000.sql'], state: undefined } },
      fault: 'problem migrations',
    },
    {
      name: 'a newer database',
      change: { facts: { applied: [...good.known, '0002.sql'], state } },
      fault: 'problem migrations',
    },
    { name: 'no superuser', change: withState({ superusers: 0 }), fault: 'warning superusers' },
    {
      name: 'a superuser with a password alone',
      change: withState({ unprotected: ['ann@example.org'] }),
      fault: 'warning second-factor',
    },
    { name: 'a wrong clock', change: withState({ now: seconds + 31 }), fault: 'warning clock' },
    {
      name: 'a clock that was set back',
      change: withState({ lastRun: seconds + 3600 }),
      fault: 'problem clock',
    },
    {
      name: 'jobs that do not run',
      change: withState({ lastRun: seconds - 3600 }),
      fault: 'problem jobs',
    },
    {
      name: 'jobs that have never run',
      change: withState({ lastRun: null }),
      fault: 'problem jobs',
    },
    {
      name: 'links to this machine',
      change: withSettings({ meta: { ...settings.meta, appURL: 'http://127.0.0.1:8787' } }),
      fault: 'problem app-url',
    },
    {
      name: 'links without encryption',
      change: withSettings({ meta: { ...settings.meta, appURL: 'http://app.example.org' } }),
      fault: 'warning app-url',
    },
    {
      name: 'a text for an address',
      change: withSettings({ meta: { ...settings.meta, appURL: 'app' } }),
      fault: 'problem app-url',
    },
    { name: 'no way to mail', change: withSettings({ smtp: {} }), fault: 'warning mail' },
    {
      name: 'the sender of an example',
      change: withSettings({ meta: { appURL: settings.meta.appURL } }),
      fault: 'problem mail',
    },
    { name: 'no backups', change: withSettings({ backups: {} }), fault: 'warning backups' },
  ])('reports $name', ({ change, fault }, { expect }) => {
    expect(faults(change)).toEqual([fault])
  })

  it('asks less of a machine for development', ({ expect }) => {
    const change = {
      ...withState({ settings: null, unprotected: ['ann@example.org'], lastRun: null }),
      isPublic: false,
      hasScheduler: false,
    }

    expect(faults(change)).toEqual([])
  })

  it('has no settings to examine where none were ever changed', ({ expect }) => {
    expect(faults(withState({ settings: null }))).toEqual([
      'problem app-url',
      'warning mail',
      'warning backups',
    ])
  })
})
