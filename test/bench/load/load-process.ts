/* Sends load, as a process of its own. */
import { doTasks } from './child-tasks.ts'
import { keepLoading } from './keep-alive-load.ts'
import type { LoadReport, LoadTask } from './load-generator.ts'

doTasks(async (task): Promise<LoadReport> => {
  const { load, connections, end } = task as LoadTask
  const before = process.cpuUsage()
  const result = await keepLoading(load, connections, end)
  const { user, system } = process.cpuUsage(before)
  return { ...result, ownCpuMicroseconds: user + system }
})
