CREATE TABLE `_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`event` integer NOT NULL,
	`endpoint` text NOT NULL,
	`recordRef` text NOT NULL,
	`ordered` integer NOT NULL,
	`state` text DEFAULT 'waiting' NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`attemptsBefore` integer DEFAULT 0 NOT NULL,
	`due` integer NOT NULL,
	`status` integer,
	`error` text,
	`answer` text,
	`tookMs` integer,
	`attempted` integer,
	`created` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_deliveries_due` ON `_deliveries` (`endpoint`,`state`,`due`);--> statement-breakpoint
CREATE INDEX `_deliveries_event` ON `_deliveries` (`event`);--> statement-breakpoint
CREATE INDEX `_deliveries_ordered` ON `_deliveries` (`endpoint`,`recordRef`,`event`) WHERE "ordered" = 1 AND "state" = 'waiting';--> statement-breakpoint
CREATE TABLE `_events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`write` text NOT NULL,
	`type` text NOT NULL,
	`collectionRef` text NOT NULL,
	`recordRef` text NOT NULL,
	`columns` text NOT NULL,
	`record` text,
	`previous` text,
	`actor` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_events_write` ON `_events` (`write`);--> statement-breakpoint
CREATE TABLE `_webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`secret` text NOT NULL,
	`previousSecret` text,
	`previousUntil` integer DEFAULT 0 NOT NULL,
	`collectionRef` text NOT NULL,
	`events` text NOT NULL,
	`filter` text DEFAULT '' NOT NULL,
	`fields` text DEFAULT '[]' NOT NULL,
	`payload` text DEFAULT 'full' NOT NULL,
	`ordered` integer DEFAULT false NOT NULL,
	`headers` text DEFAULT '{}' NOT NULL,
	`timeout` integer NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`reason` text DEFAULT '' NOT NULL,
	`failingSince` integer,
	`isReported` integer DEFAULT false NOT NULL,
	`pausedUntil` integer DEFAULT 0 NOT NULL,
	`succeeded` integer,
	`created` text NOT NULL,
	`updated` text NOT NULL
);
--> statement-breakpoint
-- An event is kept as long as there is a delivery of it.
CREATE TRIGGER `_deliveries_delete` AFTER DELETE ON `_deliveries`
WHEN NOT EXISTS (SELECT 1 FROM `_deliveries` WHERE `event` = OLD.`event`)
BEGIN DELETE FROM `_events` WHERE `seq` = OLD.`event`; END;
