/* The program of a further thread of a server that runs no application. */
import { runThread } from './run-thread.ts'

await runThread()
