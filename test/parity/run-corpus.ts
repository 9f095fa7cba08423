import type { Baseline } from './baseline.ts'
import type { Answer, Json } from './client.ts'
import { type Origin, type Pair, pick } from './pair.ts'
import type { Report } from './report.ts'
import { type Area, type Scenario, type Step, accountPassword, shortId } from './scenario.ts'

/** Runs the scenarios, those for fresh servers first, then the others under equal settings. */
export async function runCorpus(
  pair: Pair,
  report: Report,
  areas: readonly Area[],
  baseline: Baseline,
): Promise<void> {
  const all = areas.flatMap((area) => area.scenarios.map((scenario) => ({ area, scenario })))
  const fresh = all.filter(({ scenario }) => scenario.needsFreshServers === true)
  const others = all.filter(({ scenario }) => scenario.needsFreshServers !== true)

  for (const { area, scenario } of fresh) await runScenario(pair, report, area.name, scenario)
  await baseline.restoreSettings()
  await cleanUp(baseline, report, 'the fresh servers')
  let area = ''
  for (const { area: next, scenario } of others) {
    if (next.name !== area)
      report.progress(`corpus: ${next.name} (${report.requests} requests so far)`)
    area = next.name
    await runScenario(pair, report, area, scenario)
    await cleanUp(baseline, report, scenario.name)
    if (scenario.steps.some((step) => step.send === 'PATCH /api/settings')) {
      await baseline.restoreSettings()
    }
  }
}

async function cleanUp(baseline: Baseline, report: Report, after: string): Promise<void> {
  const stuck = await baseline.restoreCollections()
  if (stuck.length > 0) report.fault(`After ${after} these cannot be deleted: ${stuck.join(', ')}`)
}

async function runScenario(
  pair: Pair,
  report: Report,
  area: string,
  scenario: Scenario,
): Promise<void> {
  let position = 0
  for (const { step, isSetup } of stepsOf(scenario)) {
    position++
    const origin: Origin = {
      area,
      scenario: scenario.name,
      again: `--scenario ${JSON.stringify(scenario.name)}  (step ${position}${isSetup ? ', setup' : ''})`,
    }
    if (step.opens !== undefined) await pair.openStream(step.opens)
    if (step.closes !== undefined) await pair.closeStream(step.closes)
    const { left, sameStatus } = await pair.send(step, origin, step)
    const unmet = unmetExpectations(step, left)
    for (const [name, count] of Object.entries(step.hears ?? {})) {
      const heard = await pair.hear(origin, name, count, step)
      if (heard !== count) unmet.push(`${name} should hear ${count} messages and hears ${heard}`)
    }
    if (step.mail !== undefined) {
      const to = await pair.receiveMail(origin, step.as ?? 'superuser', step.mail.keep)
      if (to.join() !== step.mail.to)
        unmet.push(`a mail should go to ${step.mail.to}, not ${to.join()}`)
      const { leaves } = step.mail
      if (leaves !== undefined && !(await pair.awaitValue(leaves))) {
        unmet.push(`the mail should leave a value at ${leaves.path} of ${leaves.send}`)
      }
    }
    if (isSetup && left.status >= 300) unmet.push(`the setup was refused: ${left.text}`)
    for (const text of unmet) {
      report.fault(
        `${scenario.name}, step ${position}: ${text}\n    ${step.send} ${shorten(JSON.stringify(step.query ?? step.json ?? ''))}`,
      )
    }
    if (isSetup && (!sameStatus || left.status >= 300)) {
      report.progress(`  ${scenario.name}: left after step ${position}, the setup failed`)
      return
    }
  }
  pair.closeStreams()
  if (scenario.steps.every(({ mail }) => mail === undefined)) return
  const again = `--scenario ${JSON.stringify(scenario.name)}`
  const count = await pair.unexpectedMails({ area, scenario: scenario.name, again })
  if (count > 0) report.fault(`${scenario.name}: ${count} mails that no step expects`)
}

function stepsOf(scenario: Scenario): { step: Step; isSetup: boolean }[] {
  const setup: Step[] = [
    ...(scenario.collections ?? []).map((json) => ({ send: 'POST /api/collections', json })),
    ...(scenario.accounts ?? []).flatMap(({ name, collection, record }): Step[] => [
      {
        send: `POST /api/collections/${collection}/records`,
        json: { ...record, password: accountPassword, passwordConfirm: accountPassword },
      },
      {
        as: 'guest',
        send: `POST /api/collections/${collection}/auth-with-password`,
        json: { identity: record['email'] ?? '', password: accountPassword },
        keep: { [`token:${name}`]: '$.token' },
      },
    ]),
    ...Object.entries(scenario.records ?? {}).flatMap(([collection, records]) =>
      records.map((json) => ({ send: `POST /api/collections/${collection}/records`, json })),
    ),
  ]
  return [
    ...setup.map((step) => ({ step, isSetup: true })),
    ...scenario.steps.map((step) => ({ step, isSetup: false })),
  ]
}

/** The differences between the model's responses and the corpus. */
function unmetExpectations(step: Step, answer: Answer): string[] {
  if (step.gives === undefined) return []
  const gives = typeof step.gives === 'number' ? { status: step.gives } : step.gives
  const unmet: string[] = []
  const expect = (what: string, expected: unknown, found: unknown): void => {
    const [a, b] = [JSON.stringify(expected), JSON.stringify(found)]
    if (a !== b)
      unmet.push(
        `${what} should be ${a} and is ${b} in ${answer.status} ${shorten(answer.text.trim())}`,
      )
  }
  if (gives.status !== undefined) expect('the status', gives.status, answer.status)
  if (gives.message !== undefined)
    expect('the message', gives.message, pick(answer.json, '$.message'))
  for (const [path, code] of Object.entries(gives.codes ?? {})) {
    expect(`data.${path}`, code, at(answer.json, ['data', ...path.split('.'), 'code']))
  }
  if (gives.ids !== undefined) {
    const items = at(answer.json, ['items'])
    const ids = Array.isArray(items)
      ? (items as { id?: string }[]).map((item): string => shortId(String(item.id)))
      : items
    expect('the ids', gives.ids.toSorted(), Array.isArray(ids) ? (ids as string[]).toSorted() : ids)
  }
  for (const [path, value] of Object.entries(gives.values ?? {})) {
    expect(path, value, at(answer.json, path.match(/(?<=\.)\w+|(?<=\[)\d+/g) ?? []))
  }
  return unmet
}

function at(document: Json | undefined, keys: readonly string[]): unknown {
  let value: unknown = document
  for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key]
  return value
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
