import type { Area } from '../scenario.ts'
import { accountMailScenarios } from './account-mails.ts'
import { accountScenarios } from './accounts.ts'
import { batchScenarios } from './batches.ts'
import { collectionScenarios } from './collections.ts'
import { fieldScenarios } from './fields.ts'
import { fileScenarios } from './files.ts'
import { filterScenarios } from './filters.ts'
import { httpScenarios } from './http.ts'
import { oddScenarios } from './odd-requests.ts'
import { oneTimeCodeScenarios } from './one-time-codes.ts'
import { oauth2Scenarios } from './oauth2.ts'
import { operationScenarios } from './operations.ts'
import { realtimeScenarios } from './realtime.ts'
import { recordScenarios } from './records.ts'
import { settingsScenarios } from './settings.ts'
import { viewScenarios } from './views.ts'

/** All areas of the corpus, in the order of a run. */
export const areas: readonly Area[] = [
  { name: 'settings', scenarios: settingsScenarios },
  { name: 'collections', scenarios: collectionScenarios },
  { name: 'fields', scenarios: fieldScenarios },
  { name: 'filters', scenarios: filterScenarios },
  { name: 'records', scenarios: recordScenarios },
  { name: 'views', scenarios: viewScenarios },
  { name: 'accounts', scenarios: accountScenarios },
  { name: 'account mails', scenarios: accountMailScenarios },
  { name: 'one-time codes', scenarios: oneTimeCodeScenarios },
  { name: 'oauth2', scenarios: oauth2Scenarios },
  { name: 'batches', scenarios: batchScenarios },
  { name: 'files', scenarios: fileScenarios },
  { name: 'http', scenarios: httpScenarios },
  { name: 'realtime', scenarios: realtimeScenarios },
  { name: 'operations', scenarios: operationScenarios },
  { name: 'odd requests', scenarios: oddScenarios },
]
