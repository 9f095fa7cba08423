import { type DragEvent, useRef, useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Field, Select } from '#dashboard/ui/field.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import { delimiters, readCsv, type Table } from './csv.ts'
import { decodeText, type Encoding, encodings, guessEncoding } from './decode-text.ts'
import { isJsonText, readJsonTable } from './read-json.ts'
import { SampleTable } from './sample-table.tsx'
import styles from './transfer.module.css'

const texts = t.records.transfer

interface FileChoiceProps {
  readonly onTable: (name: string, table: Table) => void
}

interface ChosenFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly encoding: Encoding
  /** Nothing until another one is chosen than the file suggests. */
  readonly delimiter?: string
}

/** Reads a file, and shows how it was understood before anything is done with it. */
export function FileChoice({ onTable }: FileChoiceProps) {
  const picker = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<ChosenFile>()
  const choose = async (candidate: File | undefined): Promise<void> => {
    if (candidate === undefined) return
    const bytes = new Uint8Array(await candidate.arrayBuffer())
    setFile({ name: candidate.name, bytes, encoding: guessEncoding(bytes) })
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    void choose(event.dataTransfer.files[0])
  }
  const read = file === undefined ? undefined : readTable(file)
  return (
    <>
      <div className={styles.drop} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <input
          ref={picker}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,.json,.ndjson,.jsonl"
          aria-label={texts.chooseFile}
          onChange={(event) => void choose(event.target.files?.[0])}
        />
        <Button
          look={file === undefined ? 'primary' : 'secondary'}
          onClick={() => picker.current?.click()}
        >
          {texts.chooseFile}
        </Button>
        <span>{file?.name ?? texts.dropFile}</span>
      </div>
      {file !== undefined && typeof read === 'string' && (
        <Note look="danger" role="alert">
          <strong>{texts.unreadable}</strong>
          <span>{read}</span>
        </Note>
      )}
      {file !== undefined && typeof read === 'object' && (
        <>
          {read.delimiter !== undefined && (
            <div className={styles.row}>
              <Field label={texts.encoding}>
                {(control) => (
                  <Select
                    {...control}
                    value={file.encoding}
                    options={encodings.map((value) => ({ value, label: texts.encodings[value] }))}
                    onChange={(encoding) => setFile({ ...file, encoding })}
                  />
                )}
              </Field>
              <Field label={texts.delimiter}>
                {(control) => (
                  <Select
                    {...control}
                    value={read.delimiter ?? ','}
                    options={delimiters.map((value) => ({
                      value,
                      label: texts.delimiters[value],
                    }))}
                    onChange={(delimiter) => setFile({ ...file, delimiter })}
                  />
                )}
              </Field>
            </div>
          )}
          {file.encoding !== 'utf-8' && <Note look="warning">{texts.checkLetters}</Note>}
          <SampleTable table={read} />
          <div>
            <Button look="primary" onClick={() => onTable(file.name, read)}>
              {texts.continueWith({ count: read.rows.length })}
            </Button>
          </div>
        </>
      )}
    </>
  )
}

/** The table of a file, or why it cannot be read. */
function readTable({ bytes, encoding, delimiter }: ChosenFile): Table | string {
  try {
    const text = decodeText(bytes, encoding)
    const table = isJsonText(text) ? readJsonTable(text) : readCsv(text, delimiter)
    return table.rows.length === 0 ? texts.noRows : table
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
