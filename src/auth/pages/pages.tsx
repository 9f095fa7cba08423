import type { Child } from 'hono/jsx'
import type { Page } from '#http/page.tsx'
import type { Issues } from '#kernel/errors.ts'
import { isFieldIssue } from '#kernel/errors.ts'
import { Field, Form } from './form.tsx'
import type { Link } from './link.ts'

/** The errors of the last attempt. */
export interface Refusal {
  /** By field. Issues of other fields are not shown. */
  readonly issues: Issues
  /** An error that belongs to no field. */
  readonly alert?: string
}

const noRefusal: Refusal = { issues: {} }

/** Messages for people, in place of PocketBase's for programs. */
const sentences: Readonly<Record<string, string>> = {
  validation_required: 'Please fill this in.',
  validation_values_mismatch: 'The two passwords differ.',
  validation_invalid_password: 'This is not the password of the account.',
}

function errorAt({ issues }: Refusal, field: string): string | undefined {
  const issue = issues[field]
  if (issue === undefined) return undefined
  return isFieldIssue(issue) ? (sentences[issue.code] ?? issue.message) : 'This cannot be used.'
}

/** A title that begins with an error, because screen readers read it first. */
function titled(title: string, { issues, alert }: Refusal): string {
  const isRefused = alert !== undefined || Object.keys(issues).length > 0
  return isRefused ? `Error: ${title}` : title
}

/** The page to confirm an address. */
export function verificationPage({ appName, email }: Link, refusal = noRefusal): Page {
  const title = 'Confirm your email address'
  return {
    title: titled(title, refusal),
    appName,
    content: (
      <>
        <h1>{title}</h1>
        <p>
          Does <strong>{email}</strong> belong to you and to your {appName} account?
        </p>
        <Form submit="Yes, confirm it" alert={refusal.alert} />
      </>
    ),
  }
}

/** The page to choose a new password. */
export function passwordResetPage(link: Link, refusal = noRefusal): Page {
  const title = 'Choose a new password'
  const password = errorAt(refusal, 'password')
  const passwordConfirm = errorAt(refusal, 'passwordConfirm')
  return {
    title: titled(title, refusal),
    appName: link.appName,
    content: (
      <>
        <h1>{title}</h1>
        <p>You will be signed out everywhere.</p>
        <Form submit="Change my password" alert={refusal.alert}>
          <Field
            name="username"
            label="Account"
            type="email"
            autocomplete="username"
            value={link.email}
          />
          <Field
            name="password"
            label="New password"
            type="password"
            autocomplete="new-password"
            hint={`At least ${link.minPasswordLength} characters.`}
            minLength={link.minPasswordLength}
            error={password}
            hasFocus={password !== undefined || passwordConfirm === undefined}
          />
          <Field
            name="passwordConfirm"
            label="New password again"
            type="password"
            autocomplete="new-password"
            error={passwordConfirm}
            hasFocus={password === undefined && passwordConfirm !== undefined}
          />
        </Form>
      </>
    ),
  }
}

/** The page to enter the password before the address changes. */
export function emailChangePage(link: Link, refusal = noRefusal): Page {
  const title = 'Confirm your new email address'
  const email = errorAt(refusal, 'email')
  return {
    title: titled(title, refusal),
    appName: link.appName,
    content: (
      <>
        <h1>{title}</h1>
        <p>
          Your {link.appName} account will use <strong>{link.newEmail}</strong> from now on. You
          will be signed out everywhere.
        </p>
        <Form submit="Use this address" alert={refusal.alert ?? email}>
          <Field
            name="username"
            label="Account"
            type="email"
            autocomplete="username"
            value={link.email}
          />
          <Field
            name="password"
            label="Password of the account"
            type="password"
            autocomplete="current-password"
            error={errorAt(refusal, 'password')}
            hasFocus
          />
        </Form>
      </>
    ),
  }
}

/** A message without a form. */
export function notice(appName: string, title: string, ...paragraphs: readonly Child[]): Page {
  return {
    title,
    appName,
    content: (
      <>
        <h1>{title}</h1>
        {paragraphs.map((paragraph) => (
          <p>{paragraph}</p>
        ))}
      </>
    ),
  }
}

/** The page of an invalid or used link. */
export function brokenLinkPage(appName: string): Page {
  return notice(
    appName,
    'This link does not work',
    'It may have expired, or have been used already. Please ask for a new one.',
  )
}
