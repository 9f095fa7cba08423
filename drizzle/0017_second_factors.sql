CREATE TABLE `_recovery_codes` (
	`collectionRef` text NOT NULL,
	`recordRef` text NOT NULL,
	`hash` text NOT NULL,
	`created` text NOT NULL,
	PRIMARY KEY(`collectionRef`, `recordRef`, `hash`)
);
--> statement-breakpoint
CREATE TABLE `_totps` (
	`id` text PRIMARY KEY NOT NULL,
	`collectionRef` text NOT NULL,
	`recordRef` text NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`secret` text NOT NULL,
	`confirmed` integer DEFAULT false NOT NULL,
	`last_step` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`created` text NOT NULL,
	`last_used` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_totps_account` ON `_totps` (`collectionRef`,`recordRef`);