import type { LoadOptions } from '#transfer/load-deployment.ts'
import type { Progress } from './progress.ts'

/** Shows the progress of a load. */
export function createLoadProgress(
  progress: Progress,
  countOf: (collection: { readonly name: string }) => number,
): LoadOptions['onProgress'] {
  const done = new Map<string, number>()

  function rows(title: string, collection: string, count: number): void {
    const sum = (done.get(title) ?? 0) + count
    done.set(title, sum)
    progress.step(title, sum, countOf({ name: collection }))
  }

  return (step) => {
    switch (step.step) {
      case 'resuming':
        return progress.line('Resuming the interrupted import.')
      case 'loading':
        return rows(`Records of ${step.collection}`, step.collection, step.rows)
      case 'comparing':
        return rows(`Comparing ${step.collection}`, step.collection, step.rows)
      case 'loadingFiles':
        return progress.step('Files', step.files.files, 0)
      case 'comparingFiles':
        return progress.step('Comparing files', step.files.files, 0)
    }
  }
}
