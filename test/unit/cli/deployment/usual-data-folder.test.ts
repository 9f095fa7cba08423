import { describe, it } from 'vitest'
import { usualDataFolder } from '#cli/deployment/usual-data-folder.ts'

describe('the usual data folder', () => {
  it.for([
    ['arete_data without a variable', {}, '/home/arete_data'],
    ['arete_data for an empty variable', { DATA: '' }, '/home/arete_data'],
    ['that of DATA', { DATA: 'other' }, '/home/other'],
    ['that of DATA, as an absolute path', { DATA: '/srv/data' }, '/srv/data'],
  ] as const)('is %s', ([, environment, folder], { expect }) => {
    expect(usualDataFolder('/home', environment)).toBe(folder)
  })
})
