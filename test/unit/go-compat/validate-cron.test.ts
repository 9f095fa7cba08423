import { describe, it } from 'vitest'
import { cronFault } from '#go-compat/validate-cron.ts'

const badSegments =
  'invalid cron expression - must be a valid macro or to have exactly 5 space separated segments'
const badValue = 'invalid segment value - must be between the min and max of the segment'
const badStep = 'invalid segment step boundary - the step must be between 1 and the 59'

// The messages of PocketBase 0.39.11 for the same expressions.
describe('a cron expression', () => {
  it.for([
    '* * * * *',
    '*/5 * * * *',
    '1-5 * * * *',
    '1-5/2 * * * *',
    '1,2,3 * * * *',
    '1,* * * * *',
    '+5 * * * *',
    '05 * * * *',
    '@hourly',
    '@yearly',
    '@midnight',
  ])('%j is accepted', (expression, { expect }) => {
    expect(cronFault(expression)).toBeUndefined()
  })

  it.for([
    ['', badSegments],
    ['* * * *', badSegments],
    ['*  * * * *', badSegments],
    [' * * * * *', badSegments],
    ['* * * * * *', badSegments],
    ['@weeklyx', badSegments],
    ['@Daily', badSegments],
    ['60 * * * *', badValue],
    ['* 24 * * *', badValue],
    ['* * 0 * *', badValue],
    ['* * * 13 *', badValue],
    ['* * * * 7', badValue],
    [
      '5/2 * * * *',
      'invalid segment step - step > 1 could be used only with the wildcard or range format',
    ],
    ['*/0 * * * *', badStep],
    ['*/60 * * * *', badStep],
    ['*/-1 * * * *', badStep],
    ['*/1/2 * * * *', 'invalid segment step format - must be in the format */n or 1-30/n'],
    ['1-2-3 * * * *', 'invalid segment range format - the range must have 1 or 2 parts'],
    ['5-1 * * * *', 'invalid segment range maximum - must be between 5 and 59'],
    ['1-60 * * * *', 'invalid segment range maximum - must be between 1 and 59'],
    ['a * * * *', 'strconv.Atoi: parsing "a": invalid syntax'],
    ['1, * * * *', 'strconv.Atoi: parsing "": invalid syntax'],
    ['*-5 * * * *', 'strconv.Atoi: parsing "*": invalid syntax'],
    ['-1 * * * *', 'strconv.Atoi: parsing "": invalid syntax'],
    ['1-x * * * *', 'strconv.Atoi: parsing "x": invalid syntax'],
    ['*/a * * * *', 'strconv.Atoi: parsing "a": invalid syntax'],
  ] as const)('%j is refused: %s', ([expression, fault], { expect }) => {
    expect(cronFault(expression)).toBe(fault)
  })
})
