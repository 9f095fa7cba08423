import { Search, X } from 'lucide-react'
import type { CollectionField } from 'pocketbase'
import { type FormEvent, useId, useRef, useState } from 'react'
import { parseFilter } from '#filter/syntax/parse.ts'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import { FieldError } from '#dashboard/ui/field.tsx'
import styles from './records.module.css'
import { filterFromText } from './table-query.ts'

interface FilterLineProps {
  readonly filter: string
  readonly fields: readonly CollectionField[]
  /** The server's error for the filter. */
  readonly error: string | undefined
  readonly onFilter: (filter: string) => void
  readonly inputRef: React.RefObject<HTMLInputElement | null>
}

/** One line for a filter, or for a word to look for. A fault is shown at its place before it is sent. */
export function FilterLine({ filter, fields, error, onFilter, inputRef }: FilterLineProps) {
  const errorId = useId()
  const [text, setText] = useState(filter)
  const [known, setKnown] = useState(filter)
  const [fault, setFault] = useState<{ readonly message: string; readonly position: number }>()
  const mirror = useRef<HTMLDivElement>(null)
  // Back and Forward change the filter, too.
  if (known !== filter) {
    setKnown(filter)
    setText(filter)
    setFault(undefined)
  }

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const wanted = filterFromText(text, fields, () => false)
    const parsed = wanted === '' ? undefined : parseFilter(wanted)
    setFault(parsed === undefined || parsed.ok ? undefined : parsed.fault)
    if (parsed === undefined || parsed.ok) onFilter(wanted)
  }
  const message = fault === undefined ? error : t.records.filterFault(fault)
  return (
    <form role="search" className={styles.filter} onSubmit={submit}>
      <div className={styles.filterBox}>
        <Search size={16} strokeWidth={1.75} aria-hidden />
        <div className={styles.filterText}>
          <div ref={mirror} aria-hidden className={styles.mirror}>
            {fault !== undefined && (
              <>
                {text.slice(0, fault.position)}
                <mark>{text.slice(fault.position, fault.position + 1) || ' '}</mark>
              </>
            )}
          </div>
          <input
            ref={inputRef}
            type="text"
            aria-label={t.records.filter}
            aria-invalid={message !== undefined || undefined}
            aria-describedby={message === undefined ? undefined : errorId}
            placeholder={t.records.filterPlaceholder}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={text}
            onScroll={(event) => {
              if (mirror.current !== null)
                mirror.current.scrollLeft = event.currentTarget.scrollLeft
            }}
            onChange={(event) => {
              setText(event.target.value)
              setFault(undefined)
            }}
          />
        </div>
        {text !== '' && (
          <IconButton
            size="small"
            icon={X}
            label={t.records.clearFilter}
            onClick={() => {
              setText('')
              setFault(undefined)
              onFilter('')
            }}
          />
        )}
      </div>
      <FieldError id={errorId} error={message} />
    </form>
  )
}
