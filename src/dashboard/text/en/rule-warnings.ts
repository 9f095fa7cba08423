/** Texts of the warnings about rules, by their codes. */
export const ruleWarnings = {
  'open-write': 'Everyone may write, without an account.',
  constant: 'A comparison is always true or never.',
  'guest-equals-empty': 'Holds for guests where the field is empty. Add @request.auth.id != "".',
  'all-of-many': 'Asks that all related values compare. Use ?= to ask for one.',
  'unchanged-body': 'An update without this value has none. Use :changed or :isset.',
  'client-alone': 'Depends only on what a client sends. Any client can send it.',
  'view-past-rule': 'Shows records that only superusers may list.',
}
