import { useBlocker } from '@tanstack/react-router'
import { useState } from 'react'
import { importRows, type ImportResult } from '#dashboard/api/records/import.ts'
import type { ManyReport } from '#dashboard/api/records/many.ts'
import type { ImportMode, PlannedRow } from './import-plan.ts'

/** The outcome of an import, row by row. */
export type ImportOutcome = ManyReport<PlannedRow, ImportResult>

/** An import: it is started, runs and ends with a report. */
export interface ImportRun {
  readonly state: 'ready' | 'running' | 'done'
  readonly finished: number
  readonly report: ImportOutcome | undefined
  readonly start: (rows: readonly PlannedRow[], mode: ImportMode, key: string) => Promise<void>
  readonly stop: () => void
}

/** Runs an import. While it runs, leaving the page asks. */
export function useImport(collection: string): ImportRun {
  const [stop, setStop] = useState<AbortController>()
  const [finished, setFinished] = useState(0)
  const [report, setReport] = useState<ImportOutcome>()
  const isRunning = stop !== undefined
  useBlocker({ shouldBlockFn: () => isRunning, enableBeforeUnload: () => isRunning })
  return {
    state: isRunning ? 'running' : report === undefined ? 'ready' : 'done',
    finished,
    report,
    start: async (rows, mode, key) => {
      const controller = new AbortController()
      setStop(controller)
      setFinished(0)
      const { signal } = controller
      setReport(await importRows(collection, rows, { mode, key, signal, onProgress: setFinished }))
      setStop(undefined)
    },
    stop: () => stop?.abort(),
  }
}
