/*
 * The first command of every npm script: rejects a Node version that is too old, and says what to
 * do. Plain JavaScript, so that an old Node can run it.
 */
const wanted = 24
const [major] = process.versions.node.split('.').map(Number)

if (major < wanted) {
  const bundled = ['linux-x64', 'linux-arm64', 'win32-x64']
  const platform = `${process.platform}-${process.arch}`
  const remedy = bundled.includes(platform)
    ? 'npm install brings the right one along as an optional package, which is missing here. Run:\n' +
      '  npm install --include=optional'
    : 'On Linux and 64-bit Windows npm install brings it along; for this platform install it from\n' +
      '  https://nodejs.org/en/download'
  process.stderr.write(
    `Arete needs Node ${wanted} or newer; this is ${process.version} (${platform}).\n${remedy}\n`,
  )
  process.exitCode = 1
}
