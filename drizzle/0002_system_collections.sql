-- Written by scripts/generate-seed.ts: the collections every deployment starts with.
CREATE TABLE "_mfas" ("collectionRef" TEXT DEFAULT '' NOT NULL, "created" TEXT DEFAULT '' NOT NULL, "id" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "method" TEXT DEFAULT '' NOT NULL, "recordRef" TEXT DEFAULT '' NOT NULL, "updated" TEXT DEFAULT '' NOT NULL);
--> statement-breakpoint
CREATE INDEX `idx_mfas_collectionRef_recordRef` ON `_mfas` (
  `collectionRef`,
  `recordRef`
);
--> statement-breakpoint
INSERT INTO `_collections` (`id`, `system`, `type`, `name`, `fields`, `indexes`, `listRule`, `viewRule`, `createRule`, `updateRule`, `deleteRule`, `options`, `created`, `updated`)
VALUES ('pbc_2279338944',
  1,
  'base',
  '_mfas',
  '[{"autogeneratePattern":"[a-z0-9]{15}","help":"","hidden":false,"id":"text3208210256","max":15,"min":15,"name":"id","pattern":"^[a-z0-9]+$","presentable":false,"primaryKey":true,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text455797646","max":0,"min":0,"name":"collectionRef","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text127846527","max":0,"min":0,"name":"recordRef","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text1582905952","max":0,"min":0,"name":"method","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"hidden":false,"id":"autodate2990389176","name":"created","onCreate":true,"onUpdate":false,"presentable":false,"system":true,"type":"autodate"},{"hidden":false,"id":"autodate3332085495","name":"updated","onCreate":true,"onUpdate":true,"presentable":false,"system":true,"type":"autodate"}]',
  '["CREATE INDEX `idx_mfas_collectionRef_recordRef` ON `_mfas` (collectionRef,recordRef)"]',
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  NULL,
  NULL,
  NULL,
  '{}',
  strftime('%Y-%m-%d %H:%M:%fZ'),
  strftime('%Y-%m-%d %H:%M:%fZ'));
--> statement-breakpoint
CREATE TABLE "_otps" ("collectionRef" TEXT DEFAULT '' NOT NULL, "created" TEXT DEFAULT '' NOT NULL, "id" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "password" TEXT DEFAULT '' NOT NULL, "recordRef" TEXT DEFAULT '' NOT NULL, "sentTo" TEXT DEFAULT '' NOT NULL, "updated" TEXT DEFAULT '' NOT NULL);
--> statement-breakpoint
CREATE INDEX `idx_otps_collectionRef_recordRef` ON `_otps` (
  `collectionRef`,
  `recordRef`
);
--> statement-breakpoint
INSERT INTO `_collections` (`id`, `system`, `type`, `name`, `fields`, `indexes`, `listRule`, `viewRule`, `createRule`, `updateRule`, `deleteRule`, `options`, `created`, `updated`)
VALUES ('pbc_1638494021',
  1,
  'base',
  '_otps',
  '[{"autogeneratePattern":"[a-z0-9]{15}","help":"","hidden":false,"id":"text3208210256","max":15,"min":15,"name":"id","pattern":"^[a-z0-9]+$","presentable":false,"primaryKey":true,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text455797646","max":0,"min":0,"name":"collectionRef","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text127846527","max":0,"min":0,"name":"recordRef","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"cost":8,"help":"","hidden":true,"id":"password901924565","max":0,"min":0,"name":"password","pattern":"","presentable":false,"required":true,"system":true,"type":"password"},{"autogeneratePattern":"","help":"","hidden":true,"id":"text3866985172","max":0,"min":0,"name":"sentTo","pattern":"","presentable":false,"primaryKey":false,"required":false,"system":true,"type":"text"},{"hidden":false,"id":"autodate2990389176","name":"created","onCreate":true,"onUpdate":false,"presentable":false,"system":true,"type":"autodate"},{"hidden":false,"id":"autodate3332085495","name":"updated","onCreate":true,"onUpdate":true,"presentable":false,"system":true,"type":"autodate"}]',
  '["CREATE INDEX `idx_otps_collectionRef_recordRef` ON `_otps` (collectionRef, recordRef)"]',
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  NULL,
  NULL,
  NULL,
  '{}',
  strftime('%Y-%m-%d %H:%M:%fZ'),
  strftime('%Y-%m-%d %H:%M:%fZ'));
--> statement-breakpoint
CREATE TABLE "_externalAuths" ("collectionRef" TEXT DEFAULT '' NOT NULL, "created" TEXT DEFAULT '' NOT NULL, "id" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "provider" TEXT DEFAULT '' NOT NULL, "providerId" TEXT DEFAULT '' NOT NULL, "recordRef" TEXT DEFAULT '' NOT NULL, "updated" TEXT DEFAULT '' NOT NULL);
--> statement-breakpoint
CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `_externalAuths` (
  `collectionRef`,
  `recordRef`,
  `provider`
);
--> statement-breakpoint
CREATE UNIQUE INDEX `idx_externalAuths_collection_provider` ON `_externalAuths` (
  `collectionRef`,
  `provider`,
  `providerId`
);
--> statement-breakpoint
INSERT INTO `_collections` (`id`, `system`, `type`, `name`, `fields`, `indexes`, `listRule`, `viewRule`, `createRule`, `updateRule`, `deleteRule`, `options`, `created`, `updated`)
VALUES ('pbc_2281828961',
  1,
  'base',
  '_externalAuths',
  '[{"autogeneratePattern":"[a-z0-9]{15}","help":"","hidden":false,"id":"text3208210256","max":15,"min":15,"name":"id","pattern":"^[a-z0-9]+$","presentable":false,"primaryKey":true,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text455797646","max":0,"min":0,"name":"collectionRef","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text127846527","max":0,"min":0,"name":"recordRef","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text2462348188","max":0,"min":0,"name":"provider","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text1044722854","max":0,"min":0,"name":"providerId","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"hidden":false,"id":"autodate2990389176","name":"created","onCreate":true,"onUpdate":false,"presentable":false,"system":true,"type":"autodate"},{"hidden":false,"id":"autodate3332085495","name":"updated","onCreate":true,"onUpdate":true,"presentable":false,"system":true,"type":"autodate"}]',
  '["CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `_externalAuths` (collectionRef, recordRef, provider)","CREATE UNIQUE INDEX `idx_externalAuths_collection_provider` ON `_externalAuths` (collectionRef, provider, providerId)"]',
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  NULL,
  NULL,
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  '{}',
  strftime('%Y-%m-%d %H:%M:%fZ'),
  strftime('%Y-%m-%d %H:%M:%fZ'));
--> statement-breakpoint
CREATE TABLE "_authOrigins" ("collectionRef" TEXT DEFAULT '' NOT NULL, "created" TEXT DEFAULT '' NOT NULL, "fingerprint" TEXT DEFAULT '' NOT NULL, "id" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "recordRef" TEXT DEFAULT '' NOT NULL, "updated" TEXT DEFAULT '' NOT NULL);
--> statement-breakpoint
CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `_authOrigins` (
  `collectionRef`,
  `recordRef`,
  `fingerprint`
);
--> statement-breakpoint
INSERT INTO `_collections` (`id`, `system`, `type`, `name`, `fields`, `indexes`, `listRule`, `viewRule`, `createRule`, `updateRule`, `deleteRule`, `options`, `created`, `updated`)
VALUES ('pbc_4275539003',
  1,
  'base',
  '_authOrigins',
  '[{"autogeneratePattern":"[a-z0-9]{15}","help":"","hidden":false,"id":"text3208210256","max":15,"min":15,"name":"id","pattern":"^[a-z0-9]+$","presentable":false,"primaryKey":true,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text455797646","max":0,"min":0,"name":"collectionRef","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text127846527","max":0,"min":0,"name":"recordRef","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text4228609354","max":0,"min":0,"name":"fingerprint","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"hidden":false,"id":"autodate2990389176","name":"created","onCreate":true,"onUpdate":false,"presentable":false,"system":true,"type":"autodate"},{"hidden":false,"id":"autodate3332085495","name":"updated","onCreate":true,"onUpdate":true,"presentable":false,"system":true,"type":"autodate"}]',
  '["CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `_authOrigins` (collectionRef, recordRef, fingerprint)"]',
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  NULL,
  NULL,
  '@request.auth.id != '''' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId',
  '{}',
  strftime('%Y-%m-%d %H:%M:%fZ'),
  strftime('%Y-%m-%d %H:%M:%fZ'));
--> statement-breakpoint
CREATE TABLE "_superusers" ("created" TEXT DEFAULT '' NOT NULL, "email" TEXT DEFAULT '' NOT NULL, "emailVisibility" BOOLEAN DEFAULT FALSE NOT NULL, "id" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "password" TEXT DEFAULT '' NOT NULL, "tokenKey" TEXT DEFAULT '' NOT NULL, "updated" TEXT DEFAULT '' NOT NULL, "verified" BOOLEAN DEFAULT FALSE NOT NULL);
--> statement-breakpoint
CREATE UNIQUE INDEX `idx_tokenKey_pbc_3142635823` ON `_superusers` (`tokenKey`);
--> statement-breakpoint
CREATE UNIQUE INDEX `idx_email_pbc_3142635823` ON `_superusers` (`email`) WHERE `email` != '';
--> statement-breakpoint
INSERT INTO `_collections` (`id`, `system`, `type`, `name`, `fields`, `indexes`, `listRule`, `viewRule`, `createRule`, `updateRule`, `deleteRule`, `options`, `created`, `updated`)
VALUES ('pbc_3142635823',
  1,
  'auth',
  '_superusers',
  '[{"autogeneratePattern":"[a-z0-9]{15}","help":"","hidden":false,"id":"text3208210256","max":15,"min":15,"name":"id","pattern":"^[a-z0-9]+$","presentable":false,"primaryKey":true,"required":true,"system":true,"type":"text"},{"cost":0,"help":"","hidden":true,"id":"password901924565","max":0,"min":8,"name":"password","pattern":"","presentable":false,"required":true,"system":true,"type":"password"},{"autogeneratePattern":"[a-zA-Z0-9]{50}","help":"","hidden":true,"id":"text2504183744","max":60,"min":30,"name":"tokenKey","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"exceptDomains":null,"help":"","hidden":false,"id":"email3885137012","name":"email","onlyDomains":null,"presentable":false,"required":true,"system":true,"type":"email"},{"help":"","hidden":false,"id":"bool1547992806","name":"emailVisibility","presentable":false,"required":false,"system":true,"type":"bool"},{"help":"","hidden":false,"id":"bool256245529","name":"verified","presentable":false,"required":false,"system":true,"type":"bool"},{"hidden":false,"id":"autodate2990389176","name":"created","onCreate":true,"onUpdate":false,"presentable":false,"system":true,"type":"autodate"},{"hidden":false,"id":"autodate3332085495","name":"updated","onCreate":true,"onUpdate":true,"presentable":false,"system":true,"type":"autodate"}]',
  '["CREATE UNIQUE INDEX `idx_tokenKey_pbc_3142635823` ON `_superusers` (`tokenKey`)","CREATE UNIQUE INDEX `idx_email_pbc_3142635823` ON `_superusers` (`email`) WHERE `email` != ''''"]',
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
  json_set('{"authRule":"","manageRule":null,"authAlert":{"enabled":true,"emailTemplate":{"subject":"Login from a new location","body":"<p>Hello,</p>\n<p>Your {APP_NAME} account was just used from a new location:</p>\n<p><em>{ALERT_INFO}</em></p>\n<p><strong>If this was not you, change your password now. This ends all other sessions.</strong></p>\n<p>If this was you, you can ignore this email.</p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"}},"oauth2":{"providers":[],"mappedFields":{"id":"","name":"","username":"","avatarURL":""},"enabled":false},"passwordAuth":{"enabled":true,"identityFields":["email"]},"mfa":{"enabled":false,"duration":600,"rule":""},"otp":{"enabled":false,"duration":180,"length":8,"emailTemplate":{"subject":"OTP for {APP_NAME}","body":"<p>Hello,</p>\n<p>Your one-time password is <strong>{OTP}</strong></p>\n<p><i>If you did not ask for it, you can ignore this email.</i></p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"}},"authToken":{"secret":"","duration":86400},"passwordResetToken":{"secret":"","duration":1800},"emailChangeToken":{"secret":"","duration":1800},"verificationToken":{"secret":"","duration":86400},"fileToken":{"secret":"","duration":180},"verificationTemplate":{"subject":"Verify your {APP_NAME} email","body":"<p>Hello,</p>\n<p>Welcome to {APP_NAME}. Please confirm that this address is yours.</p>\n<p>\n  <a class=\"btn\" href=\"{APP_URL}/_/auth/confirm-verification/{TOKEN}\" target=\"_blank\" rel=\"noopener\">Verify my email</a>\n</p>\n<p><i>If you did not sign up, you can ignore this email.</i></p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"},"resetPasswordTemplate":{"subject":"Reset your {APP_NAME} password","body":"<p>Hello,</p>\n<p>We received a request to reset your password. Choose a new one here.</p>\n<p>\n  <a class=\"btn\" href=\"{APP_URL}/_/auth/confirm-password-reset/{TOKEN}\" target=\"_blank\" rel=\"noopener\">Choose a new password</a>\n</p>\n<p><i>If you did not ask for it, you can ignore this email. Your password stays the same.</i></p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"},"confirmEmailChangeTemplate":{"subject":"Confirm your {APP_NAME} new email address","body":"<p>Hello,</p>\n<p>Please confirm the new email address of your account.</p>\n<p>\n  <a class=\"btn\" href=\"{APP_URL}/_/auth/confirm-email-change/{TOKEN}\" target=\"_blank\" rel=\"noopener\">Confirm my new email</a>\n</p>\n<p><i>If you did not ask for it, you can ignore this email. Your address stays the same.</i></p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"}}', '$.authToken.secret', lower(hex(randomblob(25))), '$.passwordResetToken.secret', lower(hex(randomblob(25))), '$.emailChangeToken.secret', lower(hex(randomblob(25))), '$.verificationToken.secret', lower(hex(randomblob(25))), '$.fileToken.secret', lower(hex(randomblob(25)))),
  strftime('%Y-%m-%d %H:%M:%fZ'),
  strftime('%Y-%m-%d %H:%M:%fZ'));
--> statement-breakpoint
CREATE TABLE "users" ("avatar" TEXT DEFAULT '' NOT NULL, "created" TEXT DEFAULT '' NOT NULL, "email" TEXT DEFAULT '' NOT NULL, "emailVisibility" BOOLEAN DEFAULT FALSE NOT NULL, "id" TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, "name" TEXT DEFAULT '' NOT NULL, "password" TEXT DEFAULT '' NOT NULL, "tokenKey" TEXT DEFAULT '' NOT NULL, "updated" TEXT DEFAULT '' NOT NULL, "verified" BOOLEAN DEFAULT FALSE NOT NULL);
--> statement-breakpoint
CREATE UNIQUE INDEX `idx_tokenKey__pb_users_auth_` ON `users` (`tokenKey`);
--> statement-breakpoint
CREATE UNIQUE INDEX `idx_email__pb_users_auth_` ON `users` (`email`) WHERE `email` != '';
--> statement-breakpoint
INSERT INTO `_collections` (`id`, `system`, `type`, `name`, `fields`, `indexes`, `listRule`, `viewRule`, `createRule`, `updateRule`, `deleteRule`, `options`, `created`, `updated`)
VALUES ('_pb_users_auth_',
  0,
  'auth',
  'users',
  '[{"autogeneratePattern":"[a-z0-9]{15}","help":"","hidden":false,"id":"text3208210256","max":15,"min":15,"name":"id","pattern":"^[a-z0-9]+$","presentable":false,"primaryKey":true,"required":true,"system":true,"type":"text"},{"cost":0,"help":"","hidden":true,"id":"password901924565","max":0,"min":8,"name":"password","pattern":"","presentable":false,"required":true,"system":true,"type":"password"},{"autogeneratePattern":"[a-zA-Z0-9]{50}","help":"","hidden":true,"id":"text2504183744","max":60,"min":30,"name":"tokenKey","pattern":"","presentable":false,"primaryKey":false,"required":true,"system":true,"type":"text"},{"exceptDomains":null,"help":"","hidden":false,"id":"email3885137012","name":"email","onlyDomains":null,"presentable":false,"required":true,"system":true,"type":"email"},{"help":"","hidden":false,"id":"bool1547992806","name":"emailVisibility","presentable":false,"required":false,"system":true,"type":"bool"},{"help":"","hidden":false,"id":"bool256245529","name":"verified","presentable":false,"required":false,"system":true,"type":"bool"},{"autogeneratePattern":"","help":"","hidden":false,"id":"text1579384326","max":255,"min":0,"name":"name","pattern":"","presentable":false,"primaryKey":false,"required":false,"system":false,"type":"text"},{"help":"","hidden":false,"id":"file376926767","maxSelect":1,"maxSize":0,"mimeTypes":["image/jpeg","image/png","image/svg+xml","image/gif","image/webp"],"name":"avatar","presentable":false,"protected":false,"required":false,"system":false,"thumbs":null,"type":"file"},{"hidden":false,"id":"autodate2990389176","name":"created","onCreate":true,"onUpdate":false,"presentable":false,"system":false,"type":"autodate"},{"hidden":false,"id":"autodate3332085495","name":"updated","onCreate":true,"onUpdate":true,"presentable":false,"system":false,"type":"autodate"}]',
  '["CREATE UNIQUE INDEX `idx_tokenKey__pb_users_auth_` ON `users` (`tokenKey`)","CREATE UNIQUE INDEX `idx_email__pb_users_auth_` ON `users` (`email`) WHERE `email` != ''''"]',
  'id = @request.auth.id',
  'id = @request.auth.id',
  '',
  'id = @request.auth.id',
  'id = @request.auth.id',
  json_set('{"authRule":"","manageRule":null,"authAlert":{"enabled":true,"emailTemplate":{"subject":"Login from a new location","body":"<p>Hello,</p>\n<p>Your {APP_NAME} account was just used from a new location:</p>\n<p><em>{ALERT_INFO}</em></p>\n<p><strong>If this was not you, change your password now. This ends all other sessions.</strong></p>\n<p>If this was you, you can ignore this email.</p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"}},"oauth2":{"providers":[],"mappedFields":{"id":"","name":"name","username":"","avatarURL":"avatar"},"enabled":false},"passwordAuth":{"enabled":true,"identityFields":["email"]},"mfa":{"enabled":false,"duration":600,"rule":""},"otp":{"enabled":false,"duration":180,"length":8,"emailTemplate":{"subject":"OTP for {APP_NAME}","body":"<p>Hello,</p>\n<p>Your one-time password is <strong>{OTP}</strong></p>\n<p><i>If you did not ask for it, you can ignore this email.</i></p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"}},"authToken":{"secret":"","duration":432000},"passwordResetToken":{"secret":"","duration":1800},"emailChangeToken":{"secret":"","duration":1800},"verificationToken":{"secret":"","duration":86400},"fileToken":{"secret":"","duration":180},"verificationTemplate":{"subject":"Verify your {APP_NAME} email","body":"<p>Hello,</p>\n<p>Welcome to {APP_NAME}. Please confirm that this address is yours.</p>\n<p>\n  <a class=\"btn\" href=\"{APP_URL}/_/auth/confirm-verification/{TOKEN}\" target=\"_blank\" rel=\"noopener\">Verify my email</a>\n</p>\n<p><i>If you did not sign up, you can ignore this email.</i></p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"},"resetPasswordTemplate":{"subject":"Reset your {APP_NAME} password","body":"<p>Hello,</p>\n<p>We received a request to reset your password. Choose a new one here.</p>\n<p>\n  <a class=\"btn\" href=\"{APP_URL}/_/auth/confirm-password-reset/{TOKEN}\" target=\"_blank\" rel=\"noopener\">Choose a new password</a>\n</p>\n<p><i>If you did not ask for it, you can ignore this email. Your password stays the same.</i></p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"},"confirmEmailChangeTemplate":{"subject":"Confirm your {APP_NAME} new email address","body":"<p>Hello,</p>\n<p>Please confirm the new email address of your account.</p>\n<p>\n  <a class=\"btn\" href=\"{APP_URL}/_/auth/confirm-email-change/{TOKEN}\" target=\"_blank\" rel=\"noopener\">Confirm my new email</a>\n</p>\n<p><i>If you did not ask for it, you can ignore this email. Your address stays the same.</i></p>\n<p>\n  Best regards,<br/>\n  the {APP_NAME} team\n</p>"}}', '$.authToken.secret', lower(hex(randomblob(25))), '$.passwordResetToken.secret', lower(hex(randomblob(25))), '$.emailChangeToken.secret', lower(hex(randomblob(25))), '$.verificationToken.secret', lower(hex(randomblob(25))), '$.fileToken.secret', lower(hex(randomblob(25)))),
  strftime('%Y-%m-%d %H:%M:%fZ'),
  strftime('%Y-%m-%d %H:%M:%fZ'));
