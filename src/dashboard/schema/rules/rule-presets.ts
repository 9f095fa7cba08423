import { t } from '#dashboard/text/definition-texts.ts'
import { type Definition, ruleOf } from '#dashboard/schema/definition.ts'
import { recordRules } from '#filter/syntax/rule-names.ts'

const signedIn = "@request.auth.id != ''"
const [list, view, create, update, remove] = recordRules

/** Common access levels for the records of a collection. */
export type Preset = 'locked' | 'read' | 'signedIn' | 'open' | 'own'

const presets: Readonly<
  Record<
    Exclude<Preset, 'own'>,
    { readonly reading: string | null; readonly writing: string | null }
  >
> = {
  locked: { reading: null, writing: null },
  read: { reading: '', writing: null },
  signedIn: { reading: signedIn, writing: signedIn },
  open: { reading: '', writing: '' },
}

const names = ['locked', 'read', 'signedIn', 'open'] as const

/** The presets as options to choose from. */
export const presetOptions = [...names, 'own' as const].map((value) => ({
  value,
  label: t.schema.rules.presets[value],
  help: t.schema.rules.presets[`${value}Help`],
}))

/** The preset that the rules of a definition are. */
export function presetOf(definition: Definition): Preset {
  const isPreset = (name: Exclude<Preset, 'own'>): boolean => {
    const { reading, writing } = presets[name]
    return (
      [list, view].every((rule) => ruleOf(definition, rule) === reading) &&
      [create, update, remove].every((rule) => ruleOf(definition, rule) === writing)
    )
  }
  return names.find(isPreset) ?? 'own'
}

/** Sets the rules of records as a preset says. */
export function withPreset(definition: Definition, preset: Preset): Definition {
  if (preset === 'own') return definition
  const { reading, writing } = presets[preset]
  return {
    ...definition,
    [list]: reading,
    [view]: reading,
    [create]: writing,
    [update]: writing,
    [remove]: writing,
  }
}
