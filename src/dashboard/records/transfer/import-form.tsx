import type { CollectionModel } from 'pocketbase'
import { useMemo, useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Field, FieldGroup, RadioGroup, Select } from '#dashboard/ui/field.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import { ColumnMapping } from './column-mapping.tsx'
import type { Table } from './csv.ts'
import {
  type ColumnFields,
  guessColumns,
  importableFields,
  type ImportMode,
  keyFieldsOf,
  planImport,
} from './import-plan.ts'
import { ImportReport } from './import-report.tsx'
import { ImportProgress } from './import-progress.tsx'
import { ProblemList } from './problem-list.tsx'
import styles from './transfer.module.css'
import { useImport } from './use-import.ts'

const texts = t.records.transfer

interface ImportFormProps {
  readonly collection: CollectionModel
  readonly table: Table
}

/** The columns of a file, what happens to its rows, and which of them cannot be imported. */
export function ImportForm({ collection, table }: ImportFormProps) {
  const fields = importableFields(collection)
  const [columns, setColumns] = useState<ColumnFields>(() => guessColumns(table.header, fields))
  const [mode, setMode] = useState<ImportMode>('create')
  const keyFields = keyFieldsOf(collection)
  const [key, setKey] = useState(keyFields[0] ?? 'id')
  const plan = useMemo(
    () => planImport({ collection, table, columns, mode, key }),
    [collection, table, columns, mode, key],
  )
  const run = useImport(collection.name)
  const good = plan.filter(({ problem }) => problem === undefined)
  const bad = plan.filter(({ problem }) => problem !== undefined)
  const hasColumns = columns.some((field) => field !== undefined)

  if (run.state === 'running') return <ImportProgress run={run} total={good.length} />
  if (run.report !== undefined) {
    return <ImportReport collection={collection} table={table} bad={bad} report={run.report} />
  }
  return (
    <>
      <ColumnMapping table={table} fields={fields} columns={columns} onChange={setColumns} />
      <FieldGroup label={texts.mode}>
        <RadioGroup
          name="mode"
          value={mode}
          options={[
            { value: 'create', label: texts.modes.create, help: texts.modeHelp.create },
            { value: 'upsert', label: texts.modes.upsert, help: texts.modeHelp.upsert },
            { value: 'update', label: texts.modes.update, help: texts.modeHelp.update },
          ]}
          onChange={setMode}
        />
      </FieldGroup>
      {mode !== 'create' && (
        <Field label={texts.key} help={texts.keyHelp}>
          {(control) => (
            <Select
              {...control}
              value={key}
              options={keyFields.map((name) => ({ value: name, label: name }))}
              onChange={setKey}
            />
          )}
        </Field>
      )}
      {bad.length === 0 ? (
        <Note look="success">{texts.noProblems({ count: plan.length })}</Note>
      ) : (
        <ProblemList
          title={texts.problems({ bad: bad.length, all: plan.length })}
          problems={bad.map(({ row, problem }) => ({ line: row.line, reason: problem ?? '' }))}
        />
      )}
      <div className={styles.row}>
        <Button
          look="primary"
          disabledReason={hasColumns && good.length > 0 ? undefined : texts.nothing}
          onClick={() => void run.start(good, mode, key)}
        >
          {texts.importAction({ count: good.length })}
        </Button>
      </div>
    </>
  )
}
