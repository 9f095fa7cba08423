import { ArrowDown, ArrowUp } from 'lucide-react'
import type { CollectionField, CollectionModel } from 'pocketbase'
import { useState } from 'react'
import { moved } from '#dashboard/fields/input/item-list.tsx'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { TypeMark } from '#dashboard/ui/states.tsx'
import styles from './records.module.css'

interface ColumnsDialogProps {
  readonly collection: CollectionModel
  readonly shown: readonly CollectionField[]
  /** Receives the names of the shown fields; nothing for the default ones. */
  readonly onChange: (columns: string | undefined) => void
  readonly onClose: () => void
}

/** Chooses the columns of a table and their order. */
export function ColumnsDialog({ collection, shown, onChange, onClose }: ColumnsDialogProps) {
  const all = collection.fields.filter((field) => fieldTypeOf(field).Cell !== undefined)
  const [order, setOrder] = useState(() => [
    ...shown.map(({ name }) => name),
    ...all.map(({ name }) => name).filter((name) => !shown.some((field) => field.name === name)),
  ])
  const [visible, setVisible] = useState<ReadonlySet<string>>(
    () => new Set(shown.map(({ name }) => name)),
  )
  const chosen = order.filter((name) => visible.has(name))
  const toggle = (name: string, isShown: boolean): void => {
    const next = new Set(visible)
    if (isShown) next.add(name)
    else next.delete(name)
    setVisible(next)
  }
  return (
    <Dialog
      title={t.records.columns}
      onClose={onClose}
      onSubmit={() => {
        onChange(chosen.join(','))
        onClose()
      }}
      footer={
        <>
          <Button
            look="quiet"
            onClick={() => {
              onChange(undefined)
              onClose()
            }}
          >
            {t.records.columnsReset}
          </Button>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button
            type="submit"
            look="primary"
            disabledReason={chosen.length === 0 ? t.records.columnsNone : undefined}
          >
            {t.records.columnsApply}
          </Button>
        </>
      }
    >
      <p>{t.records.columnsHelp}</p>
      <ul className={styles.columns}>
        {order.map((name, index) => {
          const field = all.find((each) => each.name === name)
          return field === undefined ? null : (
            <li key={field.id}>
              <Checkbox
                label={
                  <>
                    <TypeMark letters={fieldTypeOf(field).letters} /> {name}
                  </>
                }
                isChecked={visible.has(name)}
                onChange={(isShown) => toggle(name, isShown)}
              />
              <IconButton
                size="small"
                icon={ArrowUp}
                label={t.fields.moveItemUp({ name })}
                disabledReason={index === 0 ? t.records.isFirst : undefined}
                onClick={() => setOrder(moved(order, index, index - 1))}
              />
              <IconButton
                size="small"
                icon={ArrowDown}
                label={t.fields.moveItemDown({ name })}
                disabledReason={index === order.length - 1 ? t.records.isLast : undefined}
                onClick={() => setOrder(moved(order, index, index + 1))}
              />
            </li>
          )
        })}
      </ul>
    </Dialog>
  )
}
