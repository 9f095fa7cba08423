import type { CollectionField, CollectionModel, RecordModel } from 'pocketbase'
import {
  type FocusEvent,
  type KeyboardEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { describeFailure, readFailure } from '#dashboard/api/failure.ts'
import { readRecordNow, useSaveRecord } from '#dashboard/api/records/records.ts'
import type { Change } from '#dashboard/api/records/undo.ts'
import { asText, InvalidInput } from '#dashboard/fields/field-type.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { isSame } from '#dashboard/shell/draft/same-value.ts'
import { t } from '#dashboard/text/t.ts'
import { FieldError } from '#dashboard/ui/field.tsx'
import type { GridMove } from '#dashboard/ui/grid/grid-types.ts'
import styles from './inline-editor.module.css'

interface InlineEditorProps {
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly field: CollectionField
  readonly record: RecordModel
  readonly expand: string
  readonly onSaved: (change: Change) => void
  /** Closes the editor, and moves the focus in the grid. */
  readonly end: (move: GridMove) => void
}

/**
 * Edits one value over its cell. Enter saves and moves down, Tab saves and moves right, Escape restores.
 * An error stands below the value, which stays as it was typed.
 */
export function InlineEditor(props: InlineEditorProps) {
  const { collection, collections, field, record, expand, onSaved, end } = props
  const { name } = field
  const { Inline } = fieldTypeOf(field)
  const errorId = useId()
  const layer = useLayerOverCell()
  const [base, setBase] = useState<unknown>(record[name])
  const [value, setValue] = useState(base)
  const [error, setError] = useState<string>()
  const { mutateAsync, isPending } = useSaveRecord(collection.name, expand)

  const save = async (move: GridMove, next = value): Promise<void> => {
    if (isPending) return
    if (next instanceof InvalidInput) {
      setError(next.message)
      return
    }
    if (isSame(next, base)) {
      end(move)
      return
    }
    setError(undefined)
    try {
      const stored = await readRecordNow(collection.name, record.id)
      if (!isSame(stored[name], base)) {
        setBase(stored[name])
        setError(t.records.inlineConflict({ value: asText(stored[name]) }))
        return
      }
      const saved = await mutateAsync({ id: record.id, body: { [name]: next }, known: stored })
      onSaved({ id: record.id, before: { [name]: base }, after: { [name]: saved[name] } })
      end(move)
    } catch (reason) {
      const failure = readFailure(reason)
      setError(failure.fields.get(name) ?? describeFailure(failure))
    }
  }
  const press = (event: KeyboardEvent): void => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (isPlain) event.stopPropagation()
    if (!isPlain || event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      event.preventDefault()
      end('stay')
      return
    }
    // A picker has taken the key.
    if (event.defaultPrevented) return
    if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) {
      event.preventDefault()
      void save(event.key === 'Enter' ? 'down' : 'right')
    }
  }
  const leave = (event: FocusEvent): void => {
    // The window may have lost the focus, not the editor.
    if (!document.hasFocus() || event.currentTarget.contains(event.relatedTarget)) return
    if (isSame(value, base)) end('stay')
    else void save('stay')
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events -- hears the keys of its control
    <div
      ref={layer}
      popover="manual"
      className={styles.layer}
      aria-busy={isPending}
      onKeyDown={press}
      onBlur={leave}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {Inline !== undefined && (
        <Inline
          field={field}
          value={value}
          onChange={setValue}
          onChoose={(chosen) => {
            setValue(chosen)
            void save('down', chosen)
          }}
          collections={collections}
          control={{
            'aria-label': name,
            'aria-invalid': error === undefined ? undefined : true,
            'aria-describedby': error === undefined ? undefined : errorId,
          }}
        />
      )}
      <span role="alert" className={styles.error}>
        <FieldError id={errorId} error={error} />
      </span>
    </div>
  )
}

/** Opens a layer over the cell that it stands in, and focuses its control. */
function useLayerOverCell() {
  const layer = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = layer.current
    const cell = element?.parentElement?.getBoundingClientRect()
    if (element === null || cell === undefined) return
    element.style.minWidth = `${cell.width}px`
    element.showPopover()
    const { width } = element.getBoundingClientRect()
    element.style.top = `${cell.top}px`
    element.style.left = `${Math.max(8, Math.min(cell.left, innerWidth - width - 8))}px`
    const control = element.querySelector<HTMLElement>('input, select, textarea')
    control?.focus()
    if (control instanceof HTMLInputElement && control.type === 'text') control.select()
  }, [])
  return layer
}
