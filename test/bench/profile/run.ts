/* Shows which part of the source the CPU time of a request is spent in. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Profiler } from 'node:inspector'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { runCommand } from '#cli/terminal/run-command.ts'
import { positiveNumber, readArguments, UsageError } from '#cli/terminal/usage.ts'
import { sumUp } from './cpu-profile.ts'
import { createPlaceFinder } from './source-places.ts'
import { profileTables } from './print-profile.ts'
import { profiledRequests, takeProfile } from './take-profile.ts'

const help = `npm run profile -- REQUEST [options]

Sends a request many times to a server of its own and shows where its CPU time goes: by folder of the
source and library, and by function.

  REQUEST            ${[...profiledRequests.keys()].join(', ')}
  --host node        the host to profile (default: node, the only one)
  --requests N       the number of requests (default: ${[...new Set(profiledRequests.values())].join(' or ')}, by the request)
  --records N        the records in each table (default: 10000)
  --clients N        realtime: the subscribers (default: 2000)
  --output FILE      also writes the profile, for the developer tools of a browser
  --help             this text
`

await runCommand(async (args, folder) => {
  const { values, positionals } = readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        host: { type: 'string', default: 'node' },
        requests: { type: 'string' },
        records: { type: 'string', default: '10000' },
        clients: { type: 'string', default: '2000' },
        output: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    },
    'npm run profile -- --help',
  )
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const [request = '', ...others] = positionals
  const usual = profiledRequests.get(request)
  if (usual === undefined || others.length > 0 || values.host !== 'node') {
    throw new UsageError(
      'Name one request that the host node can profile. For help: npm run profile -- --help',
    )
  }
  const requests = positiveNumber('--requests', values.requests ?? String(usual))
  const effort = {
    records: positiveNumber('--records', values.records),
    clients: positiveNumber('--clients', values.clients),
  }

  const temporary = await mkdtemp(join(tmpdir(), 'arete-profile-'))
  try {
    const { json, cpuMicroseconds } = await takeProfile(request, requests, effort, temporary)
    if (values.output !== undefined) await writeFile(resolve(folder, values.output), json)
    const times = sumUp(JSON.parse(json) as Profiler.Profile, createPlaceFinder(projectFolder))
    process.stdout.write(profileTables(times, requests, cpuMicroseconds))
    return 0
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 })
  }
})
