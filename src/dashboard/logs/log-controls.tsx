import { ListFilter } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Select, TextInput } from '#dashboard/ui/field.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import { type RangeName, ranges } from './log-query.ts'
import styles from './logs.module.css'

const readyMade: Readonly<Record<keyof typeof t.logs.readyMade, string>> = {
  errors: 'data.status >= 400',
  refused: 'data.status = 401 || data.status = 403 || data.status = 404',
  failed: 'data.status >= 500',
  slow: 'data.execTime > 500',
  guests: 'data.auth = ""',
  writes: 'data.method != "GET"',
}

interface FilterLineProps {
  readonly filter: string
  readonly onChange: (filter: string) => void
}

/** The filter as text, applied with Enter, and some to choose from. */
export function LogFilterLine({ filter, onChange }: FilterLineProps) {
  const [text, setText] = useState(filter)
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useShortcuts([{ keys: '/', label: t.logs.filter, run: () => input.current?.focus() }])
  const names = Object.keys(readyMade) as (keyof typeof readyMade)[]
  return (
    <>
      <form
        className={styles.filter}
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          onChange(text.trim())
        }}
      >
        <label htmlFor={id}>{t.logs.filter}</label>
        <TextInput
          id={id}
          ref={input}
          isMono
          value={text}
          placeholder={t.logs.filterHint}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit">{t.logs.apply}</Button>
      </form>
      <Menu
        label={t.logs.ready}
        items={[
          ...names.map((name) => ({
            label: t.logs.readyMade[name],
            isChecked: readyMade[name] === filter,
            onSelect: () => onChange(readyMade[name]),
          })),
          {},
          { label: t.logs.clearFilter, onSelect: () => onChange('') },
        ]}
        trigger={(props) => (
          <Button {...props} icon={ListFilter} aria-label={t.logs.ready}>
            {t.logs.filters}
          </Button>
        )}
      />
    </>
  )
}

interface RangeProps {
  readonly value: RangeName
  readonly onChange: (range: RangeName) => void
}

/** The length of time that the logs are shown for. */
export function RangeChooser({ value, onChange }: RangeProps) {
  const names = Object.keys(ranges) as RangeName[]
  return (
    <Select
      aria-label={t.logs.range}
      className={styles.range}
      value={value}
      options={names.map((name) => ({ value: name, label: t.logs.ranges[name] }))}
      onChange={onChange}
    />
  )
}
