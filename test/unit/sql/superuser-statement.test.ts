import { describe, it } from 'vitest'
import { parseSuperuserStatement } from '#sql/superuser-statement.ts'

describe('a statement of a superuser', () => {
  it.for([
    ['SELECT 1', 'select'],
    ['  -- a comment\n select 1; ', 'select'],
    ["SELECT ';' AS `a;b` /* ; */", 'select'],
    ['WITH x AS (SELECT 1) SELECT * FROM x', 'select'],
    ['VALUES (1), (2)', 'select'],
    ['WITH x AS (DELETE) SELECT 1', 'select'],
    ['WITH replace AS (SELECT 1) SELECT * FROM replace', 'select'],
    ['WITH x AS (SELECT 1), y(a) AS (VALUES (1)) INSERT INTO t SELECT * FROM x', 'write'],
    ['with recursive x as (select 1) replace into t select * from x', 'write'],
    ['WITH x AS (SELECT 1) INSERT OR IGNORE INTO t SELECT * FROM x', 'write'],
    ['WITH x AS (SELECT 1) UPDATE t SET a = 1', 'write'],
    ['WITH x AS (SELECT 1) DELETE FROM t', 'write'],
    ['EXPLAIN QUERY PLAN SELECT 1', 'report'],
    ['PRAGMA table_info(users)', 'report'],
    ['PRAGMA page_size;', 'report'],
    ['pragma main.index_list("users")', 'report'],
    ["INSERT INTO t VALUES ('a')", 'write'],
    ['REPLACE INTO t VALUES (1)', 'write'],
    ['UPDATE t SET a = 1', 'write'],
    ['delete from t', 'write'],
    ['CREATE TABLE t (a)', 'write'],
    ['ALTER TABLE t ADD b', 'write'],
    ['DROP TABLE t', 'write'],
    ['CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; UPDATE t SET a = 1; END;', 'write'],
    [
      'CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM t; END',
      'write',
    ],
  ] as const)('%s is a %s', ([text, kind], { expect }) => {
    expect(parseSuperuserStatement(text)).toMatchObject({ ok: true, statement: { kind } })
  })

  it.for([
    '',
    ';',
    'SELECT 1; SELECT 2',
    'SELECT 1; PRAGMA case_sensitive_like = 1',
    'DELETE FROM t; PRAGMA case_sensitive_like(1)',
    "SELECT 'open",
    'SELECT (1',
    'SELECT 1) UNION SELECT (2',
    'PRAGMA case_sensitive_like = 1',
    'PRAGMA case_sensitive_like(1)',
    'PRAGMA ignore_check_constraints=on',
    'PRAGMA main.ignore_check_constraints=on',
    'PRAGMA "case_sensitive_like"(1)',
    'PRAGMA page_size = 1024',
    'PRAGMA page_size(1024)',
    'PRAGMA writable_schema',
    'ATTACH DATABASE "x" AS y',
    'DETACH y',
    'VACUUM',
    'BEGIN',
    'COMMIT',
    'SELECT * FROM _cf_METADATA',
    'SELECT * FROM "_CF_metadata"',
    'DROP TABLE [_cf_KV]',
    'CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; END; PRAGMA case_sensitive_like = 1',
    'CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END; SELECT CASE WHEN 1 THEN 2; END',
  ])('%s is refused', (text, { expect }) => {
    expect(parseSuperuserStatement(text)).toMatchObject({ ok: false })
  })
})
