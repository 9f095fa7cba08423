/** Changes that are not saved yet. */
export const drafts = {
  leaveTitle: 'Leave without saving?',
  leave: 'The changes you made here will be lost.',
  leaveAction: 'Leave without saving',
  kept: 'You made changes here before, and left without saving them.',
  take: 'Continue with them',
  drop: 'Drop them',
}
