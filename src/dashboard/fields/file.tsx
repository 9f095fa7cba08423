import { FileText } from 'lucide-react'
import type { RecordModel } from 'pocketbase'
import { type DragEvent, useId, useRef, useState } from 'react'
import { client } from '#dashboard/api/client.ts'
import { formatBytes } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { classNames } from '#dashboard/ui/class-names.ts'
import { NoValue } from '#dashboard/fields/input/cells.tsx'
import { listCodec } from '#dashboard/fields/values/csv-codec.ts'
import {
  asList,
  type CellProps,
  type FieldType,
  type InputProps,
  isMultiple,
  listOption,
  numberOption,
} from './field-type.ts'
import { FieldInputGroup } from '#dashboard/fields/input/field-input.tsx'
import styles from './fields.module.css'
import { ItemList, type ListItem, moved } from '#dashboard/fields/input/item-list.tsx'

/** Files. The value holds the names of stored ones and the files to upload, in their order. */
export const file: FieldType = {
  letters: 'Fi',
  label: t.fields.types.file,
  width: 150,
  isSortable: false,
  csv: listCodec,
  initial: (field) => (isMultiple(field) ? [] : ''),
  Cell: FilesCell,
  Input: FilesInput,
  isShareable: false,
}

const defaultMaxBytes = 5 * 1024 * 1024

function FilesCell({ field, value, record, collection }: CellProps) {
  const names = asList(value)
  if (names.length === 0) return <NoValue />
  return (
    <span className={styles.thumbs}>
      {names.slice(0, 3).map((name) => (
        <Preview
          key={name}
          name={name}
          isProtected={field['protected'] === true}
          record={{ ...record, collectionId: collection.id, collectionName: collection.name }}
          className={styles.thumb}
        />
      ))}
      {names.length > 3 && <span className={styles.more}>+{names.length - 3}</span>}
    </span>
  )
}

const pictureName = /\.(?:avif|gif|jpe?g|png|webp)$/i

interface PreviewProps {
  readonly name: string
  readonly record: RecordModel
  readonly isProtected: boolean
  readonly className: string | undefined
}

/** A small picture of a stored file, or its name where there is none. */
function Preview({ name, record, isProtected, className }: PreviewProps) {
  if (isProtected || !pictureName.test(name)) {
    return (
      <span className={styles.file} title={name}>
        <FileText size={16} strokeWidth={1.75} aria-hidden />
        <span className={styles.text}>{name}</span>
      </span>
    )
  }
  const address = client.files.getURL(record, name, { thumb: '100x100' })
  return <img className={className} src={address} alt={name} title={name} loading="lazy" />
}

/** The reason a file cannot be stored here, as far as the definition says. */
function refusalOf(candidate: File, field: InputProps['field']): string | undefined {
  const size = numberOption(field, 'maxSize') ?? defaultMaxBytes
  const types = listOption(field, 'mimeTypes')
  const { name, type } = candidate
  if (candidate.size > size) return t.fields.fileTooLarge({ name, size })
  if (types.length > 0 && !types.includes(type)) {
    return t.fields.fileOfWrongType({ name, types: types.join(', ') })
  }
  return undefined
}

function FilesInput({ field, value, onChange, error, record, collection, isReadOnly }: InputProps) {
  const inputId = useId()
  const picker = useRef<HTMLInputElement>(null)
  const [removed, setRemoved] = useState<readonly string[]>([])
  const [refusals, setRefusals] = useState<readonly string[]>([])
  const [isOver, setOver] = useState(false)
  const items = asList<string | File>(value)
  const max = numberOption(field, 'maxSelect') ?? 1
  const set = (list: readonly (string | File)[]): void => onChange(max > 1 ? list : (list[0] ?? ''))

  const add = (files: readonly File[]): void => {
    const accepted = files.filter((each) => refusalOf(each, field) === undefined)
    const space = max === 1 ? 1 : max - items.length
    const problems = files.flatMap((each) => refusalOf(each, field) ?? [])
    setRefusals(accepted.length > space ? [...problems, t.fields.filesTooMany({ max })] : problems)
    const added = accepted.slice(0, Math.max(0, space))
    if (added.length > 0) set(max === 1 ? added : [...items, ...added])
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    add([...event.dataTransfer.files])
  }

  const listed = items.map((item): ListItem => {
    if (item instanceof File) {
      const content = <NewFile file={item} />
      return { key: `new ${item.name}`, name: item.name, content, note: formatBytes(item.size) }
    }
    return {
      key: item,
      name: item,
      content: <StoredFile name={item} {...{ record, collection, field }} />,
    }
  })
  const gone = removed
    .filter((name) => !items.includes(name))
    .map((name): ListItem => ({
      key: name,
      name,
      isRemoved: true,
      content: <span className={styles.itemName}>{name}</span>,
    }))
  const problem = refusals.length > 0 ? refusals.join(' ') : error
  const hint = t.fields.files({ max, size: numberOption(field, 'maxSize') ?? defaultMaxBytes })
  return (
    <FieldInputGroup field={field} error={problem} hint={hint}>
      <ItemList
        items={[...listed, ...gone]}
        isReadOnly={isReadOnly}
        onMove={(from, to) => {
          if (from < items.length && to < items.length) set(moved(items, from, to))
        }}
        onRemove={(key) => {
          const item = items[listed.findIndex((each) => each.key === key)]
          if (typeof item === 'string') setRemoved([...removed, item])
          set(items.filter((each) => each !== item))
        }}
        onRestore={(key) => set(max === 1 ? [key] : [...items, key])}
      />
      {!isReadOnly && (
        <div
          className={classNames(styles.drop, isOver && styles.dropOver)}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
          onPaste={(event) => add([...event.clipboardData.files])}
        >
          <input
            ref={picker}
            id={inputId}
            type="file"
            hidden
            multiple={max > 1}
            accept={listOption(field, 'mimeTypes').join(',')}
            aria-label={field.name}
            onChange={(event) => {
              add([...(event.target.files ?? [])])
              event.target.value = ''
            }}
          />
          <Button size="small" onClick={() => picker.current?.click()}>
            {t.fields.addFile}
          </Button>
          <span>{t.fields.dropFiles}</span>
        </div>
      )}
    </FieldInputGroup>
  )
}

function NewFile({ file: added }: { readonly file: File }) {
  const [address] = useState(() =>
    pictureName.test(added.name) ? URL.createObjectURL(added) : undefined,
  )
  return (
    <>
      {address !== undefined && (
        <img
          className={styles.preview}
          src={address}
          alt=""
          onLoad={() => URL.revokeObjectURL(address)}
        />
      )}
      <span className={styles.itemName}>{added.name}</span>
    </>
  )
}

interface StoredFileProps extends Pick<InputProps, 'record' | 'collection' | 'field'> {
  readonly name: string
}

function StoredFile({ name, record, collection, field }: StoredFileProps) {
  if (record === undefined) return <span className={styles.itemName}>{name}</span>
  const owner = { ...record, collectionId: collection.id, collectionName: collection.name }
  const isProtected = field['protected'] === true
  const open = async (): Promise<void> => {
    // The tab has to be opened by the click itself; the address of a protected file comes later.
    const tab = window.open('', '_blank')
    const token = isProtected ? await client.files.getToken() : undefined
    if (tab === null) return
    tab.opener = null
    tab.location.href = new URL(client.files.getURL(owner, name, { token }), location.href).href
  }
  return (
    <>
      {pictureName.test(name) && !isProtected && (
        <img
          className={styles.preview}
          src={client.files.getURL(owner, name, { thumb: '100x100' })}
          alt=""
          loading="lazy"
        />
      )}
      <span className={styles.itemName}>
        <Button look="quiet" size="small" onClick={() => void open()}>
          {name}
        </Button>
      </span>
    </>
  )
}
