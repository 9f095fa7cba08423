import type { FieldIssue, Issues } from '#kernel/errors.ts'
import { isIpRange } from '#go-compat/ip-address.ts'
import {
  atLeast,
  atMost,
  eachFault,
  email,
  issuesOf,
  firstIssue,
  hexColor,
  host,
  length,
  matches,
  oneOf,
  required,
  url,
  when,
} from '#go-compat/validation-rules.ts'
import { parseSchedule } from './schedule.ts'
import type { RateLimitRule, S3Settings, Settings } from './settings.ts'

/** All issues of settings with the right types, by path. */
export function validateSettings(settings: Settings): Issues {
  const { superuserIPs, smtp, backups, s3, meta, rateLimits, batch, logs, arete } = settings
  return issuesOf({
    superuserIPs: eachFault(superuserIPs, addressFault),
    smtp: smtpFaults(smtp),
    backups: backupsFaults(backups),
    s3: s3Faults(s3),
    meta: metaFaults(meta),
    rateLimits: issuesOf({
      rules: rulesFaults(rateLimits),
      excludedIPs: eachFault(rateLimits.excludedIPs, addressFault),
    }),
    batch: batchFaults(batch),
    logs: issuesOf({ maxDays: atLeast(0)(logs.maxDays) }),
    arete: issuesOf({
      docs: issuesOf({
        access: firstIssue(arete.docs.access, required, oneOf('superusers', 'public')),
      }),
      schema: issuesOf({
        source: firstIssue(arete.schema.source, required, oneOf('dashboard', 'shared', 'code')),
      }),
      webhooks: issuesOf({
        mailAfter: patienceIssue(arete.webhooks.mailAfter),
        turnOffAfter: patienceIssue(arete.webhooks.turnOffAfter),
      }),
    }),
  })
}

/** From a minute to the time for which deliveries are kept. */
function patienceIssue(seconds: number): FieldIssue | undefined {
  return firstIssue(seconds, required, atLeast(60), atMost(30 * 24 * 60 * 60))
}

function smtpFaults({ enabled, ...smtp }: Settings['smtp']): Issues {
  return issuesOf({
    host: firstIssue(smtp.host, when(enabled, required), host),
    port: firstIssue(smtp.port, when(enabled, required), atLeast(0)),
    authMethod: oneOf('PLAIN', 'LOGIN')(smtp.authMethod),
    localName: host(smtp.localName),
  })
}

function backupsFaults({ cron, cronMaxKeep, s3 }: Settings['backups']): Issues {
  return issuesOf({
    cron: cron === '' ? undefined : cronIssue(cron),
    cronMaxKeep: firstIssue(cronMaxKeep, when(cron !== '', required), atLeast(1)),
    s3: s3Faults(s3),
  })
}

function cronIssue(expression: string): FieldIssue | undefined {
  try {
    parseSchedule(expression)
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : ''
    return { code: 'validation_invalid_cron', message: `Invalid cron expression: ${reason}` }
  }
}

function s3Faults({ enabled, ...s3 }: S3Settings): Issues {
  const needed = when(enabled, required)
  return issuesOf({
    endpoint: firstIssue(s3.endpoint, needed, url),
    bucket: needed(s3.bucket),
    region: needed(s3.region),
    accessKey: needed(s3.accessKey),
    secret: needed(s3.secret),
  })
}

function metaFaults(meta: Settings['meta']): Issues {
  return issuesOf({
    accentColor: firstIssue(meta.accentColor, length(7, 7), hexColor),
    appName: firstIssue(meta.appName, required, length(1, 255)),
    appURL: firstIssue(meta.appURL, required, url),
    senderName: firstIssue(meta.senderName, required, length(1, 255)),
    senderAddress: firstIssue(meta.senderAddress, required, email),
  })
}

function batchFaults({ enabled, ...batch }: Settings['batch']): Issues {
  const needed = when(enabled, required)
  return issuesOf({
    maxRequests: firstIssue(batch.maxRequests, needed, atLeast(0)),
    timeout: firstIssue(batch.timeout, needed, atLeast(0)),
    maxBodySize: atLeast(0)(batch.maxBodySize),
  })
}

function rulesFaults({ enabled, rules }: Settings['rateLimits']): FieldIssue | Issues | undefined {
  const missing = when(enabled, required)(rules)
  if (missing !== undefined) return missing
  const invalid = eachFault(rules, ruleFaults)
  return Object.keys(invalid).length > 0 ? invalid : conflictFault(rules)
}

/** `METHOD /path`, `/path`, `collection:tag`, `*:tag` or a word. */
const labelPattern = /^(?:\w+ \/[\w/-]*|\/[\w/-]*|\w+:\w+|\*:\w+|\w+)$/

function ruleFaults(rule: RateLimitRule): Issues {
  return issuesOf({
    label: firstIssue(rule.label, required, matches(labelPattern)),
    maxRequests: firstIssue(rule.maxRequests, required, atLeast(1)),
    duration: firstIssue(rule.duration, required, atLeast(1)),
    audience: oneOf('@guest', '@auth')(rule.audience),
  })
}

/** The first rule that duplicates or contradicts an earlier one. */
function conflictFault(rules: readonly RateLimitRule[]): Issues | undefined {
  const index = rules.findIndex((rule, at) =>
    rules
      .slice(0, at)
      .some(
        ({ label, audience }) =>
          label === rule.label &&
          (audience === rule.audience || audience === '' || rule.audience === ''),
      ),
  )
  const label = rules[index]?.label
  return label === undefined ? undefined : { [index]: { label: conflictIssue(label) } }
}

function conflictIssue(label: string): FieldIssue {
  return {
    code: 'validation_conflicting_rate_limit_rule',
    message: `Rate limit rule configuration with label ${label} already exists or conflicts with another rule.`,
    params: { label },
  }
}

function addressFault(text: string): FieldIssue | undefined {
  return firstIssue(text, required, (value) =>
    isIpRange(String(value))
      ? undefined
      : // PocketBase's spelling.
        { code: 'validation_invlaid_ip_or_subnet', message: 'Invalid IP or CIDR subnet.' },
  )
}
