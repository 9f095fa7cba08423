import type { ViewSampleData } from '#dashboard/api/view-sample.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Note, TypeMark } from '#dashboard/ui/states.tsx'
import { fieldKind } from '#dashboard/schema/fields/field-kinds.ts'
import styles from './schema.module.css'

interface SampleProps {
  readonly sample: ViewSampleData
  /** True while a later query has an error, so that this one is from before. */
  readonly isOld: boolean
}

const texts = t.schema.query
const maxRows = 20

/** The fields that follow from a query, and its first rows. */
export function ViewSample({ sample, isOld }: SampleProps) {
  const { fields, rows } = sample
  const shown = rows.slice(0, maxRows)
  const hasJson = fields.some(({ type }) => type === 'json')
  return (
    <div className={styles.section}>
      <h3>{texts.sample({ count: shown.length })}</h3>
      {isOld && <Note look="warning">{texts.old}</Note>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard */}
      <div className={styles.sample} role="region" aria-label={texts.sampleLabel} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {fields.map(({ name, type }) => (
                <th key={name} scope="col">
                  <span className={styles.sampleHead}>
                    <TypeMark letters={fieldKind(type).letters} />
                    {name}
                    <span className={styles.muted}>{fieldKind(type).label}</span>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {fields.map(({ name }) => (
                  <td key={name}>{textOf(row[name])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <p>{texts.noRows}</p>}
      {hasJson && <Note>{texts.jsonCaveat}</Note>}
    </div>
  )
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
