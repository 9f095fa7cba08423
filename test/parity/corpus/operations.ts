import type { Json } from '../client.ts'
import type { Expectation, Scenario, Step } from '../scenario.ts'
import { base, field } from './collections-of.ts'

function run(query: Json, gives?: Expectation): Step {
  return {
    send: 'POST /api/sql?fields=*',
    json: { query },
    ...(gives === undefined ? {} : { gives }),
  }
}

/** Without `execTime`, which varies. */
function read(query: string): Step {
  return { send: 'POST /api/sql?fields=affectedRows,columns,rows', json: { query }, gives: 200 }
}

const logs: Scenario = {
  name: 'logs: who may read them, and what is refused',
  steps: [
    { as: 'guest', send: 'GET /api/logs', gives: 401 },
    { as: 'guest', send: 'GET /api/logs/stats', gives: 401 },
    { as: 'guest', send: 'GET /api/logs/x', gives: 401 },
    { send: 'GET /api/logs/missing', gives: 404 },
    { send: 'GET /api/logs?perPage=1&skipTotal=1&fields=perPage', gives: 200 },
    { send: 'GET /api/logs', query: { filter: "data.status=999 && data.auth!=''" }, gives: 200 },
    { send: 'GET /api/logs', query: { filter: 'unknown=1' }, gives: 400 },
    { send: 'GET /api/logs', query: { filter: '(' }, gives: 400 },
    { send: 'GET /api/logs', query: { sort: 'unknown' }, gives: 400 },
    {
      send: 'GET /api/logs',
      query: { filter: 'level=999', sort: '-data.status,@rowid' },
      gives: 200,
    },
    { send: 'GET /api/logs/stats', query: { filter: 'level=999' }, gives: 200 },
    {
      send: 'GET /api/logs/stats',
      query: { filter: '(' },
      gives: { status: 400, message: 'Invalid filter format.' },
    },
    { send: 'GET /api/logs/stats', query: { filter: 'unknown=1' }, gives: 400 },
    { send: 'DELETE /api/logs', gives: 404 },
  ],
}

const backups: Scenario = {
  name: 'backups: who may, and what is refused',
  steps: [
    { as: 'guest', send: 'GET /api/backups', gives: 401 },
    { as: 'guest', send: 'POST /api/backups', gives: 401 },
    { as: 'guest', send: 'POST /api/backups/upload', gives: 401 },
    { as: 'guest', send: 'DELETE /api/backups/a.zip', gives: 401 },
    { as: 'guest', send: 'POST /api/backups/a.zip/restore', gives: 401 },
    { as: 'guest', send: 'GET /api/backups/a.zip', gives: 403 },
    { as: 'guest', send: 'GET /api/backups/a.zip?token=x', gives: 403 },
    { send: 'GET /api/backups/a.zip', gives: 403 },
    { send: 'GET /api/backups', gives: 200 },
    { send: 'POST /api/backups', json: { name: 'A.zip' }, gives: 400 },
    { send: 'POST /api/backups', json: { name: 'a.tar' }, gives: 400 },
    { send: 'POST /api/backups', json: { name: '../a.zip' }, gives: 400 },
    { send: 'POST /api/backups', json: { name: `${'a'.repeat(150)}.zip` }, gives: 400 },
    { send: 'POST /api/backups', json: { name: 'a.zip' }, gives: 204 },
    { send: 'POST /api/backups', json: { name: 'a.zip' }, gives: 400 },
    { send: 'POST /api/backups/missing.zip/restore', gives: 400 },
    { send: 'POST /api/backups/upload', parts: [], gives: 400 },
    { send: 'DELETE /api/backups/a.zip', gives: 204 },
    { send: 'DELETE /api/backups/a.zip', gives: 400 },
    { send: 'GET /api/backups', gives: 200 },
  ],
}

const crons: Scenario = {
  name: 'crons: list and run',
  steps: [
    { as: 'guest', send: 'GET /api/crons', gives: 401 },
    { send: 'GET /api/crons', gives: 200 },
    { as: 'guest', send: 'POST /api/crons/__pbLogsCleanup__', gives: 401 },
    { send: 'POST /api/crons/__pbLogsCleanup__', gives: 204 },
    { send: 'POST /api/crons/__pbOTPCleanup__', gives: 204 },
    { send: 'POST /api/crons/__pbMFACleanup__', gives: 204 },
    { send: 'POST /api/crons/__pbDBOptimize__', gives: 204 },
    {
      send: 'POST /api/crons/none',
      gives: { status: 404, message: 'Missing or invalid cron job.' },
    },
  ],
}

const statements: Scenario = {
  name: 'sql: statements of superusers',
  steps: [
    { as: 'guest', send: 'POST /api/sql', json: { query: 'SELECT 1' }, gives: 401 },
    run('', 400),
    run('x'.repeat(5001), 400),
    run('SELECT * FROM missing_table', 400),
    run('DELETE FROM missing_table', 400),
    run('rubbish', 400),
    read('CREATE TABLE parity_sql (id TEXT PRIMARY KEY, n INTEGER, r REAL, x)'),
    read(
      "INSERT INTO parity_sql VALUES ('a', 1, 1.5, 'x'), ('b', NULL, 2, NULL), ('c', -7, 1e21, '')",
    ),
    read('SELECT * FROM parity_sql ORDER BY id'),
    read('select id, n as m, n + 1, count(*) over () total from parity_sql order by id desc;'),
    read('SELECT a.id, b.id FROM parity_sql a JOIN parity_sql b ON a.id < b.id ORDER BY 1, 2'),
    read("WITH c AS (SELECT id FROM parity_sql) SELECT c.id FROM c WHERE id > 'a' ORDER BY id"),
    read('SELECT id FROM parity_sql WHERE FALSE'),
    read("VALUES (1, 'a'), (2, NULL)"),
    read("SELECT 1.0, 0.1, 1 = 1, NULL, ''"),
    read("UPDATE parity_sql SET n = 5 WHERE id <> 'a'"),
    read('  delete from parity_sql where n = 5'),
    run("INSERT INTO parity_sql (id) VALUES ('a')", 400),
    read("WITH c AS (SELECT 1) INSERT INTO parity_sql (id) SELECT 'w' FROM c"),
    read("SELECT count(*) FROM parity_sql WHERE id = 'w'"),
    read('EXPLAIN QUERY PLAN SELECT 1'),
    read('PRAGMA table_info(parity_sql)'),
    read('/* a comment */ SELECT 1'),
    read('ALTER TABLE parity_sql ADD COLUMN y TEXT'),
    read('DROP TABLE parity_sql'),
  ],
}

const s3 = 'POST /api/settings/test/s3'
const failed = 'Failed to test the S3 filesystem.'

const trials: Scenario = {
  name: 'settings: trying out what they say',
  steps: [
    { as: 'guest', send: s3, json: { filesystem: 'storage' }, gives: 401 },
    { send: s3, json: {}, gives: { status: 400, message: failed } },
    { send: s3, json: { filesystem: 'other' }, gives: { status: 400, message: failed } },
    { send: s3, json: { filesystem: 'storage' }, gives: 400 },
    { send: s3, json: { filesystem: 'backups' }, gives: 400 },
    { send: s3, raw: { type: 'application/json', text: '{' }, gives: 400 },
  ],
}

const storedBytes: Scenario = {
  name: 'sql: bytes in the columns of records',
  collections: [
    base(
      'bytes',
      [
        field('text', 't'),
        field('json', 'j'),
        field('number', 'n'),
        field('bool', 'b'),
        field('select', 's', { values: ['a', 'b'], maxSelect: 2 }),
        field('date', 'd'),
      ],
      { listRule: '' },
    ),
  ],
  records: { bytes: [{ t: 'x' }] },
  steps: [
    read("UPDATE bytes SET t = x'6869', j = x'7b7d'"),
    { as: 'guest', send: 'GET /api/collections/bytes/records', gives: 200 },
    read("UPDATE bytes SET n = x'3132', b = x'31'"),
    { as: 'guest', send: 'GET /api/collections/bytes/records', gives: 200 },
    read("UPDATE bytes SET s = x'5b2261225d', j = x'6869'"),
    { as: 'guest', send: 'GET /api/collections/bytes/records', gives: 200 },
    read("UPDATE bytes SET t = x'', j = x'', n = x''"),
    { as: 'guest', send: 'GET /api/collections/bytes/records', gives: 200 },
    read("UPDATE bytes SET d = x'323032342d30312d30312031303a30303a30302e3030305a'"),
    { as: 'guest', send: 'GET /api/collections/bytes/records', gives: 200 },
  ],
}

const health: Scenario = {
  name: 'health: what superusers learn of it',
  steps: [
    { as: 'guest', send: 'GET /api/health', gives: 200 },
    { send: 'GET /api/health', gives: 200 },
    { send: 'GET /api/health', headers: { 'X-Forwarded-For': '192.0.2.1' }, gives: 200 },
    { send: 'GET /api/health?fields=data.canBackup', gives: 200 },
  ],
}

/** Logs, scheduled jobs, SQL, health, and trying out settings. */
export const operationScenarios: readonly Scenario[] = [
  logs,
  backups,
  crons,
  statements,
  storedBytes,
  trials,
  health,
]
