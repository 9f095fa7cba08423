import { useNavigate } from '@tanstack/react-router'
import { Copy, Ellipsis, KeyRound, Link as LinkIcon, Trash2, X } from 'lucide-react'
import type { RecordModel } from 'pocketbase'
import { explainLink } from '#dashboard/access/explain-link.ts'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import type { RecordPanelProps } from './panel-props.ts'
import styles from '#dashboard/records/records.module.css'

interface PanelHeadProps extends RecordPanelProps {
  readonly record: RecordModel | undefined
  readonly title: string
}

/** The title of a panel, the id of its record, and the actions for the whole record. */
export function PanelHead(props: PanelHeadProps) {
  const { collection, record, title, isReadOnly, onClose, onCopy, onDelete } = props
  const navigate = useNavigate()
  return (
    <div className={styles.panelHead}>
      <div className={styles.panelTitle}>
        <h2 tabIndex={-1} title={title}>
          {title}
        </h2>
        {record !== undefined && (
          <span className={styles.id}>
            <code>{record.id}</code>
            <CopyButton text={record.id} />
          </span>
        )}
      </div>
      {record !== undefined && (
        <Menu
          label={t.general.more}
          items={[
            ...(isReadOnly
              ? []
              : [{ label: t.records.duplicate, icon: Copy, onSelect: () => onCopy(record.id) }]),
            {
              label: t.records.copyJson,
              icon: Copy,
              onSelect: () => void copy(JSON.stringify(record, null, 2)),
            },
            {
              label: t.access.explain.fromRecord,
              icon: KeyRound,
              onSelect: () =>
                void navigate(
                  explainLink({ collection: collection.name, action: 'view', record: record.id }),
                ),
            },
            { label: t.records.copyLink, icon: LinkIcon, onSelect: () => void copy(location.href) },
            ...(isReadOnly
              ? []
              : [
                  {},
                  {
                    label: t.records.deleteConfirm({ count: 1 }),
                    icon: Trash2,
                    look: 'danger' as const,
                    onSelect: () => onDelete(record.id),
                  },
                ]),
          ]}
          trigger={(trigger) => <IconButton {...trigger} icon={Ellipsis} label={t.general.more} />}
        />
      )}
      <IconButton icon={X} label={t.general.close} shortcut="Esc" onClick={onClose} />
    </div>
  )
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
  showToast({ text: t.general.copied })
}
