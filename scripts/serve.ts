import { runBundledArete } from './run-arete.ts'

await runBundledArete(['serve', ...process.argv.slice(2)])
