import { plural } from '#dashboard/text/format.ts'

/** The settings of a deployment. */
export const settings = {
  title: 'Settings',
  pagesLabel: 'Pages of settings',
  pages: {
    application: 'Application',
    mail: 'Mail',
    limits: 'Limits',
    network: 'Network',
    logs: 'Logs',
    storage: 'File storage',
  },
  unreadable: 'The settings could not be read.',
  save: 'Save settings',
  discard: 'Discard changes',
  changed: 'Changed',
  changes: ({ count }: { count: number }) =>
    count === 0
      ? 'No changes'
      : plural(count, { one: '# setting changed', other: '# settings changed' }),
  nothingToSave: 'Nothing has changed',
  leaveTitle: 'Leave without saving?',
  leave: 'The settings you changed on this page are not saved yet.',
  leaveAction: 'Leave this page',
  onePerLine: 'One on each line.',
  application: {
    section: 'Application',
    appName: 'Name',
    appNameHelp: 'Shown in mails, in the title of this page and in names of backups.',
    appURL: 'Address',
    appURLHelp: 'Links in mails begin with it.',
    appURLLocal:
      'This address leads to this machine only. Links in mails will not work for anyone else.',
    accentColor: 'Accent colour',
    accentColorHelp: 'A line in this colour tells this deployment from others.',
    hideControls: 'Lock collections and records',
    hideControlsHelp: 'The dashboard then hides what changes collections. The API is not affected.',
  },
  mail: {
    sender: 'Sender',
    senderName: 'Name',
    senderAddress: 'Address',
    delivery: 'Delivery',
    enabled: 'Send mails through an SMTP server',
    enabledHelp:
      'When this is off, the Worker sends mails through its mail binding. On your own machine all mails are caught in the inbox.',
    host: 'Host',
    port: 'Port',
    username: 'User name',
    password: 'Password',
    passwordHelp: 'It is never shown. Leave this empty to keep the stored one.',
    authMethod: 'Sign-in method',
    authMethods: { '': 'Automatic', PLAIN: 'PLAIN', LOGIN: 'LOGIN' },
    tls: 'Always use TLS',
    tlsHelp: 'Otherwise the connection begins as plain text and changes to TLS if it can.',
    localName: 'Name given to the server (EHLO)',
    test: 'Send a test mail',
    testTitle: 'Send a test mail',
    testText: 'It is sent with the settings that are saved now.',
    testTo: 'To',
    testTemplate: 'Template',
    templates: {
      verification: 'Verification',
      'password-reset': 'Password reset',
      'email-change': 'Change of address',
      otp: 'One-time code',
      'login-alert': 'Sign-in alert',
    },
    testCollection: 'Collection',
    testFailed: 'The test mail was not sent.',
    tested: ({ email }: { email: string }) => `The test mail to ${email} was sent.`,
  },
  limits: {
    rates: 'Rate limits',
    matcher: {
      title: 'Which rule limits this request?',
      method: 'Method',
      caller: 'Caller',
      callers: { '@guest': 'A guest', '@auth': 'A signed-in account' },
      path: 'Path',
      none: 'No rule. Superusers have no limits, and guests have built-in ones for some requests.',
      found: ({
        label,
        maxRequests,
        duration,
      }: {
        label: string
        maxRequests: number
        duration: number
      }) =>
        `The rule ${label}: at most ${plural(maxRequests, { one: '# request', other: '# requests' })} in ${plural(duration, { one: '# second', other: '# seconds' })}.`,
      off: 'Rate limits are off.',
    },
    ratesEnabled: 'Limit how often callers may send requests',
    rules: 'Rules',
    rulesHelp:
      'A label is a path (/api/), a method and a path (POST /api/batch), or a kind of request (posts:create, *:auth). The most particular rule that fits counts.',
    noRules: 'There are no rules yet.',
    label: 'Label',
    audience: 'Callers',
    audiences: { '': 'Everyone', '@guest': 'Guests', '@auth': 'Signed in' },
    maxRequests: 'Requests',
    duration: 'Seconds',
    addRule: 'Add a rule',
    removeRule: ({ label }: { label: string }) =>
      label === '' ? 'Remove the rule' : `Remove the rule ${label}`,
    ofRule: ({ name, number }: { name: string; number: number }) => `${name} of rule ${number}`,
    excludedIPs: 'Addresses without limits',
    excludedIPsHelp: 'IP addresses or subnets such as 10.0.0.0/8, one on each line.',
    batch: 'Batch requests',
    batchEnabled: 'Allow several writes in one request',
    batchMaxRequests: 'Writes in a batch',
    batchTimeout: 'Time limit in seconds',
    batchMaxBody: 'Size limit of the body in bytes',
    batchMaxBodyHelp: '0 stands for 128 MiB.',
  },
  network: {
    proxy: 'Trusted proxy',
    proxyHelp:
      'Limits and logs need the address of the caller. Behind a proxy, name the headers that carry it. Trust only headers that your proxy sets itself.',
    headers: 'Headers',
    leftmost: 'Use the first address of a header with several',
    seen: 'What the server sees now',
    yourAddress: 'Your address',
    proxyHeader: 'Header of a proxy',
    noProxyHeader: 'None',
    allowed: 'Superusers',
    superuserIPs: 'Addresses from which superusers may act',
    superuserIPsHelp:
      'IP addresses or subnets, one on each line. An empty list allows every address.',
    lockOutTitle: 'Lock yourself out?',
    lockOut: ({ address }: { address: string }) =>
      `Your own address ${address} is not in this list as it is written. After saving you may not be able to use this dashboard, or to undo this here.`,
    lockOutAction: 'Save this list',
  },
  logs: {
    section: 'Request log',
    maxDays: 'Days to keep',
    maxDaysHelp: '0 turns the log off and deletes what it holds.',
    minLevel: 'Least level',
    levels: { '-4': 'Debug', '0': 'Info', '4': 'Warning', '8': 'Error' },
    minLevelHelp: 'Requests that succeed have the level Info, those that fail Error.',
    logIP: 'Log the address of the caller',
    logAuthId: 'Log the id of the account',
  },
  storage: {
    title: 'Files are in R2',
    text: 'Uploaded files and backups are kept in the bucket bound to this Worker. The S3 settings of PocketBase do not apply here, so there is nothing to set.',
  },
}
