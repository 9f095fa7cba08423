import type { CollectionModel } from 'pocketbase'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useCandidates, useRecordsByIds } from '#dashboard/api/records/relations.ts'
import { t } from '#dashboard/text/t.ts'
import { TextInput } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import styles from '#dashboard/fields/fields.module.css'
import { labelFieldsOf, labelOf } from '#dashboard/fields/values/record-label.ts'
import { useSettled } from './use-settled.ts'

interface PickerProps {
  readonly label: string
  readonly target: CollectionModel
  readonly chosen: readonly string[]
  readonly max: number
  readonly onChange: (ids: readonly string[]) => void
  readonly onClose: () => void
}

/** Searches the records of a collection on the server; the list is never the whole of it. */
export function RelationPicker({ label, target, chosen, max, onChange, onClose }: PickerProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  // The ones chosen at first stay at the top, or entries would move under the pointer.
  const [first] = useState(chosen)
  const { data: chosenFirst = [] } = useRecordsByIds(target, first)
  const wanted = useSettled(text)
  const { data, error, hasNextPage, fetchNextPage, isFetching, refetch } = useCandidates(
    target,
    labelFieldsOf(target),
    wanted,
  )
  const matching = data?.pages.flat() ?? []
  const found =
    wanted.trim() === ''
      ? [...chosenFirst, ...matching.filter(({ id: own }) => !first.includes(own))]
      : matching

  const toggle = (recordId: string | undefined): void => {
    if (recordId === undefined) return
    if (chosen.includes(recordId)) onChange(chosen.filter((each) => each !== recordId))
    else if (max === 1) onChange([recordId])
    else if (chosen.length < max) onChange([...chosen, recordId])
    if (max === 1) onClose()
  }
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape') {
      // What the picker stands in must not close with it.
      event.preventDefault()
      onClose()
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      toggle(found[at]?.id)
    }
    if (step === undefined || found.length === 0) return
    event.preventDefault()
    const next = Math.min(found.length - 1, Math.max(0, at + step))
    setAt(next)
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
  }

  return (
    <div className={styles.picker}>
      <TextInput
        ref={input}
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        autoComplete="off"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that opened the picker asks for it
        autoFocus
        value={text}
        onKeyDown={press}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
      />
      {error !== null && (
        <FailureNote
          title={t.records.unreadable}
          failure={readFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      <div
        id={id}
        role="listbox"
        aria-label={label}
        aria-multiselectable={max > 1}
        aria-busy={isFetching}
        className={styles.options}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          const isNearEnd = scrollHeight - scrollTop - clientHeight < 200
          if (isNearEnd && hasNextPage && !isFetching) void fetchNextPage()
        }}
      >
        {found.map((record, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- keys go to the input, whose active descendant this is
          <div
            key={record.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={chosen.includes(record.id)}
            data-active={index === at}
            className={styles.option}
            // The focus stays in the input.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => toggle(record.id)}
            onPointerMove={() => setAt(index)}
          >
            <span>{labelOf(record, target)}</span>
            <code>{record.id}</code>
          </div>
        ))}
      </div>
      <span role="status" className={styles.pickerFoot}>
        {found.length === 0 && !isFetching
          ? t.fields.noMatch
          : t.fields.chosen({ count: chosen.length, max })}
      </span>
    </div>
  )
}
