import type { FunctionCall } from '#dashboard/api/operations/functions.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'

const texts = t.operations.functions
const looks = { waiting: 'neutral', done: 'success', dead: 'danger' } as const

interface ListProps {
  readonly items: readonly FunctionCall[]
  readonly onOpen: (id: string) => void
}

/** Calls of functions, each with its state and the error of its last attempt. */
export function CallList({ items, onOpen }: ListProps) {
  return (
    <EntryList label={texts.calls}>
      {items.map((call) => (
        <Entry
          key={call.id}
          name={call.webhook}
          marks={<CallMark {...call} />}
          meta={
            <>
              <span>
                <Time value={call.created} />
              </span>
              {call.record !== '' && <code>{call.record}</code>}
              <span>{texts.attempts({ count: call.attempts })}</span>
              {call.next !== '' && (
                <span>
                  {texts.next} <Time value={call.next} />
                </span>
              )}
            </>
          }
          actions={
            <Button
              size="small"
              aria-label={texts.detailsOf({ id: call.id })}
              onClick={() => onOpen(call.id)}
            >
              {texts.details}
            </Button>
          }
        >
          {call.error !== '' && <p>{call.error}</p>}
        </Entry>
      ))}
    </EntryList>
  )
}

/** The state of a call in a word. */
export function CallMark({ state, running }: Pick<FunctionCall, 'state' | 'running'>) {
  if (running) return <Mark>{texts.isRunning}</Mark>
  return <Mark look={looks[state]}>{texts.states[state]}</Mark>
}
