/*
 * Serves a seeded deployment until Ctrl-C: node test/browser/dashboard/demo.ts
 */
import { deploy, password, superuserEmail } from '../deployment.ts'
import { seed } from './seed.ts'

const deployment = await deploy()
await seed(deployment.admin)
// oxlint-disable-next-line no-console -- what the command says
console.log(`${deployment.origin}/_/  ${superuserEmail}  ${password}`)
