import { useId } from 'react'
import { useCollections } from '#dashboard/api/collections.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { FieldGroup, RadioGroup } from '#dashboard/ui/field.tsx'
import type { Definition, FieldDefinition } from './definition.ts'
import { templatesFor, withTemplate } from './templates.ts'

/** The template that was chosen, and the fields that came with it. */
export interface ChosenTemplate {
  readonly key: string
  readonly fields: readonly FieldDefinition[]
}

/** The choice to begin with: no template. */
export const noTemplate: ChosenTemplate = { key: 'empty', fields: [] }

interface ChoiceProps {
  readonly definition: Definition
  readonly chosen: ChosenTemplate
  readonly onChoose: (chosen: ChosenTemplate) => void
  readonly onChange: (change: (definition: Definition) => Definition) => void
}

/** Fields and rules to begin a new collection with. */
export function TemplateChoice({ definition, chosen, onChoose, onChange }: ChoiceProps) {
  const name = useId()
  const { data = [] } = useCollections()
  const accounts =
    data.find((one) => one.name === 'users') ??
    data.find(({ type, system }) => type === 'auth' && !system)
  const templates = templatesFor(definition.type, definition.name, accounts)
  const choose = (key: string): void => {
    const template = templates.find((one) => one.key === key)
    if (template === undefined) return
    const fields = template.fields()
    onChange((now) => withTemplate(now, template, fields, chosen.fields))
    onChoose({ key, fields })
  }
  if (templates.length < 2) return null
  return (
    <FieldGroup label={t.schema.templates.label}>
      <RadioGroup
        name={name}
        value={chosen.key}
        options={templates.map(({ key, label, help }) => ({ value: key, label, help }))}
        onChange={choose}
      />
    </FieldGroup>
  )
}
