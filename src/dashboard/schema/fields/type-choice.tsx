import { useId } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import { CollectionIcon } from '#dashboard/ui/collection-icon.tsx'
import { FieldGroup } from '#dashboard/ui/field.tsx'
import styles from '#dashboard/schema/schema.module.css'

const types = ['base', 'auth', 'view'] as const

interface TypeChoiceProps {
  readonly value: string
  readonly onChange: (type: string) => void
}

/** The types of collections, each with what it is for. */
export function TypeChoice({ value, onChange }: TypeChoiceProps) {
  const name = useId()
  return (
    <FieldGroup label={t.schema.type}>
      <div className={styles.types}>
        {types.map((type) => (
          // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- its text is the name of the type
          <label key={type} className={styles.typeCard}>
            <input
              type="radio"
              name={name}
              value={type}
              checked={type === value}
              onChange={() => onChange(type)}
            />
            <span>
              <strong>
                <CollectionIcon type={type} />
                {t.schema.types[type]}
              </strong>
              <small>{t.schema.typeHelp[type]}</small>
            </span>
          </label>
        ))}
      </div>
    </FieldGroup>
  )
}
