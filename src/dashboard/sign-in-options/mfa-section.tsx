import { useCollections } from '#dashboard/api/collections.ts'
import { RuleEditor } from '#dashboard/rules/rule-editor.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { useOption, useOptionForm } from './option-context.ts'
import { DurationOption, OptionSection, SwitchOption } from './option-inputs.tsx'

const texts = t.signInOptions.mfa

/** Two different ways of signing in, one after the other. */
export function MfaSection() {
  const { definition } = useOptionForm()
  const { data = [] } = useCollections()
  const { value: isEnabled } = useOption('mfa.enabled')
  const { value: rule, error, set } = useOption('mfa.rule')
  return (
    <OptionSection title={texts.title} help={texts.help}>
      <SwitchOption path="mfa.enabled" label={texts.enabled} />
      {isEnabled === true && (
        <>
          <DurationOption path="mfa.duration" label={texts.duration} />
          <RuleEditor
            label={texts.rule}
            rule={typeof rule === 'string' ? rule : ''}
            collection={definition}
            collections={data}
            error={error}
            onChange={set}
          />
          <p>{texts.ruleHelp}</p>
        </>
      )}
    </OptionSection>
  )
}
