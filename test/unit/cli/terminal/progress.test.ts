import { describe, it } from 'vitest'
import { createProgress } from '#cli/terminal/progress.ts'

function recorder(isTTY: boolean) {
  let text = ''
  let time = 0
  const output = { isTTY, write: (part: string) => (text += part) }
  return {
    progress: createProgress(output, () => time),
    pass: (milliseconds: number) => (time += milliseconds),
    written: () => text,
  }
}

describe('progress', () => {
  it('removes control characters from names', ({ expect }) => {
    const { progress, written } = recorder(false)

    progress.step('Records of \u001B[2J', 1, 2)
    progress.list('Not taken:', ['a\u001B]0;title\u0007\nforged line'])

    expect(written()).toBe(
      'Records of \uFFFD[2J: 1 of 2\nNot taken:\n  - a\uFFFD]0;title\uFFFD forged line\n',
    )
  })

  it('is one line on a terminal, which is overwritten', ({ expect }) => {
    const { progress, pass, written } = recorder(true)

    progress.step('Records', 0, 10)
    pass(200)
    progress.step('Records', 5, 10)
    progress.end()

    expect(written()).toBe('\r\u001B[2KRecords: 0 of 10\r\u001B[2KRecords: 5 of 10\n')
  })

  it('is a line at intervals elsewhere, and ends with the result', ({ expect }) => {
    const { progress, pass, written } = recorder(false)

    for (let done = 0; done <= 100; done++) {
      progress.step('Records', done, 100)
      pass(100)
    }
    progress.step('Files', 0, 2)
    progress.end()

    expect(written()).toBe(
      'Records: 0 of 100\nRecords: 50 of 100\nRecords: 100 of 100\nFiles: 0 of 2\n',
    )
  })

  it('leaves out an unknown total', ({ expect }) => {
    const { progress, written } = recorder(false)

    progress.step('Files', 3, 0)
    progress.end()

    expect(written()).toBe('Files: 3\n')
  })

  it('ends the changing line before a permanent one', ({ expect }) => {
    const { progress, written } = recorder(true)

    progress.step('Records', 1, 2)
    progress.line('Done.')

    expect(written()).toBe('\r\u001B[2KRecords: 1 of 2\nDone.\n')
  })

  it('lists at most N lines below a title, and nothing if there are none', ({ expect }) => {
    const { progress, written } = recorder(false)

    progress.list('None:', [])
    progress.list('All:', ['a', 'b'])
    progress.list('Some:', ['a', 'b', 'c'], 1)

    expect(written()).toBe('All:\n  - a\n  - b\nSome:\n  - a\n  and 2 more\n')
  })
})
