/*
 * Builds `dist/package`, the npm package, and packs it into a tarball beside it.
 */
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { buildPackage } from './package-build.ts'

const help = `Builds the npm package into dist/package, and a tarball of it into dist.

  npm run build:package

The tarball can be installed anywhere: npm install /path/to/dist/NAME-VERSION.tgz
`

await runCommand(async (args) => {
  const { values } = readArguments(
    { args: [...args], options: { help: { type: 'boolean', short: 'h' } } },
    'npm run build:package -- --help',
  )
  if (values.help === true) {
    process.stdout.write(help)
    return 0
  }
  const { tarball, create } = await buildPackage()
  process.stdout.write(`${tarball} is ready. To make a project that uses it: ${create}\n`)
  return 0
})
