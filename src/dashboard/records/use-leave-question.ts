import { useBlocker } from '@tanstack/react-router'

/** Asks before a form with changes is left, in whichever way. */
export function useLeaveQuestion(isDirty: () => boolean) {
  return useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty() && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  })
}
